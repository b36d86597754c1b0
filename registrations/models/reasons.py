"""Why staff decide against somebody: a closed table, so that each reason reads the same in each language (D-24)."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations.states import Move


class ReasonCode(models.TextChoices):
    """A reason as staff choose it and lists show it; the person reads its sentence instead."""

    COUNTRY = "country", _("country on no list that admits")
    AUDIENCE = "audience", _("organisation not of the audience")
    TWICE = "twice", _("registered twice")
    ANSWERS = "answers", _("answers incomplete or not understandable")
    COLLEAGUE = "colleague", _("somebody else of the organisation has a place")
    FULL = "full", _("all places taken")
    TRIAL = "trial", _("trial entry")
    CORRECTED = "corrected", _("the official list was corrected")
    WISH = "wish", _("at the person's own wish")
    ORGANISER = "organiser", _("at the organiser's decision")


REASON_SENTENCES: dict[ReasonCode, Promise] = {
    ReasonCode.COUNTRY: _(
        "Your organisation is established in a country that is on no list whose organisations may take part."
    ),
    ReasonCode.AUDIENCE: _("Your organisation is not one of those that this webinar is for."),
    ReasonCode.TWICE: _("You are registered twice; your other registration goes on."),
    ReasonCode.ANSWERS: _("Some of your answers are incomplete, or we could not understand them."),
    ReasonCode.COLLEAGUE: _("Somebody else from your organisation already has a place in this session."),
    ReasonCode.FULL: _("All places in this session are taken."),
    ReasonCode.TRIAL: _("Your registration looks like a trial entry."),
    ReasonCode.CORRECTED: _(
        "The official list of countries whose organisations may take part was corrected."
    ),
    ReasonCode.WISH: _("You asked us for it."),
    ReasonCode.ORGANISER: _("This is a decision of the organiser of the webinar."),
}

_REJECTING = tuple(code for code in ReasonCode if code is not ReasonCode.WISH)
# Which decision each reason goes with. The waiting list has one reason, which its mail gives: all places are taken.
# Why a decision is taken back is written in words, unless a corrected list is why.
REASONS: dict[Move, tuple[ReasonCode, ...]] = {
    Move.REJECT: _REJECTING,
    Move.PUT_BACK: (ReasonCode.CORRECTED,),
    Move.CANCEL: (*_REJECTING, ReasonCode.WISH),
}


def reason_in_words(code: str, words: str) -> list[str]:
    """Return what a person reads as the reason, in the active language: the code's sentence, then the staff's words.

    Raises ValueError for a code that is not in the table.
    """
    sentence = str(REASON_SENTENCES[ReasonCode(code)]) if code else ""
    return [text for text in (sentence, words.strip()) if text]

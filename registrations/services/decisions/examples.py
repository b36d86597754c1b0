"""The mails of a decision before it is taken: made by the code that makes the real ones, and thrown away (D-25)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _

from registrations import outbox
from registrations.models import MailKind, MailText, OutgoingMail, Seat
from registrations.services.decisions.moves import Decision, decide_one
from registrations.services.notifications.batch import Notifications
from registrations.services.seats.capacity import Places
from registrations.services.texts.mail_texts import MailPreview, preview_of
from registrations.states import MOVES_WITHOUT_REASON, Move

MAILS = {
    Move.APPROVE: MailKind.INVITATION,
    Move.WAITLIST: MailKind.WAITLISTED,
    Move.REJECT: MailKind.REJECTED,
    Move.PUT_BACK: MailKind.PUT_BACK,
    Move.CANCEL: MailKind.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class ExampleMail:
    """What a decision would send to one seat's person; without `mail`, the text that Editors wrote makes none."""

    seat: Seat
    mail: MailPreview | None


def mail_told(seat: Seat, move: Move) -> str:
    """Return which mail a decision sends to a seat's person, and what it does to their calendar."""
    if move is Move.APPROVE and not seat.session.is_dated:
        return str(MailKind.PLACE_KEPT.label)
    if move is Move.APPROVE:
        return _("%(mail)s, which puts the session into the calendar") % {"mail": MAILS[move].label}
    if seat.is_invited:
        return _("%(mail)s, which takes the session out of the calendar") % {"mail": MAILS[move].label}
    return str(MAILS[move].label)


def example_mails(seat_ids: Sequence[int], *, decision: Decision) -> dict[int, ExampleMail]:
    """Return the mail to each of these seats' people if it were decided now, by seat; nothing is locked or written.

    Who cannot be decided about so is left out. Where the decision gives no reason yet, the mail says where it will
    stand. The number of queries does not grow with the seats.
    """
    seats = Seat.objects.filter(pk__in=seat_ids).select_related(
        "registration__webinar", "session__webinar", "override"
    )
    places = Places()
    found = [(seat, _mail(seat, decision, places)) for seat in seats.order_by("id")]
    written = [(seat, mail) for seat, mail in found if mail]
    _set_texts([mail for _seat, mail in written])
    return {seat.pk: ExampleMail(seat, _rendered(mail, decision)) for seat, mail in written}


def _mail(seat: Seat, decision: Decision, places: Places) -> OutgoingMail | None:
    """Return the unsaved mail that deciding about an unlocked, throw-away seat makes, or None where it is skipped."""
    notifications = Notifications(decision.now)
    decide_one(seat, _with_reason(decision, seat.registration.language), notifications, places)
    return notifications.mails[-1] if notifications.mails else None


def _with_reason(decision: Decision, language: str) -> Decision:
    if decision.move in MOVES_WITHOUT_REASON or decision.reason or decision.reason_code:
        return decision
    with translation.override(language):
        return replace(decision, reason=_("The reason that staff give is written here."))


def _set_texts(mails: Sequence[OutgoingMail]) -> None:
    """Give each mail the Editors' text it would be written under, with its words."""
    outbox.set_texts(mails)
    texts = MailText.objects.in_bulk({mail.text_id for mail in mails if mail.text_id})
    for mail in mails:
        mail.text = texts[mail.text_id] if mail.text_id else None


def _rendered(mail: OutgoingMail, decision: Decision) -> MailPreview | None:
    try:
        return preview_of(mail, decision.now)
    except (ValueError, KeyError):  # as delivery fails it: a text that does not fit its kind
        return None

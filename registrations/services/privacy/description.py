"""What is kept about a registration in words: labels and values as its person reads them."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from eligibility.explain import explain_html
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome, Verdict
from registrations.models import (
    AddressChange,
    Attendance,
    Contest,
    HistoryEntry,
    LegalText,
    OutgoingMail,
    Override,
    QuestionMark,
    Registration,
    Seat,
    UnplacedAnswer,
    WebinarSession,
)
from registrations.models.reasons import REASON_SENTENCES, ReasonCode
from registrations.services.notifications.batch import TOLD_MOMENTS
from registrations.services.privacy.disclosure import KeptColumn, KeptText, everything_kept
from registrations.times import at_brussels, session_time
from webinar_site.foundation.days import day_in_words
from webinar_site.foundation.languages import in_language

SECTIONS: dict[str, Promise] = {
    "webinar": _("webinar"),
    "question_mark": _("your question, as the moderators marked it"),
    "access_needs": _("What you need to take part"),
    "consents": _("consents"),
    "sessions": _("sessions"),
    "changes_of_address": _("changes of address"),
    "mails": _("mails"),
    "unplaced_answers": _("answers in calendars that came from somebody else"),
    "history": _("history"),
}
NAMES: dict[str, Promise] = {
    "privacy_statement": _("privacy statement"),
    "consents": _("text of the consents"),
    "share_contact": _("may be named in the list given to participants"),
    "contact_me": _("wants to hear about cluster events"),
    "given": _("You agree"),
    "since": _("since"),
    "words": _("words"),
    "text": _("text"),
    "address": _("address of the file"),
    "session": _("session"),
    "verdict": _("how the result was reached"),
    "overrides": _("exceptions that staff asked for"),
    "contests": _("your objections"),
    "attendance": _("attendance"),
}
# Of columns whose own name says nothing, or says it to staff.
COLUMNS: dict[type[Model], dict[str, Promise]] = {
    Registration: {
        "kind": _("registered as"),
        "state": _("state of the registration"),
        "language": _("Language of our mails"),
        "ask_review": _("you ask for a human look"),
        "agenda_seen": _("number of the agenda you were last told of"),
        "created_at": _("registered on"),
        "confirmed_at": _("address confirmed on"),
        "ended_at": _("withdrawn or expired on"),
        "bounced_at": _("mail to your address came back on"),
        "bounce_reply": _("what the mail server said"),
        "privacy_acknowledged_at": _("privacy statement read on"),
    },
    LegalText: {"sha256": _("fingerprint of the text (SHA-256)")},
    AddressChange: {"asked_at": _("asked for on"), "confirmed_at": _("confirmed on")},
    QuestionMark: {
        "state": _("What becomes of it"),
        "position": _("position in the order of questions"),
        "changed_at": _("changed by you afterwards on"),
    },
    Seat: {
        "state": _("state of your place"),
        "decided_at": _("decided on"),
        "outcome": _("result by the official lists"),
        "judged_as_of": _("day for which the result holds"),
        "publication_number": _("number of the publication the result rests on"),
        "flagged_at": _("result no longer fits the decision, seen on"),
        "joined_at": _("joining page used on"),
        "answered_at": _("calendar answered on"),
        "told": _("what your calendar was last told"),
        "told_method": _("method of the last calendar mail (METHOD)"),
        "told_sequence": _("number of the last calendar mail (SEQUENCE)"),
        "told_time_sequence": _("number of the calendar mail that first told this time (SEQUENCE)"),
    },
    Override: {
        "requested_at": _("asked for on"),
        "confirmed_at": _("confirmed on"),
        "lapsed_at": _("lapsed on"),
    },
    Contest: {
        "text": _("What you wrote"),
        "created_at": _("written on"),
        "answered_at": _("answered on"),
    },
    Attendance: {
        "match": _("recognised by"),
        "stays": _("in the meeting"),
        "elsewhere_seconds": _("further time in the meeting, in seconds"),
    },
    OutgoingMail: {
        "kind": _("kind"),
        "recipient": _("addressed to"),
        "state": _("state"),
        "created_at": _("written on"),
        "sent_at": _("sent on"),
        "returned_at": _("came back on"),
        "reply": _("what the mail server said"),
    },
    UnplacedAnswer: {
        "answered_at": _("answered on"),
        "received_at": _("received on"),
    },
    HistoryEntry: {
        "at": _("recorded on"),
        "actor": _("Who"),
        "action": _("What"),
        "facts": _("details as recorded"),
    },
}


def own_data_in_words(registration: Registration) -> dict[str, Any]:
    """Return the same as `own_data`, entry for entry, in the active language: labels instead of names, values in words.

    Yes, no, numbers and what is empty come out as they are; what is kept in another language is HTML that says so.
    Raises KeyError for an entry that has no label.
    """
    return _labelled(everything_kept(registration), SECTIONS)


def label_of(model: type[Model], name: str) -> str:
    """Return the label of a model's column in the active language; raise KeyError where nobody wrote one."""
    labels = COLUMNS.get(model, {})
    label = labels[name] if name in labels else getattr(model._meta.get_field(name), "verbose_name", None)
    if not isinstance(label, Promise):
        raise KeyError(name)
    return str(label)


def _labelled(kept: Mapping[str, Any], names: Mapping[str, Promise]) -> dict[str, Any]:
    return {_label(name, inner, names): _in_words(inner) for name, inner in kept.items()}


def _label(name: str, inner: Any, names: Mapping[str, Promise]) -> str:
    return capfirst(label_of(type(inner.row), name) if isinstance(inner, KeptColumn) else str(names[name]))


def _in_words(kept: Any) -> Any:
    if isinstance(kept, KeptColumn):
        return _value_in_words(kept)
    if isinstance(kept, KeptText):
        return in_language(kept.words, kept.language)
    if isinstance(kept, Verdict):
        return explain_html(kept)
    if isinstance(kept, dict):
        return _labelled(kept, NAMES)
    if isinstance(kept, list):
        return [_in_words(inner) for inner in kept]
    return at_brussels(kept) if isinstance(kept, datetime) else kept


def _value_in_words(column: KeptColumn) -> Any:
    value = column.value
    if not value:
        return value
    if column.name in VALUES:
        return VALUES[column.name](column)
    if isinstance(value, datetime):
        return at_brussels(value)
    if isinstance(value, date):
        return day_in_words(value)
    choice = getattr(column.row, f"get_{column.name}_display", None)
    return choice() if choice else value


def _told(column: KeptColumn) -> dict[str, Any]:
    """Return what a calendar was told of a session, by the labels of the session's own columns."""
    language = cast(Seat, column.row).session.webinar.language
    return {
        capfirst(label_of(WebinarSession, name)): at_brussels(datetime.fromisoformat(said))
        if said and name in TOLD_MOMENTS
        else in_language(said, language)
        for name, said in column.value.items()
    }


def _stays(column: KeptColumn) -> list[str]:
    return [session_time(*map(datetime.fromisoformat, stay)) for stay in column.value]


# Of columns whose codes and records are no choices, or whose choices are worded for staff.
VALUES: dict[str, Callable[[KeptColumn], Any]] = {
    "country": lambda column: display_name(column.value),
    "language": lambda column: dict(settings.LANGUAGES).get(column.value, column.value),
    "outcome": lambda column: str(OUTCOMES[Outcome(column.value)]),
    "reason_code": lambda column: str(REASON_SENTENCES[ReasonCode(column.value)]),
    "told": _told,
    "stays": _stays,
    "facts": lambda column: json.dumps(column.value, ensure_ascii=False),
}

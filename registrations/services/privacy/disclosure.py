"""Everything the site keeps about one registration, for its person (Regulation (EU) 2018/1725, Articles 17, 22)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model

from eligibility.explain import explain
from eligibility.rules import Verdict
from registrations.models import Action, LegalText, Registration, Seat, UnplacedAnswer
from registrations.models.history_facts import PersonExportNoted
from registrations.services.history import log
from registrations.services.people.consents import Consent, consents_of
from webinar_site.foundation.days import BRUSSELS

PERSON = (
    "reference",
    "kind",
    "state",
    "language",
    "title",
    "first_name",
    "last_name",
    "email",
    "organisation",
    "organisation_type",
    "position",
    "country",
    "question",
    "ask_review",
    "share_contact",
    "contact_me",
    "entered_by_staff",
    "agenda_seen",
    "created_at",
    "confirmed_at",
    "ended_at",
    "bounced_at",
    "bounce_reply",
)
SEAT = (
    "state",
    "decided_at",
    "reason_code",
    "reason",
    "outcome",
    "judged_as_of",
    "publication_number",
    "flagged_at",
    "joined_at",
    "meeting_url",
    "answer",
    "answered_at",
    "told",
    "told_method",
    "told_sequence",
    "told_time_sequence",
)
ATTENDANCE = ("name", "email", "organisation", "role", "match", "stays", "elsewhere_seconds")


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """One column of a row: what it holds, and still whose it is, by which it can be labelled and put into words."""

    row: Model
    name: str

    @property
    def value(self) -> Any:
        """Return what it holds."""
        return getattr(self.row, self.name)


@dataclass(frozen=True, slots=True)
class KeptText:
    """Words that are kept in one language, a code of settings.LANGUAGES, whoever reads them."""

    words: str
    language: str


def own_data(registration: Registration) -> dict[str, Any]:
    """Return what is kept about a registration as plain JSON data: moments in Brussels time, ISO 8601."""
    return {name: _plain(inner) for name, inner in everything_kept(registration).items()}


def everything_kept(registration: Registration) -> dict[str, Any]:
    """Return what is kept about a registration, by the names it is kept by, as dicts and lists.

    Left out are links (the person has them) and the names of staff. The number of queries does not grow with the rows.
    """
    seats = registration.seats.select_related("session__webinar").prefetch_related(
        "overrides", "contests", "attendances"
    )
    return {
        "webinar": KeptText(registration.webinar.title, registration.webinar.language),
        **_columns(registration, PERSON),
        "question_mark": _question_mark(registration),
        "access_needs": [KeptColumn(need, "measure") for need in registration.access_needs.all()],
        "consents": _consents(registration),
        "sessions": [_seat(seat) for seat in seats.order_by("session__number")],
        "changes_of_address": [
            _columns(change, ("email", "asked_at", "confirmed_at"))
            for change in registration.address_changes.all()
        ],
        "mails": [
            _columns(mail, ("kind", "recipient", "state", "created_at", "sent_at", "returned_at", "reply"))
            for mail in registration.mails.defer("raw", "facts").order_by("pk")
        ],
        "unplaced_answers": [
            _columns(answer, ("attendee", "sender", "answer", "answered_at", "received_at"))
            for answer in UnplacedAnswer.objects.filter(registration=registration).order_by("pk")
        ],
        "history": [
            _columns(entry, ("at", "actor", "action", "facts"))
            for entry in registration.history.order_by("pk")
        ],
    }


@transaction.atomic
def export_person(registration_id: int, *, by: User, now: datetime) -> dict[str, Any]:
    """Record that a member of staff takes out everything about somebody, and return it as `own_data` does.

    `now` is an aware datetime. Raises Registration.DoesNotExist.
    """
    registration = Registration.objects.select_related("webinar").get(pk=registration_id)
    log.record(
        Action.EXPORTED,
        at=now,
        by=by,
        registration=registration,
        webinar=registration.webinar,
        facts=PersonExportNoted(format="json", rows=1),
    )
    return own_data(registration)


def _question_mark(registration: Registration) -> dict[str, Any] | None:
    """Return what moderators made of the person's question, or None."""
    mark = getattr(registration, "question_mark", None)
    return _columns(mark, ("state", "position", "changed_at")) if mark else None


def _consents(registration: Registration) -> dict[str, Any]:
    """Return which texts the person read and agreed to, by version and the hash of its very words."""
    texts = {"privacy_statement": registration.privacy_text, "consents": registration.consent_text}
    shown = {name: _text(text) if text else None for name, text in texts.items()}
    given = {
        consent.name: {"given": consent.is_given, "since": consent.since, "words": _words(consent)}
        | ({"text": _text(consent.text)} if consent.text else {})
        for consent in consents_of(registration, registration.language)
    }
    return shown | _columns(registration, ("privacy_acknowledged_at",)) | given


def _words(consent: Consent) -> KeptText | str:
    return KeptText(consent.words, consent.text.language) if consent.text else consent.words


def _text(text: LegalText) -> dict[str, Any]:
    """Return which text it is, and where its very bytes can be had."""
    return _columns(text, ("language", "version", "sha256")) | {
        "address": f"{settings.SITE_URL}{text.file_url()}"
    }


def _seat(seat: Seat) -> dict[str, Any]:
    return {
        "session": KeptText(str(seat.session), seat.session.webinar.language),
        **_columns(seat, SEAT),
        "verdict": seat.verdict or [],
        "overrides": [
            _columns(override, ("reason", "requested_at", "confirmed_at", "lapsed_at"))
            for override in seat.overrides.all()
        ],
        "contests": [
            _columns(contest, ("text", "created_at", "answer", "answered_at"))
            for contest in seat.contests.all()
        ],
        "attendance": [_columns(row, ATTENDANCE) for row in seat.attendances.all()],
    }


def _columns(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: KeptColumn(row, name) for name in names}


def _plain(kept: Any) -> Any:
    if isinstance(kept, KeptColumn):
        return _plain(kept.value)
    if isinstance(kept, KeptText):
        return kept.words
    if isinstance(kept, Verdict):
        return explain(kept)
    if isinstance(kept, dict):
        return {name: _plain(inner) for name, inner in kept.items()}
    if isinstance(kept, list):
        return [_plain(inner) for inner in kept]
    if isinstance(kept, datetime):
        return kept.astimezone(BRUSSELS).isoformat(timespec="seconds")
    return kept.isoformat() if isinstance(kept, date) else kept

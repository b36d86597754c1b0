"""Requests whose address is not proven yet: which one a link confirms, and what ends the others.

The newest request of a person replaces their earlier ones; who is one person is told by address and name
(`person_key`). Two people behind one mailbox have a request each, and only one of them can be confirmed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import QuerySet, Subquery

from registrations import mails, outbox
from registrations.models import (
    CONSENTS,
    Action,
    BulkJob,
    HistoryEntry,
    LegalText,
    Registration,
    Seat,
    WebinarSession,
)
from registrations.services import errors
from registrations.services.decisions import automatic
from registrations.services.history import log
from registrations.services.people.submission import ANSWERS, Submission
from registrations.services.texts.legal_texts import as_shown
from registrations.states import Move, RegistrationState, require_registration_move, require_seat_move
from webinar_site.foundation import bulk

CONFIRM_WITHIN = timedelta(days=7)
SENT_TWICE = timedelta(minutes=10)


class LinkState(Enum):
    """What a link that proves an address leads to."""

    WAITING = "waiting"  # a request that can be confirmed
    CONFIRMED = "confirmed"  # a registration: this request's, or one of the same person
    WITHDRAWN = "withdrawn"  # a registration that its person ended
    TAKEN = "taken"  # nothing any more: the address is confirmed under another name
    OVER = "over"  # nothing any more: nobody confirmed it in time


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """Where a link leads, and the registration or request that its page is about.

    `is_newer` says that this is not the one that the link was sent for, but a later one of the same person. `others`
    are requests of the same address under other names, which confirming this one would end.
    """

    standing: LinkState
    registration: Registration
    is_newer: bool = False
    others: tuple[Registration, ...] = ()


def find_request(token: str, *, now: datetime) -> FoundRequest:
    """Return where a link leads at this moment (aware), with the webinar; one query. Raises LinkNotValid."""
    return _where_it_leads(token, list(_of_one_address(token)), now)


def _of_one_address(token: str) -> QuerySet[Registration]:
    """Return all that was ever sent for the webinar with the address of a link, oldest first, with the webinar."""
    own = Registration.objects.filter(confirm_token=token)
    rows = Registration.objects.filter(
        webinar=Subquery(own.values("webinar")), email_key=Subquery(own.values("email_key"))
    )
    return rows.select_related("webinar").order_by("id")


def _where_it_leads(token: str, rows: Sequence[Registration], now: datetime) -> FoundRequest:
    own = next((row for row in rows if row.confirm_token == token), None)
    if own is None:  # no such link, or the registration moved to another address at this very moment
        raise errors.LinkNotValid
    active = next((row for row in rows if row.is_active), None)
    if active is not None:
        is_own = active.person_key == own.person_key
        return FoundRequest(LinkState.CONFIRMED if is_own else LinkState.TAKEN, active)
    waiting = [row for row in rows if _can_be_confirmed(row, now)]
    newest = next((row for row in reversed(waiting) if row.person_key == own.person_key), None)
    if newest is None:
        is_withdrawn = own.state == RegistrationState.WITHDRAWN
        return FoundRequest(LinkState.WITHDRAWN if is_withdrawn else LinkState.OVER, own)
    others = tuple(row for row in waiting if row.person_key != own.person_key)
    return FoundRequest(LinkState.WAITING, newest, newest is not own, others)


def _can_be_confirmed(row: Registration, now: datetime) -> bool:
    return row.state == RegistrationState.UNCONFIRMED and row.created_at >= now - CONFIRM_WITHIN


@dataclass(frozen=True, slots=True)
class Consents:
    """What somebody whom staff entered says when confirming: what they agree to, and the ids of the texts shown."""

    share_contact: bool = False
    contact_me: bool = False
    privacy_text: int | None = None
    consent_text: int | None = None


@transaction.atomic
def confirm(token: str, *, now: datetime, consents: Consents | None = None) -> Registration:
    """Prove an address by its link: staff see the request from now on, and other requests of the address expire.

    Confirming twice is no error. Raises LinkNotValid; RequestNotWaiting where a newer request of the person replaced it
    or it has ended; PrivacyNotAcknowledged where staff entered it and its person gives no `consents`.
    """
    rows = list(_of_one_address(token).select_for_update(no_key=True, of=("self",)))
    found = _where_it_leads(token, rows, now)
    registration = found.registration
    if found.standing == LinkState.CONFIRMED:
        return registration
    if found.standing != LinkState.WAITING or found.is_newer:
        raise errors.RequestNotWaiting
    given = _give_consents(registration, consents, now) if registration.entered_by_staff else ()
    registration.state = require_registration_move(Move.CONFIRM, registration.state)
    registration.confirmed_at = now
    registration.save(update_fields=["state", "confirmed_at", *given])
    expire([row for row in rows if row.state == RegistrationState.UNCONFIRMED], now)
    seats = list(registration.seats.select_related("session"))
    _close_what_is_over(seats, now)
    log.record_person(Action.CONFIRMED, registration, now, seats)
    decided = automatic.decide_at_once(registration, [seat.pk for seat in seats], now)
    left = [seat for seat in seats if seat.pk not in decided]
    if left:  # who has heard about every session is not told to wait
        outbox.post([mails.received(registration, left, now)])
    return registration


def _close_what_is_over(seats: Sequence[Seat], now: datetime) -> None:
    """Cancel what nobody decides about any more: all others were told when the session ended or was cancelled."""
    over = [seat for seat in seats if _is_closed(seat.session, now)]
    for seat in over:
        seat.state = require_seat_move(Move.CANCEL, seat.state)
    bulk.update_rows(over, ["state"])


def _is_closed(session: WebinarSession, now: datetime) -> bool:
    """Return whether a session is over, or cancelled and all are told; until then the job that tells finds it."""
    if not session.is_cancelled:
        return session.is_over(now)
    return not session.jobs.unfinished().filter(kind=BulkJob.Kind.SESSION_CHANGE).exists()


def _give_consents(registration: Registration, consents: Consents | None, now: datetime) -> tuple[str, ...]:
    """Set what a person says about their data, with the texts they read; return the names of the columns."""
    if consents is None:
        raise errors.PrivacyNotAcknowledged
    newest, language = list(LegalText.objects.newest()), registration.language
    registration.privacy_text = as_shown(newest, LegalText.Kind.PRIVACY, consents.privacy_text, language)
    registration.consent_text = as_shown(newest, LegalText.Kind.CONSENTS, consents.consent_text, language)
    registration.privacy_acknowledged_at = now
    registration.share_contact, registration.contact_me = consents.share_contact, consents.contact_me
    return ("privacy_text", "consent_text", "privacy_acknowledged_at", "share_contact", "contact_me")


def replace_requests(
    earlier: Iterable[Registration], registration: Registration, submission: Submission, now: datetime
) -> bool:
    """End earlier requests of the same person, unless this one, still unsaved, says what they said some minutes ago.

    Return whether it is to be taken: what was sent twice is there already, and its mail on its way (D-14).
    """
    unconfirmed = Registration.objects.unconfirmed().filter(pk__in=[row.pk for row in earlier])
    rows = list(unconfirmed.select_for_update(no_key=True).order_by("id"))
    if any(
        row.created_at > now - SENT_TWICE and _says_the_same(row, registration, submission) for row in rows
    ):
        return False
    expire(rows, now)
    return True


TYPED = (*ANSWERS, *CONSENTS, "email", "language", "privacy_text_id", "consent_text_id")


def _says_the_same(earlier: Registration, registration: Registration, submission: Submission) -> bool:
    if any(getattr(earlier, name) != getattr(registration, name) for name in TYPED):
        return False
    sessions = set(earlier.seats.values_list("session_id", flat=True))
    needs = set(earlier.access_needs.values_list("measure", flat=True))
    return (sessions, needs) == (set(submission.sessions), set(submission.access_needs))


def newest_waiting(webinar_id: int, key: str, now: datetime) -> Registration | None:
    """Return the newest request of an address that can still be confirmed at this moment (aware), or None."""
    waiting = Registration.objects.unconfirmed().filter(
        webinar=webinar_id, email_key=key, created_at__gte=now - CONFIRM_WITHIN
    )
    return waiting.order_by("id").last()


def expire(rows: Sequence[Registration], now: datetime) -> None:
    """End requests that were never confirmed; the rows are locked by the caller."""
    for row in rows:
        row.state = require_registration_move(Move.EXPIRE, row.state)
        row.ended_at = now
    bulk.update_rows(rows, ["state", "ended_at"])
    HistoryEntry.objects.bulk_create(
        [log.entry(Action.EXPIRED, at=now, registration=row, webinar_id=row.webinar_id) for row in rows]
    )


def expire_unconfirmed(now: datetime, *, limit: int = 500) -> int:
    """End up to `limit` requests whose address was not confirmed in time; return how many."""
    with transaction.atomic():
        stale = Registration.objects.unconfirmed().filter(created_at__lt=now - CONFIRM_WITHIN)
        rows = list(stale.select_for_update(no_key=True, skip_locked=True).order_by("id")[:limit])
        expire(rows, now)
    return len(rows)

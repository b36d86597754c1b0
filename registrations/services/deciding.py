"""What staff decide about seats: approve, reject, put back, cancel; guests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.rules import Outcome
from registrations import mails
from registrations.models import (
    REASONS,
    Action,
    HistoryEntry,
    Kind,
    OutgoingMail,
    Override,
    ReasonCode,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
    email_key,
)
from registrations.services import errors, recording
from registrations.services.locking import lock_seats, lock_sessions
from registrations.services.places import Places
from registrations.services.submission import write_keys
from registrations.services.telling import TOLD_FIELDS, Telling
from registrations.states import (
    MOVES_WITHOUT_REASON,
    IllegalMove,
    Move,
    RegistrationState,
    SeatState,
    require_seat_move,
)

ACTIONS = {
    Move.APPROVE: Action.APPROVED,
    Move.WAITLIST: Action.WAITLISTED,
    Move.REJECT: Action.REJECTED,
    Move.PUT_BACK: Action.PUT_BACK,
    Move.CANCEL: Action.CANCELLED,
}
ENDING_MAILS: dict[Move, Callable[[Seat, datetime], OutgoingMail]] = {
    Move.WAITLIST: mails.waitlisted,
    Move.REJECT: mails.rejected,
    Move.PUT_BACK: mails.put_back,
    Move.CANCEL: mails.cancelled,
}
DECIDED_FIELDS = (
    "state",
    "decided_by",
    "decided_at",
    "reason_code",
    "reason",
    "override",
    "flagged_at",
    *TOLD_FIELDS,
)


# What a preview of thousands leaves in the database: reading it takes a third of the time.
UNREAD = (
    "question",
    "search_key",
    "email_key",
    "position",
    "created_at",
    "confirmed_at",
    "privacy_acknowledged_at",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody on the staff decides, why and when (`now` is an aware datetime).

    Why is a reason of the table (`reason_code`), their own words, or both. Where nobody decides, the webinar's switch
    does (`automatic.py`), and history says so.
    """

    move: Move
    by: User | None
    now: datetime
    reason: str = ""
    reason_code: str = ""

    def require_reason(self) -> None:
        """Raise ReasonNeeded where it goes against the person and says nothing, ReasonDoesNotFit for another move's."""
        if self.reason_code and self.reason_code not in REASONS.get(self.move, ()):
            raise errors.ReasonDoesNotFit
        if self.move not in MOVES_WITHOUT_REASON and not (self.reason.strip() or self.reason_code):
            raise errors.ReasonNeeded


@dataclass(frozen=True, slots=True)
class SeatResult:
    """What a decision did, or would do, to one seat; `note` says why it did nothing."""

    seat: Seat
    changed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody staff invite: a speaker, a moderator, a colleague; `sessions` are ids, `country` an ISO code."""

    first_name: str
    last_name: str
    email: str
    organisation: str
    organisation_type: str
    country: str
    sessions: tuple[int, ...]
    title: str = ""
    position: str = ""
    language: str = "en"


@transaction.atomic
def decide_seats(registration_id: int, *, seat_ids: Iterable[int], decision: Decision) -> list[SeatResult]:
    """Decide about seats of one person, who is told at once; what is not possible is skipped and says why.

    Raises ReasonNeeded when a decision against the person gives none, ReasonDoesNotFit.
    """
    seats = lock_seats(Seat.objects.filter(registration=registration_id, pk__in=seat_ids))
    telling = Telling(decision.now)
    results = decide_locked(seats, decision, telling)
    telling.post()
    return results


def decide_locked(seats: Sequence[Seat], decision: Decision, telling: Telling) -> list[SeatResult]:
    """Decide about locked seats, save and record; the caller posts what `telling` collects.

    The number of queries does not grow with the seats. Raises ReasonNeeded, ReasonDoesNotFit.
    """
    decision.require_reason()
    places = Places()
    results = [decide_one(seat, decision, telling, places) for seat in seats]
    changed = [result.seat for result in results if result.changed]
    Seat.objects.bulk_update(changed, DECIDED_FIELDS)
    Override.objects.unconfirmed().filter(seat__in=changed).delete()
    HistoryEntry.objects.bulk_create([_entry(seat, decision) for seat in changed])
    return results


def preview_decision(seat_ids: Iterable[int], *, decision: Decision, places: Places) -> list[SeatResult]:
    """Return what deciding now would do to each seat; nothing is locked or changed.

    `places` keeps count of what earlier seats of the same preview would take.
    """
    seats = Seat.objects.filter(pk__in=seat_ids).select_related("registration").prefetch_related("session")
    seats = seats.defer("verdict_data", "told", *(f"registration__{column}" for column in UNREAD))
    return [_preview(seat, decision, places) for seat in seats.order_by("id")]


def _preview(seat: Seat, decision: Decision, places: Places) -> SeatResult:
    note = _why_not(seat, decision, places)
    if decision.move is Move.APPROVE and not note:
        places.take(seat)
    return SeatResult(seat, not note, note)


def _why_not(seat: Seat, decision: Decision, places: Places) -> str:
    """Return why a decision is not possible for a seat, or would give a reason that its verdict contradicts."""
    note = why_not(seat, decision.move, decision.now, places)
    if not note and decision.reason_code == ReasonCode.COUNTRY and seat.outcome != Outcome.NOT_ELIGIBLE:
        return _("The verdict does not say that the country is on no list; choose another reason.")
    return note


def why_not(seat: Seat, move: Move, now: datetime, places: Places) -> str:
    """Return why a move is not possible for a seat, or an empty string."""
    if not seat.registration.is_active:
        return str(errors.RegistrationEnded())
    if seat.session.is_cancelled:
        return str(errors.SessionIsCancelled())
    if seat.session.is_over(now):
        return _("This session is over.")
    if move in MOVES_WITHOUT_REASON and seat.needs_override and not seat.is_approved:
        return _("The verdict is not “eligible”: approving needs an override by two members of staff.")
    try:
        _state_after(move, seat)
    except IllegalMove as refusal:
        return str(refusal)
    return _why_no_place(seat, move, places)


def _state_after(move: Move, seat: Seat) -> SeatState:
    """Return the state that a move leads to, or raise IllegalMove.

    Whoever is flagged as rejected though the lists now admit can be rejected again: then for another reason.
    """
    is_rejected_again = (
        move is Move.REJECT and seat.state == SeatState.REJECTED and seat.flagged_at is not None
    )
    return SeatState.REJECTED if is_rejected_again else require_seat_move(move, seat.state)


def _why_no_place(seat: Seat, move: Move, places: Places) -> str:
    if move is Move.APPROVE:
        return places.why_none_for(seat)
    if move is Move.WAITLIST and not places.why_none_for(seat):
        return _("There is a place in this session; approve instead.")
    return ""


def decide_one(seat: Seat, decision: Decision, telling: Telling, places: Places) -> SeatResult:
    """Decide about a seat and have its person told by `telling`; nothing is saved. The caller holds the locks."""
    note = _why_not(seat, decision, places)
    if note:
        return SeatResult(seat, changed=False, note=note)
    if decision.move is Move.APPROVE:
        places.take(seat)
    seat.state = _state_after(decision.move, seat)
    seat.decided_by, seat.decided_at = decision.by, decision.now
    seat.give_reason(decision.reason, decision.reason_code)
    seat.override = seat.flagged_at = None
    if decision.move is Move.APPROVE:
        telling.approved(seat)
    else:
        telling.ended(seat, ENDING_MAILS[decision.move])
    return SeatResult(seat, changed=True)


def _entry(seat: Seat, decision: Decision) -> HistoryEntry:
    chosen = {"reason_code": decision.reason_code} if decision.reason_code else {}
    return recording.entry(
        ACTIONS[decision.move],
        at=decision.now,
        by=decision.by,
        seat=seat,
        publication_number=seat.publication_number,
        facts={"reason": decision.reason, **chosen, "outcome": seat.outcome}
        | ({} if decision.by else {"by": "auto_approve"}),
    )


@transaction.atomic
def invite_guest(webinar_id: int, *, guest: Guest, by: User, now: datetime) -> Registration:
    """Give somebody places outside eligibility and invite them at once. Raises AlreadyRegistered, UnknownSession."""
    webinar = Webinar.objects.get(pk=webinar_id)
    key = email_key(guest.email)
    if webinar.registrations.filter(email_key=key, state=RegistrationState.ACTIVE).exists():
        raise errors.AlreadyRegistered
    sessions = _lock_sessions_for(guest, webinar, now)
    registration = _guest_registration(webinar, guest, key, now)
    seats = [
        Seat(
            registration=registration,
            session=session,
            state=SeatState.APPROVED,
            decided_by=by,
            decided_at=now,
        )
        for session in sessions.values()
    ]
    Seat.objects.bulk_create(seats)
    telling = Telling(now)
    for seat in seats:
        telling.approved(seat)
    Seat.objects.bulk_update(seats, TOLD_FIELDS)
    facts = {"sessions": [session.number for session in sessions.values()]}
    recording.record(
        Action.GUEST_INVITED, at=now, by=by, registration=registration, webinar=webinar, facts=facts
    )
    telling.post()
    return registration


def _lock_sessions_for(guest: Guest, webinar: Webinar, now: datetime) -> dict[int, WebinarSession]:
    sessions = lock_sessions(guest.sessions)
    if not sessions or len(sessions) != len(set(guest.sessions)):
        raise errors.UnknownSession
    if any(
        session.webinar_id != webinar.pk or not session.can_be_chosen(now) for session in sessions.values()
    ):
        raise errors.UnknownSession
    return sessions


def _guest_registration(webinar: Webinar, guest: Guest, key: str, now: datetime) -> Registration:
    registration = Registration(
        webinar=webinar,
        kind=Kind.GUEST,
        state=RegistrationState.ACTIVE,
        language=guest.language,
        title=guest.title,
        first_name=guest.first_name,
        last_name=guest.last_name,
        email=guest.email,
        email_key=key,
        organisation=guest.organisation,
        organisation_type=guest.organisation_type,
        position=guest.position,
        country=guest.country,
        confirmed_at=now,
    )
    write_keys(registration)
    registration.save(force_insert=True)
    return registration

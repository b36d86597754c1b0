"""What staff decide about seats: approve, waitlist, reject, put back, cancel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from eligibility.rules import Outcome
from registrations import mails
from registrations.models import (
    REASONS,
    Action,
    HistoryEntry,
    OutgoingMail,
    Override,
    ReasonCode,
    Seat,
)
from registrations.models.history_facts import DecisionNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.jobs.notes import Note, NoteCode
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import TOLD_FIELDS, Notifications
from registrations.services.seats.capacity import Places
from registrations.services.seats.shown_state import Shown, changes_in, require_as_shown, why_changed
from registrations.states import (
    MOVES_WITHOUT_REASON,
    SEAT_MOVES,
    IllegalMove,
    Move,
    SeatState,
    require_seat_move,
)
from webinar_site.foundation import bulk

ACTIONS_BY_MOVE = {
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
    """What a decision did, or would do, to one seat; `why` says why it did nothing."""

    seat: Seat
    why: Note | None = None

    @property
    def changed(self) -> bool:
        """Return whether the seat was changed, or would be."""
        return self.why is None

    @property
    def note(self) -> str:
        """Return why nothing was done, as a sentence in the active language, or an empty string."""
        return str(self.why or "")


@transaction.atomic
def decide_seats(registration_id: int, *, shown: Shown, decision: Decision) -> list[SeatResult]:
    """Decide about seats of one person, who is told at once; what is not possible is skipped and says why.

    `shown` is how the seats were on the page. Raises ChangedMeanwhile where one of them has changed since, and then
    decides nothing; the same decision sent twice only says so. Raises ReasonNeeded when a decision against the person
    gives none, ReasonDoesNotFit.
    """
    decision.require_reason()
    seats = lock_seats(Seat.objects.filter(registration=registration_id, pk__in=shown))
    changes = changes_in(seats, shown)
    if changes and len(changes) == len(seats) and all(is_done(seat, decision) for seat in seats):
        return [SeatResult(seat, Note(NoteCode.DECIDED_SAME)) for seat in seats]
    require_as_shown(changes)
    notifications = Notifications(decision.now)
    results = decide_locked(seats, decision, notifications, shown=None)
    notifications.post()
    return results


def is_done(seat: Seat, decision: Decision) -> bool:
    """Return whether the same person has decided the same about a seat already: a button was pressed twice."""
    reached = seat.state == SEAT_MOVES[decision.move][1] and seat.decided_by == decision.by
    return reached and (seat.reason, seat.reason_code) == (decision.reason, decision.reason_code)


def decide_locked(
    seats: Sequence[Seat], decision: Decision, notifications: Notifications, *, shown: Shown | None
) -> list[SeatResult]:
    """Decide about locked seats, save and record; the caller posts what `notifications` collects.

    Seats that have changed since they were `shown` are skipped; None: there was no page, or it was asked about already.
    The number of queries does not grow with the seats. Raises ReasonNeeded, ReasonDoesNotFit.
    """
    decision.require_reason()
    places = Places()
    results = []
    for seat in seats:
        change = why_changed(seat, shown.get(seat.pk, "")) if shown is not None else None
        results.append(
            SeatResult(seat, change) if change else decide_one(seat, decision, notifications, places)
        )
    changed = [result.seat for result in results if result.changed]
    bulk.update_rows(changed, DECIDED_FIELDS)
    Override.objects.unconfirmed().filter(seat__in=changed).delete()
    HistoryEntry.objects.bulk_create([_entry(seat, decision) for seat in changed])
    return results


def preview_decision(
    seat_ids: Iterable[int], *, decision: Decision, places: Places, shown: Shown | None = None
) -> list[SeatResult]:
    """Return what deciding now would do to each seat; nothing is locked or changed.

    With `shown`, what has changed since is left alone, as a job that waits would do. `places` keeps count of what
    earlier seats of the same preview would take.
    """
    seats = Seat.objects.filter(pk__in=seat_ids).select_related("registration", "decided_by")
    seats = seats.prefetch_related("session").defer(
        "verdict_data", "told", *(f"registration__{column}" for column in UNREAD)
    )
    return [_preview(seat, decision, places, shown) for seat in seats.order_by("id")]


def _preview(seat: Seat, decision: Decision, places: Places, shown: Shown | None) -> SeatResult:
    change = why_changed(seat, shown.get(seat.pk, "")) if shown is not None else None
    note = change or _why_not(seat, decision, places)
    if decision.move is Move.APPROVE and not note:
        places.take(seat)
    return SeatResult(seat, note)


def _why_not(seat: Seat, decision: Decision, places: Places) -> Note | None:
    """Return why a decision is not possible for a seat, or would give a reason that its verdict contradicts."""
    note = why_not(seat, decision.move, decision.now, places)
    if not note and decision.reason_code == ReasonCode.COUNTRY and seat.outcome != Outcome.NOT_ELIGIBLE:
        return Note(NoteCode.COUNTRY_ADMITTED)
    return note


def why_not(seat: Seat, move: Move, now: datetime, places: Places) -> Note | None:
    """Return why a move is not possible for a seat, or None."""
    if not seat.registration.is_active:
        return Note(NoteCode.ENDED)
    if seat.session.is_cancelled:
        return Note(NoteCode.SESSION_CANCELLED)
    if seat.session.is_over(now):
        return Note(NoteCode.SESSION_OVER)
    if move in MOVES_WITHOUT_REASON and seat.needs_override and not seat.is_approved:
        return Note(NoteCode.NEEDS_OVERRIDE)
    return why_no_move(seat, move) or _why_no_place(seat, move, places)


def why_no_move(seat: Seat, move: Move) -> Note | None:
    """Return why the table of moves has no such move from a seat's state, or None."""
    try:
        _state_after(move, seat)
    except IllegalMove as refusal:
        return Note(NoteCode.ILLEGAL_MOVE, {"move": refusal.move.value, "state": refusal.state.value})
    return None


def _state_after(move: Move, seat: Seat) -> SeatState:
    """Return the state that a move leads to, or raise IllegalMove.

    Whoever is flagged as rejected though the lists now admit can be rejected again: then for another reason.
    """
    is_rejected_again = (
        move is Move.REJECT and seat.state == SeatState.REJECTED and seat.flagged_at is not None
    )
    return SeatState.REJECTED if is_rejected_again else require_seat_move(move, seat.state)


def _why_no_place(seat: Seat, move: Move, places: Places) -> Note | None:
    if move is Move.APPROVE:
        return places.why_none_for(seat)
    if move is Move.WAITLIST and not places.why_none_for(seat):
        return Note(NoteCode.PLACE_FREE)
    return None


def decide_one(seat: Seat, decision: Decision, notifications: Notifications, places: Places) -> SeatResult:
    """Decide about a seat and have its person told by `notifications`; nothing is saved. The caller holds the locks."""
    note = _why_not(seat, decision, places)
    if note:
        return SeatResult(seat, note)
    if decision.move is Move.APPROVE:
        places.take(seat)
    seat.state = _state_after(decision.move, seat)
    seat.decided_by, seat.decided_at = decision.by, decision.now
    seat.give_reason(decision.reason, decision.reason_code)
    seat.override = seat.flagged_at = None
    if decision.move is Move.APPROVE:
        notifications.approved(seat)
    else:
        notifications.ended(seat, ENDING_MAILS[decision.move])
    return SeatResult(seat)


def _entry(seat: Seat, decision: Decision) -> HistoryEntry:
    return log.entry(
        ACTIONS_BY_MOVE[decision.move],
        at=decision.now,
        by=decision.by,
        seat=seat,
        publication_number=seat.publication_number,
        facts=DecisionNoted(
            reason=decision.reason,
            reason_code=decision.reason_code,
            outcome=seat.outcome,
            by="" if decision.by else "auto_approve",
        ),
    )

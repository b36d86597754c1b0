"""Approving or keeping seats against their verdict: one person asks in writing, another confirms or declines.

One seat is answered at once; a batch, asked for with one reason, is confirmed once and carried out as a job (`job.py`).
What nobody answers in time lapses (`expiry.py`).
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registrations.models import Action, HistoryEntry, Override, Seat
from registrations.services import errors
from registrations.services.decisions.moves import DECIDED_FIELDS, SeatResult, why_no_move
from registrations.services.jobs.notes import Note, NoteCode
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Notifications
from registrations.services.overrides.expiry import (
    batches_being_confirmed,
    has_lapsed,
    override_entry,
    why_batch_lapsed,
    why_lapsed,
)
from registrations.services.seats.capacity import Places
from registrations.services.seats.shown_state import (
    Shown,
    changes_in,
    require_as_shown,
    why_changed,
)
from registrations.states import Move, require_seat_move
from webinar_site.foundation import bulk
from webinar_site.foundation.chunks import in_chunks


def why_no_override(seat: Seat, now: datetime) -> Note | None:
    """Return why a seat cannot be approved or kept against its verdict, or None."""
    if not seat.needs_override:
        return Note(NoteCode.NO_OVERRIDE_NEEDED)
    if not seat.registration.is_active:
        return Note(NoteCode.ENDED)
    if seat.session.is_cancelled or seat.session.is_over(now):
        return Note(NoteCode.CANCELLED_OR_OVER)
    if seat.is_approved:
        return Note(NoteCode.APPROVED_ALREADY) if seat.flagged_at is None else None
    return why_no_move(seat, Move.APPROVE)


@transaction.atomic
def request_override(seat_id: int, *, shown: str, by: User, reason: str, now: datetime) -> Override:
    """Ask, in writing, that a seat be approved (or kept) against its verdict; a second person has to confirm.

    `shown` is how the seat was on the page. Raises ReasonNeeded, ChangedMeanwhile, OverrideNotPossible.
    """
    if not reason.strip():
        raise errors.ReasonNeeded
    seats = lock_seats(Seat.objects.filter(pk=seat_id))
    require_as_shown(changes_in(seats, {seat_id: shown}))
    for result in _requestable(seats, now):
        if result.note:
            raise errors.OverrideNotPossible(result.note)
    return _ask(seats, Override(reason=reason, requested_by=by, requested_at=now))[0]


@transaction.atomic
def request_overrides(shown: Shown, *, by: User, reason: str, now: datetime) -> UUID:
    """Ask, with one reason, that many seats be approved or kept against their verdicts; return the batch's id (D-28).

    `shown` is how the seats were on the page. What is not possible is skipped. Raises ReasonNeeded, ChangedMeanwhile
    where a seat has changed since, and OverrideNotPossible when nothing is possible.
    """
    if not reason.strip():
        raise errors.ReasonNeeded
    request = Override(reason=reason, requested_by=by, requested_at=now, batch=uuid4())
    asked = 0
    for chunk in in_chunks(sorted(shown)):
        seats = lock_seats(Seat.objects.filter(pk__in=chunk))
        require_as_shown(changes_in(seats, shown))
        asked += len(_ask([result.seat for result in _requestable(seats, now) if result.changed], request))
    if not asked:
        raise errors.OverrideNotPossible(_("None of these places can be approved or kept by an exception."))
    assert request.batch is not None  # noqa: S101 -- set above
    return request.batch


def preview_requests(seat_ids: Iterable[int], *, now: datetime) -> list[SeatResult]:
    """Return for which seats an override can be asked for now, and why not for the others; nothing is changed."""
    return _requestable(_unlocked(seat_ids), now)


def preview_overrides(
    seat_ids: Iterable[int], *, shown: Shown | None = None, now: datetime, places: Places
) -> list[SeatResult]:
    """Return which seats confirming their overrides would change now, and why not the others.

    Nothing is changed. With `shown`, what has changed since is left alone, as a job that waits would do. `places` keeps
    count of what earlier seats of the same preview would take.
    """
    seats = _unlocked(seat_ids)
    waiting = set(Override.objects.open().filter(seat__in=seats).values_list("seat_id", flat=True))
    return [
        SeatResult(seat, _why_not_confirmed(seat, waiting, shown) or _take_place(seat, now, places))
        for seat in seats
    ]


def _why_not_confirmed(seat: Seat, waiting: Container[int], shown: Shown | None) -> Note | None:
    """Return what has changed about a seat since it was shown, or that nobody's request for it waits any more."""
    change = why_changed(seat, shown.get(seat.pk, "")) if shown is not None else None
    return change or (None if seat.pk in waiting else Note(NoteCode.REQUEST_ENDED))


@transaction.atomic
def confirm_override(override_id: int, *, shown: str, by: User, now: datetime) -> Seat:
    """Approve (or keep) a seat against its verdict, as the second person; the participant is told as for any approval.

    `shown` is how the seat was on the second person's page. Raises ChangedMeanwhile, and OverrideNotPossible, also to
    the person who asked for it.
    """
    override, seat = _lock_open(override_id, now)
    refuse_the_same_person(override, by)
    require_as_shown(changes_in([seat], {seat.pk: shown}))
    notifications = Notifications(now)
    result = confirm_locked([seat], {seat.pk: override}, by, notifications, shown=None)[0]
    if result.note:
        raise errors.OverrideNotPossible(result.note)
    notifications.post()
    return result.seat


def confirm_locked(
    seats: Sequence[Seat],
    overrides: Mapping[int, Override],
    by: User,
    notifications: Notifications,
    *,
    shown: Shown | None,
) -> list[SeatResult]:
    """Approve (or keep) locked seats by their open overrides, save, record; the caller posts what `notifications`
    collects.

    `overrides` are found by the ids of their seats; a seat without one, or changed since it was `shown`, is skipped
    (None: it was asked about already). The number of queries does not grow with the seats.
    """
    places = Places()
    results = []
    for seat in seats:
        note = _why_not_confirmed(seat, overrides, shown) or _take_place(seat, notifications.now, places)
        if not note:
            _confirm(seat, overrides[seat.pk], by, notifications)
        results.append(SeatResult(seat, note))
    kept = [result.seat for result in results if result.changed]
    bulk.update_rows([overrides[seat.pk] for seat in kept], ["confirmed_by", "confirmed_at"])
    bulk.update_rows(kept, DECIDED_FIELDS)
    confirmed = [
        override_entry(Action.OVERRIDE_CONFIRMED, seat, overrides[seat.pk], by, notifications.now)
        for seat in kept
    ]
    HistoryEntry.objects.bulk_create(confirmed)
    return results


@transaction.atomic
def decline_override(override_id: int, *, by: User, now: datetime) -> Seat:
    """End a request for an override; the seat stays as it is, history keeps the request. Raises OverrideNotPossible."""
    override, seat = _lock_open(override_id, now)
    _decline({seat.pk: override}, [seat], by, now)
    return seat


def open_batch(batch: UUID) -> QuerySet[Override]:
    """Return the overrides of a batch that nobody has confirmed or declined yet, in the order of their seats."""
    return Override.objects.open().filter(batch=batch).order_by("seat_id")


@transaction.atomic
def decline_batch(batch: UUID, *, by: User, now: datetime) -> int:
    """End all requests of a batch that are still open; the seats stay as they are. Return how many they were.

    Raises OverrideNotPossible when it was answered already, and while a worker is confirming it.
    """
    # Not locked, since seats have to be locked before overrides: what a colleague confirms meanwhile stays confirmed.
    refuse_answered(batch, open_batch(batch).first(), now)
    declined = 0
    for chunk in in_chunks(open_batch(batch).values_list("seat_id", flat=True)):
        seats = lock_seats(Seat.objects.filter(pk__in=chunk))
        overrides = {override.seat_id: override for override in open_batch(batch).filter(seat__in=chunk)}
        _decline(overrides, seats, by, now)
        declined += len(overrides)
    return declined


def _requestable(seats: Sequence[Seat], now: datetime) -> list[SeatResult]:
    asked_for = Override.objects.open().filter(seat__in=[seat.pk for seat in seats])
    waiting = {override.seat_id for override in asked_for if not has_lapsed(override, now)}
    return [
        SeatResult(
            seat,
            why_no_override(seat, now) or (Note(NoteCode.ASKED_ALREADY) if seat.pk in waiting else None),
        )
        for seat in seats
    ]


def _ask(seats: Sequence[Seat], request: Override) -> list[Override]:
    """Write one open override per seat, in the words of `request`, and record each; it replaces a lapsed one."""
    Override.objects.unconfirmed().filter(seat__in=seats).delete()
    overrides = Override.objects.bulk_create(
        Override(
            seat=seat,
            reason=request.reason,
            requested_by=request.requested_by,
            requested_at=request.requested_at,
            batch=request.batch,
        )
        for seat in seats
    )
    HistoryEntry.objects.bulk_create(
        override_entry(Action.OVERRIDE_REQUESTED, seat, override, request.requested_by, request.requested_at)
        for seat, override in zip(seats, overrides, strict=True)
    )
    return overrides


def _take_place(seat: Seat, now: datetime, places: Places) -> Note | None:
    """Count a place as taken by a seat that is to be approved; return why it cannot be, or None."""
    if note := why_no_override(seat, now):
        return note
    if places.is_full_for(seat):
        return Note(NoteCode.ALL_TAKEN)
    if not seat.is_approved:
        places.take(seat)
    return None


def _confirm(seat: Seat, override: Override, by: User, notifications: Notifications) -> None:
    override.confirmed_by, override.confirmed_at = by, notifications.now
    seat.flagged_at = None
    if not seat.is_approved:
        seat.state = require_seat_move(Move.APPROVE, seat.state)
        notifications.approved(seat)
    seat.override, seat.decided_by, seat.decided_at = override, by, notifications.now
    seat.give_reason(override.reason)


def _decline(overrides: Mapping[int, Override], seats: Sequence[Seat], by: User, now: datetime) -> None:
    declined = [seat for seat in seats if seat.pk in overrides]
    HistoryEntry.objects.bulk_create(
        override_entry(Action.OVERRIDE_DECLINED, seat, overrides[seat.pk], by, now) for seat in declined
    )
    Override.objects.filter(pk__in=[override.pk for override in overrides.values()]).delete()


def _lock_open(override_id: int, now: datetime) -> tuple[Override, Seat]:
    """Lock an override's seat, then read the override again: a colleague may have been faster."""
    seats = lock_seats(Seat.objects.filter(overrides=override_id))
    override = Override.objects.unconfirmed().filter(pk=override_id).first()
    if override is None:
        raise errors.OverrideNotPossible(_("This exception was already confirmed or declined."))
    if has_lapsed(override, now):
        raise errors.OverrideNotPossible(why_lapsed(override))
    return override, seats[0]


def refuse_answered(batch: UUID, first: Override | None, now: datetime) -> Override:
    """Return the first open override of a batch; refuse when there is none, when it lapsed, while a worker is
    confirming it."""
    if lapsed := why_batch_lapsed(batch, now):
        raise errors.OverrideNotPossible(lapsed)
    if first is None:
        raise errors.OverrideNotPossible(_("This exception was already confirmed or declined."))
    if batch in batches_being_confirmed():
        raise errors.OverrideNotPossible(
            _("These exceptions are confirmed; their bulk job carries them out.")
        )
    return first


def refuse_the_same_person(override: Override, by: User) -> None:
    """Refuse that whoever asked for an override confirms it."""
    if override.requested_by_id == by.pk:
        raise errors.OverrideNotPossible(_("Another member of staff has to confirm what you asked for."))


def _unlocked(seat_ids: Iterable[int]) -> list[Seat]:
    seats = Seat.objects.filter(pk__in=seat_ids).select_related(
        "registration", "session", "override", "decided_by"
    )
    return list(seats.order_by("id"))

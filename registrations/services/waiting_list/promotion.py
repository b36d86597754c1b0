"""Giving places that have become free to who is next on the waiting list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from registrations.models import Action, BulkJob, HistoryEntry, Seat
from registrations.services.decisions.moves import DECIDED_FIELDS, why_not
from registrations.services.history import log
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Telling
from registrations.services.seats.capacity import Places, on_the_waiting_list
from registrations.states import Move, SeatState, require_seat_move


def seats_to_promote(job: BulkJob) -> QuerySet[Any, int]:
    """Return as many of the waiting list as there are places, in order, as ids; the job ends with them.

    No cursor could follow an order that staff may change meanwhile: who got a place is off the list, and who could not
    be given one is not tried again.
    """
    assert job.session is not None  # noqa: S101 -- places are a session's
    left = Places().left(job.session) or 0
    waiting = on_the_waiting_list(job.session_id).exclude(pk__in=job.rows.values("seat"))
    return waiting.values_list("pk", flat=True)[:left]


def promote(job: BulkJob, ids: Sequence[int], now: datetime) -> int:
    """Approve these seats of the waiting list, tell their people, and return how many; others are passed over.

    `now` is an aware datetime.
    """
    telling, places = Telling(now, job), Places()
    promoted = []
    for seat in lock_seats(Seat.objects.filter(pk__in=ids)):
        if seat.state == SeatState.WAITLISTED and not why_not(seat, Move.APPROVE, now, places):
            places.take(seat)
            seat.state = require_seat_move(Move.APPROVE, seat.state)
            seat.decided_by, seat.decided_at = None, now
            seat.give_reason("")
            telling.approved(seat)
            promoted.append(seat)
    Seat.objects.bulk_update(promoted, DECIDED_FIELDS)
    HistoryEntry.objects.bulk_create(
        log.entry(
            Action.PROMOTED,
            at=now,
            registration=seat.registration,
            session=seat.session,
            webinar_id=seat.session.webinar_id,
            publication_number=seat.publication_number,
        )
        for seat in promoted
    )
    telling.post()
    return len(promoted)

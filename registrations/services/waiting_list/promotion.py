"""Giving places that have become free to who is next on the waiting list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from registrations import permissions
from registrations.models import Action, BulkJob, HistoryEntry, Seat, WebinarSession
from registrations.services.decisions.moves import DECIDED_FIELDS, why_not
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, register_kind
from registrations.services.jobs.results import ChunkResult
from registrations.services.locks import lock_seats, lock_session
from registrations.services.notifications.batch import Notifications
from registrations.services.seats.capacity import Places
from registrations.states import Move, SeatState, require_seat_move
from webinar_site.foundation import bulk


def start_promotions(now: datetime) -> None:
    """Write a job for each session to come in which a place is free and somebody waits (D-30); `now` is aware."""
    for session_id in WebinarSession.objects.waited_for().order_by("pk").values_list("pk", flat=True):
        _start_promotion(session_id, now)


@transaction.atomic
def _start_promotion(session_id: int, now: datetime) -> None:
    session = lock_session(session_id)
    left = Places().left(session)
    under_way = session.jobs.unfinished().filter(kind=BulkJob.Kind.PROMOTION)
    if session.is_over(now) or not left or under_way.exists():
        return
    waiting = session.seats.in_turn()[:left].count()
    if waiting:
        windows.write_due(
            BulkJob.Kind.PROMOTION, now, webinar=session.webinar, session=session, total=waiting
        )


def _left(job: BulkJob) -> QuerySet[Any, int]:
    """Return as many of the waiting list as there are places, in order, as ids; the job ends with them.

    No cursor could follow an order that staff may change meanwhile: who got a place is off the list, and who could not
    be given one is not tried again.
    """
    assert job.session is not None  # noqa: S101 -- places are a session's
    left = Places().left(job.session) or 0
    waiting = job.session.seats.in_turn().exclude(pk__in=job.rows.values("seat"))
    return waiting.values_list("pk", flat=True)[:left]


def _promote(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Give free places to these seats of the waiting list and tell their people; others are passed over."""
    notifications, places = Notifications(now, job), Places()
    promoted = []
    for seat in lock_seats(Seat.objects.filter(pk__in=ids)):
        if seat.state == SeatState.WAITLISTED and not why_not(seat, Move.APPROVE, now, places):
            places.take(seat)
            seat.state = require_seat_move(Move.APPROVE, seat.state)
            seat.decided_by, seat.decided_at = None, now
            seat.give_reason("")
            notifications.approved(seat)
            promoted.append(seat)
    bulk.update_rows(promoted, DECIDED_FIELDS)
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
    notifications.post()
    return ChunkResult(len(promoted))


PROMOTION = register_kind(
    JobKind(kind=BulkJob.Kind.PROMOTION, permission=permissions.DECIDE, left=_left, apply=_promote)
)

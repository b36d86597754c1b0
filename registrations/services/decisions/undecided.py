"""Who is not decided about when their session ends: they are told so, with regret, and their request is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from registrations import mails, permissions
from registrations.models import Action, BulkJob, HistoryEntry, Seat, WebinarSession
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, register_kind
from registrations.services.jobs.results import ChunkResult
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Notifications
from registrations.states import UNDECIDED_SEATS, Move, require_seat_move
from webinar_site.foundation import bulk


def close_ended_sessions(now: datetime) -> None:
    """Write one job per session that has just ended, for those whom nobody decided about.

    A cancelled one is left to the job that tells of the cancellation, and its reason.
    """
    with transaction.atomic():
        ended = WebinarSession.objects.planned().filter(ends_at__lte=now, closed_at__isnull=True)
        for session in ended.select_for_update(no_key=True, skip_locked=True).order_by("id"):
            session.closed_at = now
            session.save(update_fields=["closed_at"])
            windows.write_due(BulkJob.Kind.CLOSING, now, session=session, webinar_id=session.webinar_id)


def _left(job: BulkJob) -> QuerySet[Any, int]:
    seats = Seat.objects.undecided().filter(session=job.session_id, pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _close(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Tell people whom nobody decided about in time, with regret; nobody, where the session was moved on meanwhile."""
    locked = lock_seats(Seat.objects.filter(pk__in=ids))
    seats = [
        seat
        for seat in locked
        if seat.registration.is_active and seat.state in UNDECIDED_SEATS and seat.session.is_over(now)
    ]
    notifications = Notifications(now, job)
    for seat in seats:
        notifications.mail(mails.undecided(seat, now))
        seat.state = require_seat_move(Move.CANCEL, seat.state)
        seat.flagged_at = None
    bulk.update_rows(seats, ["state", "flagged_at"])
    HistoryEntry.objects.bulk_create(log.entry(Action.UNDECIDED, at=now, seat=seat) for seat in seats)
    notifications.post()
    return ChunkResult(len(seats))


CLOSING = register_kind(
    JobKind(kind=BulkJob.Kind.CLOSING, permission=permissions.DECIDE, left=_left, apply=_close)
)

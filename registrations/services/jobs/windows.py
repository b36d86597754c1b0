"""The stop window: bulk work is written down at once, and held for some minutes before a worker may take it."""

from datetime import datetime, timedelta

from django.conf import settings

from registrations import outbox
from registrations.models import BulkJob


def window() -> timedelta:
    """Return how long bulk work waits for somebody to stop it; none at all switches the waiting off."""
    return timedelta(seconds=settings.BULK_STOP_WINDOW)


def write_held(kind: BulkJob.Kind, now: datetime, **columns: object) -> BulkJob:
    """Write a job that is released when the window, which begins now (aware), is over; `columns` are its others."""
    job = BulkJob.objects.create(kind=kind, created_at=now, due_at=now + window(), **columns)
    if not job.is_held(now):
        outbox.ring()
    return job


def write_due(kind: BulkJob.Kind, now: datetime, **columns: object) -> BulkJob:
    """Write a job that a worker may take at once; `columns` are its others."""
    return BulkJob.objects.create(kind=kind, created_at=now, due_at=now, **columns)


def lock_held_changes(session_id: int, now: datetime) -> list[BulkJob]:
    """Lock the changes of a session that are still in their window, oldest first; the caller holds the session.

    A row that a worker has is released by that, and left out: the worker may be waiting for the session.
    """
    held = BulkJob.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
        kind=BulkJob.Kind.SESSION_CHANGE,
        session=session_id,
        state=BulkJob.State.WAITING,
        due_at__gt=now,
    )
    return list(held.order_by("id"))


def release_all(jobs: list[BulkJob], at: datetime) -> None:
    """Have these locked jobs be released at a moment (aware): changes of one session leave together."""
    for job in jobs:
        job.due_at = at
    BulkJob.objects.bulk_update(jobs, ["due_at"])

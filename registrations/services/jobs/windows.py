"""The stop window: bulk work is written down at once, and held for some minutes before a worker may take it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from registrations import outbox
from registrations.models import BulkJob
from registrations.services.jobs.facts import Facts
from webinar_site.foundation import bulk


def window() -> timedelta:
    """Return how long bulk work waits for somebody to stop it; none at all switches the waiting off."""
    return timedelta(seconds=settings.BULK_STOP_WINDOW)


def write_held(kind: str, now: datetime, facts: Facts | None = None, **columns: object) -> BulkJob:
    """Write a job that is released when the window, which begins now (aware), is over; `columns` are its others."""
    job = _write(kind, now, now + window(), facts, columns)
    if not job.is_held(now):
        outbox.wake()
    return job


def write_due(kind: str, now: datetime, facts: Facts | None = None, **columns: object) -> BulkJob:
    """Write a job that a worker may take at once; `columns` are its others."""
    return _write(kind, now, now, facts, columns)


def _write(
    kind: str, now: datetime, due_at: datetime, facts: Facts | None, columns: dict[str, object]
) -> BulkJob:
    stored = facts.to_json() if facts else {}
    return BulkJob.objects.create(kind=kind, created_at=now, due_at=due_at, facts=stored, **columns)


def held(kind: str, now: datetime, **about: object) -> QuerySet[BulkJob]:
    """Return the jobs of a kind that wait in their window at this moment (aware), oldest first; `about` are their
    columns."""
    return BulkJob.objects.held(now).filter(kind=kind, **about).order_by("id")


def lock_held(kind: str, now: datetime, **about: object) -> list[BulkJob]:
    """Lock the jobs that `held` returns; the caller holds what they are about.

    A row that a worker has is released by that, and left out: the worker may be waiting for what the caller holds.
    """
    return list(held(kind, now, **about).select_for_update(no_key=True, skip_locked=True, of=("self",)))


def release_all(jobs: list[BulkJob], at: datetime) -> None:
    """Have these locked jobs be released at a moment (aware): they leave together."""
    for job in jobs:
        job.due_at = at
    bulk.update_rows(jobs, ["due_at"])

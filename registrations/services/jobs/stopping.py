"""Stopping a bulk job, or releasing it before its window is over."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from registrations import outbox
from registrations.models import Action, BulkJob
from registrations.models.history_facts import JobNoted, JobStopNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import kind_of, left_of


@transaction.atomic
def stop_job(job_id: int, *, by: User, now: datetime) -> BulkJob:
    """Stop a job before its next chunk; what is done stays done. A finished job stays as it is.

    One that leaves its window together with others is stopped within it only, and taken back (D-34). Raises
    ChangeIsReleased, LaterChangeWaits.
    """
    job, waiting = _lock(job_id, now)
    if job.due_at is None:
        return job
    _refuse_unless_newest(job, waiting)
    record, noted = kind_of(job), _noted(job)
    given_back = record.stopping.give_back(job, waiting, now)
    record.forget(job)
    job.total = job.changed + job.skipped + job.failed + left_of(job)
    job.state, job.due_at, job.finished_at = BulkJob.State.STOPPED, None, now
    job.save(update_fields=["total", "state", "due_at", "finished_at"])
    stopped = JobStopNoted(
        noted.job, noted.kind, noted.seats, noted.about, done=job.changed, given_back=given_back
    )
    _record(Action.BULK_STOPPED, job, by, now, stopped)
    return job


@transaction.atomic
def release_job(job_id: int, *, by: User, now: datetime) -> BulkJob:
    """Let a job that waits in its window go now; one that is released or finished stays as it is.

    Earlier ones that leave together with it go too. Raises LaterChangeWaits.
    """
    job, waiting = _lock(job_id, now)
    if job not in waiting:
        return job
    _refuse_unless_newest(job, waiting)
    windows.release_all(waiting, now)
    _record(Action.BULK_RELEASED, job, by, now, _noted(job))
    outbox.wake()
    return job


def waits_for(job: BulkJob, now: datetime) -> BulkJob | None:
    """Return the newest of the later jobs that a held one leaves its window with, if there is one."""
    together = kind_of(job).together
    if together is None or not job.is_held(now):
        return None
    return together.held(job, now).filter(id__gt=job.pk).last()


def _lock(job_id: int, now: datetime) -> tuple[BulkJob, list[BulkJob]]:
    """Lock a job; return it and all that wait in their window with it, oldest first: none when it is released or over.

    Jobs that leave together are locked behind what they are about, as where another one is written. One that a worker
    has is not waited for, because the worker may be waiting for that.
    """
    job = BulkJob.objects.get(pk=job_id)
    if together := kind_of(job).together:
        waiting = together.lock(job, now)
        job.refresh_from_db()
        return next((row for row in waiting if row.pk == job_id), job), waiting
    job = BulkJob.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
    return job, [job] if job.is_held(now) else []


def _noted(job: BulkJob) -> JobNoted:
    """Return what history needs to name a job by."""
    named = {name: job.facts[name] for name in kind_of(job).named_by if name in job.facts}
    return JobNoted(job.pk, job.kind, job.total, named)


def _refuse_unless_newest(job: BulkJob, waiting: list[BulkJob]) -> None:
    if kind_of(job).together is None:
        return
    if job not in waiting:
        raise errors.ChangeIsReleased
    if job != waiting[-1]:
        raise errors.LaterChangeWaits


def _record(action: Action, job: BulkJob, by: User, now: datetime, facts: JobNoted) -> None:
    log.record(action, at=now, by=by, webinar_id=job.webinar_id, session_id=job.session_id, facts=facts)

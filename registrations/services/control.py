"""Stopping a bulk job, or releasing it before its window is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from registrations import outbox
from registrations.models import Action, AgendaVersion, BulkJob, Seat, WebinarSession
from registrations.services import errors, steps
from registrations.services.agenda import working_copy
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.locks import lock_session, lock_webinar_of
from registrations.services.people import imports
from registrations.services.sessions import changes, follow_up
from registrations.states import RegistrationState


@transaction.atomic
def stop_job(job_id: int, *, by: User, now: datetime) -> BulkJob:
    """Stop a job before its next chunk; what is done stays done. A finished job stays as it is.

    A session's change is stopped within its window only, and taken back (D-34). Raises ChangeIsReleased,
    LaterChangeWaits.
    """
    job, waiting = _lock(job_id, now)
    if job.due_at is None:
        return job
    facts: dict[str, object] = {**_about(job), "done": job.changed}
    if job.kind == BulkJob.Kind.SESSION_CHANGE:
        _refuse_unless_newest(job, waiting)
        changes.take_back(job, now, told_by_earlier=len(waiting) > 1)
        facts["given_back"] = job.facts["was"]
    if job.kind == BulkJob.Kind.IMPORT:
        imports.forget_lines(job)
    job.total = job.changed + job.skipped + job.failed + steps.left_of(job)
    job.state, job.due_at, job.finished_at = BulkJob.State.STOPPED, None, now
    job.save(update_fields=["total", "state", "due_at", "finished_at"])
    _record(Action.BULK_STOPPED, job, by, now, facts)
    return job


@transaction.atomic
def release_job(job_id: int, *, by: User, now: datetime) -> BulkJob:
    """Let a job that waits in its window go now; one that is released or finished stays as it is.

    Earlier changes of the same session go with it. Raises LaterChangeWaits.
    """
    job, waiting = _lock(job_id, now)
    if job not in waiting:
        return job
    if job.kind == BulkJob.Kind.SESSION_CHANGE:
        _refuse_unless_newest(job, waiting)
    windows.release_all(waiting, now)
    _record(Action.BULK_RELEASED, job, by, now, _about(job))
    outbox.ring()
    return job


def waits_for(job: BulkJob, now: datetime) -> BulkJob | None:
    """Return the newest of the later changes of the same session that a held change leaves with, if there is one."""
    if job.kind != BulkJob.Kind.SESSION_CHANGE or not job.is_held(now):
        return None
    later = BulkJob.objects.filter(
        kind=job.kind, session=job.session_id, state=BulkJob.State.WAITING, due_at__gt=now, id__gt=job.pk
    )
    return later.order_by("id").last()


def count_reached(job: BulkJob, now: datetime) -> int:
    """Return how many people would be mailed if this session's change, agenda, follow-up or import were released now (aware)."""
    if job.kind == BulkJob.Kind.FOLLOW_UP:
        return follow_up.seats_to_tell(job.session_id, job.facts).count()
    if job.kind == BulkJob.Kind.IMPORT:
        return job.lines.filter(pk__gt=job.cursor).count()
    if job.kind == BulkJob.Kind.AGENDA:
        version = AgendaVersion.objects.get(webinar=job.webinar_id, number=job.facts["version"])
        return working_copy.count_told_of_agenda(job.webinar_id, version.items, now)
    return _count_reached_by_change(job, WebinarSession.objects.get(jobs=job.pk))


def count_told(session_id: int, *, action: Action, values: Mapping[str, Any]) -> int:
    """Return how many people are mailed if a session becomes this, its new values by column; nothing is saved."""
    session = WebinarSession.objects.get(pk=session_id)
    for field, value in values.items():
        setattr(session, field, value)
    return _count_reached_by_change(BulkJob(facts={"action": action}), session)


def _count_reached_by_change(job: BulkJob, session: WebinarSession) -> int:
    """Return how many a change reaches, the session being as given, saved or not."""
    seats = Seat.objects.filter(session=session.pk, registration__state=RegistrationState.ACTIVE)
    reached = 0
    for seat in seats.defer("verdict_data").iterator():
        seat.session = session
        reached += steps.is_reached(job, seat)
    return reached


def _lock(job_id: int, now: datetime) -> tuple[BulkJob, list[BulkJob]]:
    """Lock a job; return it and all that wait in their window with it, oldest first: none when it is released or over.

    A session's change is locked behind its session, as where another change is made. One that a worker has is not
    waited for, because the worker may be waiting for the session.
    """
    job = BulkJob.objects.get(pk=job_id)
    if job.kind == BulkJob.Kind.SESSION_CHANGE and job.session_id is not None:
        if "closing" in job.facts:  # which stopping gives back
            lock_webinar_of(job.session_id)
        session = lock_session(job.session_id)
        waiting = windows.lock_held_changes(session.pk, now)
        for row in waiting:
            row.session = session
        job.refresh_from_db()
        return next((row for row in waiting if row.pk == job_id), job), waiting
    job = BulkJob.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
    return job, [job] if job.is_held(now) else []


def _about(job: BulkJob) -> dict[str, object]:
    """Return what history needs to name a job by."""
    named = {name: job.facts[name] for name in ("move", "action", "sessions") if name in job.facts}
    return {"job": job.pk, "kind": job.kind, "seats": job.total, **named}


def _refuse_unless_newest(job: BulkJob, waiting: list[BulkJob]) -> None:
    if job not in waiting:
        raise errors.ChangeIsReleased
    if job != waiting[-1]:
        raise errors.LaterChangeWaits


def _record(action: Action, job: BulkJob, by: User, now: datetime, facts: dict[str, object]) -> None:
    log.record(action, at=now, by=by, webinar_id=job.webinar_id, session_id=job.session_id, facts=facts)

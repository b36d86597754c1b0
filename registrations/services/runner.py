"""Running BulkJobs: chunk by chunk, resumable at any moment, never twice.

A chunk and the cursor behind it are one transaction, so a killed worker repeats nothing and loses nothing.
"""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from eligibility import register as eligibility_register
from registrations.models import Action, BulkJob, BulkJobRow, SessionState, WebinarSession, staff_language
from registrations.services.decisions.moves import Decision
from registrations.services.history import log
from registrations.services.history.anchors import anchor_history
from registrations.services.jobs import windows
from registrations.services.jobs.notes import Note, NoteCode
from registrations.services.overrides import expiry
from registrations.services.people import imports
from registrations.services.people.confirmation import expire_unconfirmed
from registrations.services.people.limits import forget_attempts
from registrations.services.privacy.erasure import wipe_finished_mails
from registrations.services.reports import daily_summary
from registrations.services.seats import capacity, plans
from registrations.services.seats.standing import Shown, changed_since, require_as_shown
from registrations.services.sessions import reminders
from registrations.services.steps import STEPS, RowResult, Step, left_of
from registrations.services.verdicts.reassessment import due_for_reassessment

CHUNK = 200
logger = logging.getLogger(__name__)


@transaction.atomic
def start_bulk_decision(shown: Shown, *, decision: Decision, page: UUID | None = None) -> BulkJob:
    """Write down a decision about many seats, for a worker to carry out after the stop window (D-22).

    `shown` is how the seats stood on the page, and `page` the page whose button was pressed: pressed again for the
    same, it returns the job of the first click (D-68). Seats that change meanwhile are skipped. Raises ReasonNeeded,
    ReasonDoesNotFit, and ChangedMeanwhile where a seat has changed since it was shown.
    """
    decision.require_reason()
    facts = {"move": decision.move.value, "reason": decision.reason, "reason_code": decision.reason_code}
    pressed = json.dumps([sorted(shown.items()), facts], sort_keys=True)
    click = uuid5(page, pressed) if page else None
    begun = BulkJob.objects.filter(click=click).first() if click else None
    if begun is not None:
        return begun
    require_as_shown(changed_since(shown))
    try:
        with transaction.atomic():
            return _write_decision(shown, facts, decision, click)
    except IntegrityError:  # the other of two clicks at the same moment was faster
        return BulkJob.objects.get(click=click)


def _write_decision(shown: Shown, facts: dict[str, Any], decision: Decision, click: UUID | None) -> BulkJob:
    plan = plans.plan(shown)
    job = windows.write_held(
        BulkJob.Kind.DECISION,
        decision.now,
        facts=facts | plan.facts,
        webinar_id=plan.webinar_id,
        total=len(plan.shown),
        created_by=decision.by,
        click=click,
    )
    plans.write(job, plan.shown)
    told = {"job": job.pk, "kind": job.kind, "seats": job.total, **job.facts}
    log.record(
        Action.BULK_STARTED,
        at=decision.now,
        by=decision.by,
        webinar_id=plan.webinar_id,
        facts=told,
    )
    return job


def sweep(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Do everything that is due, apart from delivering mail: expiry, closings, promotions, words to staff, all jobs.

    Harmless to run twice, or in many workers at once. `stop` is asked between chunks.
    """
    expire_unconfirmed(now)
    forget_attempts(now)
    wipe_finished_mails()
    close_ended_sessions(now)
    start_reassessment(now)
    reminders.start_due_reminders(now)
    capacity.start_promotions(now)
    expiry.lapse_overrides(now)
    daily_summary.warn_of_undecided(now)
    daily_summary.write_digest(now)
    anchor_history(now)
    while not stop() and work_one_chunk(now):
        pass


def work_one_chunk(now: datetime) -> bool:
    """Carry out the next chunk of the oldest due job; return whether there was one (D-22).

    Why a line of an import is left alone is written in the language of whoever started the job.
    """
    with transaction.atomic():
        due = BulkJob.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
            due_at__lte=now
        )
        job = due.select_related("created_by__staff_language", "session").order_by("due_at", "id").first()
        if job is None:
            return False
        step = STEPS[job.kind]
        ids = step.next_ids(job, CHUNK)
        with override(staff_language(job.created_by) if job.created_by else settings.LANGUAGE_CODE):
            results = _apply(step, job, ids, now)
        _account(job, results, ids, now)
    return True


def _apply(step: Step, job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Apply a step to a chunk; if that fails, to each row alone, so that one bad row does not hold up the others."""
    if not ids:
        return []
    try:
        with transaction.atomic():
            return step.apply(job, ids, now)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the rows are tried one by one
        # Only the error's name: its message may quote a person's data.
        logger.error("A chunk of bulk job %s failed with %s", job.pk, type(error).__name__)
    return [result for pk in ids for result in _apply_alone(step, job, pk, now)]


def _apply_alone(step: Step, job: BulkJob, pk: int, now: datetime) -> list[RowResult]:
    try:
        with transaction.atomic():
            return step.apply(job, [pk], now)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the other rows go on and staff see this one
        logger.error("Row %s of bulk job %s failed with %s", pk, job.pk, type(error).__name__)
        seat_id = None if job.kind in WITHOUT_SEATS else pk
        note = Note(NoteCode.FAILED, {"error": type(error).__name__})
        return [RowResult(changed=False, seat_id=seat_id, note=note)]


WITHOUT_SEATS = (BulkJob.Kind.AGENDA, BulkJob.Kind.IMPORT)  # whose ids are those of other rows


def _account(job: BulkJob, results: list[RowResult], ids: Sequence[int], now: datetime) -> None:
    """Move the cursor and the counts; a short chunk was the last one."""
    failed = sum(bool(result.note and result.note.code is NoteCode.FAILED) for result in results)
    changed = sum(result.changed for result in results)
    job.changed += changed
    job.failed += failed
    job.skipped += len(ids) - changed - failed
    job.cursor = ids[-1] if ids else job.cursor
    done = len(ids) < CHUNK
    job.total = job.changed + job.skipped + job.failed + (0 if done else left_of(job))
    job.state = BulkJob.State.DONE if done else BulkJob.State.RUNNING
    job.due_at = None if done else job.due_at
    job.finished_at = now if done else None
    job.save(
        update_fields=["total", "changed", "failed", "skipped", "cursor", "state", "due_at", "finished_at"]
    )
    if done and job.kind == BulkJob.Kind.IMPORT:
        imports.forget_lines(job)
    BulkJobRow.objects.bulk_create(
        BulkJobRow(
            job=job,
            seat_id=result.seat_id,
            result=BulkJobRow.Result.FAILED
            if result.note.code is NoteCode.FAILED
            else BulkJobRow.Result.SKIPPED,
            code=result.note.code.value,
            about=result.note.about,
        )
        for result in results
        if result.note and result.seat_id
    )


def close_ended_sessions(now: datetime) -> None:
    """Write one job per session that has just ended, for those whom nobody decided about.

    A cancelled one is left to the job that tells of the cancellation, and its reason.
    """
    with transaction.atomic():
        planned = WebinarSession.objects.filter(state=SessionState.PLANNED)
        ended = planned.filter(ends_at__lte=now, closed_at__isnull=True)
        for session in ended.select_for_update(no_key=True, skip_locked=True).order_by("id"):
            session.closed_at = now
            session.save(update_fields=["closed_at"])
            windows.write_due(BulkJob.Kind.CLOSING, now, session=session, webinar_id=session.webinar_id)


def count_due_for_reassessment() -> int:
    """Return how many seats rest on an older publication than the newest."""
    return due_for_reassessment(eligibility_register.newest_publication()).count()


def start_reassessment(now: datetime) -> BulkJob | None:
    """Write one job for the newest publication if seats rest on an older one and none is under way."""
    newest = eligibility_register.newest_publication()
    if not due_for_reassessment(newest).exists():
        return None
    with transaction.atomic():
        under_way = BulkJob.objects.filter(kind=BulkJob.Kind.REASSESSMENT, due_at__isnull=False)
        if under_way.select_for_update(no_key=True).exists():
            return None
        return windows.write_due(BulkJob.Kind.REASSESSMENT, now, facts={"publication": newest})


def reassess(*, now: datetime) -> BulkJob | None:
    """Judge all due seats again before returning; return the job that did, or None when nothing was due."""
    start_reassessment(now)
    job = BulkJob.objects.filter(kind=BulkJob.Kind.REASSESSMENT, due_at__isnull=False).first()
    while job is not None and work_one_chunk(now):
        pass
    if job is not None:
        job.refresh_from_db()
    return job

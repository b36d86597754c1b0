"""Running jobs: chunk by chunk, resumable at any moment, never twice.

A chunk and the cursor behind it are one transaction, so a killed worker repeats nothing and loses nothing.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from registrations.models import BulkJob, BulkJobRow, staff_language
from registrations.services.jobs.kinds import JobKind, kind_of, left_of
from registrations.services.jobs.notes import Note, NoteCode
from registrations.services.jobs.results import ChunkResult, LeftAlone
from webinar_site.foundation.database_faults import ends_everything

CHUNK = 200
SMALL_CHUNK = 20  # the first one, so that the first mails leave at once; on SQLite all: nobody else can write
PAUSE = 0.11  # seconds; on SQLite whoever waits looks every 0.1 s, and is not next because they came first
logger = logging.getLogger(__name__)


def work_one_chunk(now: datetime) -> bool:
    """Carry out the next chunk of the oldest due job; return whether there was one (D-22).

    Why a line of an import is left alone is written in the language of whoever started the job.
    """
    with transaction.atomic():
        due = BulkJob.objects.due(now).select_for_update(no_key=True, skip_locked=True, of=("self",))
        job = due.select_related("created_by__staff_language", "session").order_by("due_at", "id").first()
        if job is None:
            return False
        record = kind_of(job)
        ids = list(record.left(job)[: _size(job)])
        with translation.override(
            staff_language(job.created_by) if job.created_by else settings.LANGUAGE_CODE
        ):
            result = _apply(record, job, ids, now)
        _account(job, result, ids, now)
    if job.due_at is not None and _is_all_locked():
        time.sleep(PAUSE)
    return True


def _size(job: BulkJob) -> int:
    """Return how many rows the next chunk of a job has at most."""
    is_small = job.state == BulkJob.State.WAITING or _is_all_locked()
    return min(SMALL_CHUNK, CHUNK) if is_small else CHUNK


def _is_all_locked() -> bool:
    """Tell whether a chunk locks the whole database, as on SQLite, and not its rows."""
    return not connection.features.has_select_for_update


def _apply(record: JobKind, job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Carry out a chunk; if that fails, each row alone, so that one bad row does not hold up the others.

    Raises what ends everything, as a connection that is lost: no row would fare better.
    """
    if not ids:
        return ChunkResult()
    try:
        with transaction.atomic():
            return record.apply(job, ids, now)
    except Exception as error:  # whatever it is, the rows are tried one by one
        if ends_everything(error):
            raise
        # Only the error's name: its message may quote a person's data.
        logger.error("A chunk of bulk job %s failed with %s", job.pk, type(error).__name__)
    alone = [_apply_alone(record, job, pk, now) for pk in ids]
    return ChunkResult(
        sum(result.changed for result in alone),
        tuple(row for result in alone for row in result.left_alone),
    )


def _apply_alone(record: JobKind, job: BulkJob, pk: int, now: datetime) -> ChunkResult:
    try:
        with transaction.atomic():
            return record.apply(job, [pk], now)
    except Exception as error:  # whatever it is, the other rows go on and staff see this one
        if ends_everything(error):
            raise
        logger.error("Row %s of bulk job %s failed with %s", pk, job.pk, type(error).__name__)
        note = Note(NoteCode.FAILED, {"error": type(error).__name__})
        return ChunkResult(left_alone=(LeftAlone(pk if record.is_about_seats else None, note),))


def _account(job: BulkJob, result: ChunkResult, ids: Sequence[int], now: datetime) -> None:
    """Move the cursor and the counts; a short chunk was the last one."""
    failed = sum(row.note.code is NoteCode.FAILED for row in result.left_alone)
    job.changed += result.changed
    job.failed += failed
    job.skipped += len(ids) - result.changed - failed
    job.cursor = ids[-1] if ids else job.cursor
    done = len(ids) < _size(job)
    job.total = job.changed + job.skipped + job.failed + (0 if done else left_of(job))
    job.state = BulkJob.State.DONE if done else BulkJob.State.RUNNING
    job.due_at = None if done else job.due_at
    job.finished_at = now if done else None
    job.save(
        update_fields=["total", "changed", "failed", "skipped", "cursor", "state", "due_at", "finished_at"]
    )
    if done:
        kind_of(job).forget(job)
    BulkJobRow.objects.bulk_create(
        BulkJobRow(
            job=job,
            seat_id=row.seat_id,
            result=BulkJobRow.Result.FAILED
            if row.note.code is NoteCode.FAILED
            else BulkJobRow.Result.SKIPPED,
            code=row.note.code.value,
            about=row.note.about,
        )
        for row in result.left_alone
        if row.seat_id
    )

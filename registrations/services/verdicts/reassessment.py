"""Assessing seats again: because a newer publication is there, or because what they are assessed by has moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import transaction
from django.db.models import Min, QuerySet

from eligibility import register as eligibility_register
from registrations import permissions
from registrations.models import Action, BulkJob, HistoryEntry, Seat
from registrations.models.history_facts import ReassessmentNoted
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, register_kind
from registrations.services.jobs.results import ChunkResult
from registrations.services.jobs.runner import work_one_chunk
from registrations.services.locks import lock_seats
from registrations.services.verdicts import assessment
from webinar_site.foundation import bulk

SETTLED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ReassessmentFacts:
    """The publication that seats are assessed by."""

    publication: int

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says."""
        return cls(publication=stored["publication"])

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        return {"publication": self.publication}


def count_due_for_reassessment() -> int:
    """Return how many seats rest on an older publication than the newest."""
    return Seat.objects.due_for_reassessment(eligibility_register.newest_publication()).count()


def start_reassessment(now: datetime) -> BulkJob | None:
    """Write one job for the newest publication if seats rest on an older one and none is under way (D-88)."""
    newest = eligibility_register.newest_publication()
    oldest = Seat.objects.unsettled().aggregate(number=Min("publication_number"))["number"]
    if oldest is None or oldest >= newest:
        return None
    if not Seat.objects.due_for_reassessment(newest).exists():
        while _settle(newest):
            pass
        return None
    with transaction.atomic():
        under_way = _under_way()
        if under_way.select_for_update(no_key=True).exists():
            return None
        return windows.write_due(BulkJob.Kind.REASSESSMENT, now, ReassessmentFacts(newest))


@transaction.atomic
def _settle(publication_number: int) -> int:
    """Take seats of registrations that have ended out of what may be due, some at a time; return how many."""
    ended = Seat.objects.unsettled().ended().filter(publication_number__lt=publication_number)
    locked = ended.select_for_update(no_key=True, skip_locked=True, of=("self",))
    ids = list(locked.values_list("pk", flat=True)[:SETTLED_AT_ONCE])
    return Seat.objects.filter(pk__in=ids).update(is_settled=True) if ids else 0


def _under_way() -> QuerySet[BulkJob]:
    return BulkJob.objects.unfinished().filter(kind=BulkJob.Kind.REASSESSMENT)


def reassess(*, now: datetime) -> BulkJob | None:
    """Assess all due seats again before returning; return the job that did, or None when nothing was due."""
    start_reassessment(now)
    job = _under_way().first()
    while job is not None and work_one_chunk(now):
        pass
    if job is not None:
        job.refresh_from_db()
    return job


def assess_all(seats: Sequence[Seat], now: datetime) -> list[HistoryEntry]:
    """Assess locked seats again, unsaved; return what to record: old and new outcome of each that changed."""
    entries = []
    evaluator = assessment.Evaluator(eligibility_register.current, today=assessment.brussels_day(now))
    for seat in seats:
        before = seat.outcome
        has_changed = evaluator.assess(seat)
        assessment.flag(seat, now, by_lists=has_changed)
        if has_changed:
            entries.append(_reassessed(seat, before, now))
    return entries


def _reassessed(seat: Seat, before: str, now: datetime) -> HistoryEntry:
    return log.entry(
        Action.REASSESSED,
        at=now,
        seat=seat,
        publication_number=seat.publication_number,
        facts=ReassessmentNoted(before, seat.outcome, seat.judged_as_of, seat.flagged_at is not None),
    )


def _left(job: BulkJob) -> QuerySet[Any, int]:
    publication = ReassessmentFacts.from_json(job.facts).publication
    seats = Seat.objects.due_for_reassessment(publication).filter(pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _reassess(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Assess seats by the newest lists; flag where they contradict what staff decided."""
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    entries = assess_all(seats, now)
    bulk.update_rows(seats, ["flagged_at", *assessment.VERDICT_FIELDS])
    HistoryEntry.objects.bulk_create(entries)
    return ChunkResult(len(entries))


REASSESSMENT = register_kind(
    JobKind(kind=BulkJob.Kind.REASSESSMENT, permission=permissions.DECIDE, left=_left, apply=_reassess)
)

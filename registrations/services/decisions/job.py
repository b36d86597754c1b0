"""A decision about many seats: written down at once, carried out after its stop window where they still are as
shown."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Self
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from registrations import permissions
from registrations.models import Action, BulkJob, Seat
from registrations.models.history_facts import JobNoted
from registrations.services.decisions.examples import mail_told
from registrations.services.decisions.moves import Decision, SeatResult, decide_locked, preview_decision
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, JobPage, register_kind
from registrations.services.jobs.results import ChunkResult, JobPreview, LeftAlone
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Notifications
from registrations.services.seats import planned_seats
from registrations.services.seats.capacity import Places
from registrations.services.seats.shown_state import Shown, changed_since, require_as_shown
from registrations.states import Move
from webinar_site.foundation.chunks import in_chunks


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What was decided and why, and in which sessions (numbers).

    Jobs of before there was a table of reasons have no code, and those of before seats had rows of their own name them
    here.
    """

    move: Move
    reason: str = ""
    reason_code: str = ""
    sessions: tuple[int, ...] = ()
    seat_ids: tuple[int, ...] | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says, or a history entry that names the job."""
        return cls(
            move=Move(stored["move"]),
            reason=stored.get("reason", ""),
            reason_code=stored.get("reason_code", ""),
            sessions=planned_seats.sessions_from_json(stored),
            seat_ids=tuple(stored["seat_ids"]) if "seat_ids" in stored else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        said = {"move": self.move.value, "reason": self.reason, "reason_code": self.reason_code}
        return said | planned_seats.sessions_to_json(self.sessions)


@transaction.atomic
def start_bulk_decision(shown: Shown, *, decision: Decision, page: UUID | None = None) -> BulkJob:
    """Write down a decision about many seats, for a worker to carry out after the stop window (D-22).

    `shown` is how the seats were on the page, and `page` the page whose button was pressed: pressed again for the same,
    it returns the job of the first click (D-68). Seats that change meanwhile are skipped. Raises ReasonNeeded,
    ReasonDoesNotFit, and ChangedMeanwhile where a seat has changed since it was shown.
    """
    decision.require_reason()
    facts = DecisionFacts(decision.move, decision.reason, decision.reason_code)
    pressed = json.dumps([sorted(shown.items()), facts.to_json()], sort_keys=True)
    idempotency_key = uuid5(page, pressed) if page else None
    begun = BulkJob.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
    if begun is not None:
        return begun
    require_as_shown(changed_since(shown))
    try:
        with transaction.atomic():
            return _write(shown, facts, decision, idempotency_key)
    except IntegrityError:  # the other of two clicks at the same moment was faster
        return BulkJob.objects.get(idempotency_key=idempotency_key)


def _write(shown: Shown, facts: DecisionFacts, decision: Decision, idempotency_key: UUID | None) -> BulkJob:
    plan = planned_seats.plan_job(shown)
    facts = replace(facts, sessions=plan.sessions)
    job = windows.write_held(
        BulkJob.Kind.DECISION,
        decision.now,
        facts,
        webinar_id=plan.webinar_id,
        total=len(plan.shown),
        created_by=decision.by,
        idempotency_key=idempotency_key,
    )
    planned_seats.write_planned(job, plan.shown)
    log.record(
        Action.BULK_STARTED,
        at=decision.now,
        by=decision.by,
        webinar_id=plan.webinar_id,
        facts=JobNoted(job.pk, job.kind, job.total, facts.to_json()),
    )
    return job


def _left(job: BulkJob) -> QuerySet[Any, int]:
    listed = DecisionFacts.from_json(job.facts).seat_ids
    if listed is None:
        return planned_seats.seats_left(job)
    return Seat.objects.filter(pk__in=listed, pk__gt=job.cursor).order_by("pk").values_list("pk", flat=True)


def _decision_of(job: BulkJob, now: datetime) -> Decision:
    """Return what somebody decided in bulk, as if at this moment (aware datetime)."""
    assert job.created_by is not None  # noqa: S101 -- a bulk decision has always somebody who took it
    facts = DecisionFacts.from_json(job.facts)
    return Decision(
        move=facts.move, by=job.created_by, now=now, reason=facts.reason, reason_code=facts.reason_code
    )


def _decide(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Decide, and tell everybody at once; what is not possible any more is skipped with the reason."""
    decision = _decision_of(job, now)
    notifications = Notifications(now, job)
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    results = decide_locked(seats, decision, notifications, shown=planned_seats.shown_to_starter(job, ids))
    notifications.post()
    return chunk_result(results)


def chunk_result(results: Iterable[SeatResult]) -> ChunkResult:
    """Return what decisions about the seats of a chunk came to."""
    found = list(results)
    left_alone = tuple(LeftAlone(result.seat.pk, result.why) for result in found if result.why)
    return ChunkResult(len(found) - len(left_alone), left_alone)


def _preview(job: BulkJob, now: datetime) -> JobPreview:
    """Return what deciding now would do; reads in chunks, so that any number fits in memory."""
    decision, places, found = _decision_of(job, now), Places(), JobPreview()
    for chunk in in_chunks(_left(job)):
        shown = planned_seats.shown_to_starter(job, chunk)
        results = preview_decision(chunk, decision=decision, places=places, shown=shown)
        add_results(found, results, partial(mail_told, move=decision.move))
    return found


def add_results(found: JobPreview, results: Iterable[SeatResult], told: Callable[[Seat], str]) -> None:
    """Count what decisions about some seats would do; `told` says by which mail a seat's person would be told."""
    for result in results:
        if result.why is None:
            found.tell(told(result.seat))
        else:
            found.skip(result.seat, result.why)


def _reason(job: BulkJob) -> dict[str, str]:
    facts = DecisionFacts.from_json(job.facts)
    return {"reason": facts.reason, "reason_code": facts.reason_code}


DECISION = register_kind(
    JobKind(
        kind=BulkJob.Kind.DECISION,
        permission=permissions.DECIDE,
        left=_left,
        apply=_decide,
        act=lambda facts: DecisionFacts.from_json(facts).move.label,
        sessions=planned_seats.sessions_from_json,
        named_by=("move", "sessions"),
        preview=_preview,
        page=JobPage(
            decided=lambda job: str(DecisionFacts.from_json(job.facts).move.label),
            reason=_reason,
        ),
    )
)

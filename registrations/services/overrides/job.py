"""A batch of overrides that a second person has confirmed: carried out after its stop window, in the name of that
person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registrations import permissions
from registrations.models import Action, BulkJob, Seat
from registrations.models.history_facts import JobNoted
from registrations.services.decisions.examples import mail_told
from registrations.services.decisions.job import add_results, chunk_result
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, JobPage, register_kind
from registrations.services.jobs.results import ChunkResult, JobPreview
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Notifications
from registrations.services.overrides.requests import (
    confirm_locked,
    open_batch,
    preview_overrides,
    refuse_answered,
    refuse_the_same_person,
)
from registrations.services.seats import planned_seats
from registrations.services.seats.capacity import Places
from registrations.services.seats.shown_state import Shown, changed_since, require_as_shown
from registrations.states import Move
from webinar_site.foundation.chunks import in_chunks


@dataclass(frozen=True, slots=True)
class OverrideFacts:
    """Which batch was confirmed, with the reason it was asked for, and in which sessions (numbers)."""

    batch: UUID
    reason: str = ""
    sessions: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says; jobs of before seats had rows of their own name no sessions."""
        return cls(UUID(stored["batch"]), stored["reason"], planned_seats.sessions_from_json(stored))

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        return {
            "batch": str(self.batch),
            "reason": self.reason,
            **planned_seats.sessions_to_json(self.sessions),
        }


@transaction.atomic
def start_confirming(batch: UUID, *, shown: Shown, by: User, now: datetime) -> BulkJob:
    """Confirm a whole batch, as the second person; a worker carries it out, in the name of whoever confirmed (D-28).

    `shown` is how its seats were on the second person's page. Raises OverrideNotPossible: to the person who asked, when
    it was answered already, and while a worker is at it; ChangedMeanwhile where a seat has changed since.
    """
    # Two people who press at once get one job: the second waits here and is refused.
    first = refuse_answered(batch, open_batch(batch).select_for_update(no_key=True).first(), now)
    refuse_the_same_person(first, by)
    shown = dict.fromkeys(open_batch(batch).values_list("seat_id", flat=True), "") | dict(shown)
    require_as_shown(changed_since(shown))
    plan = planned_seats.plan_job(shown)
    facts = OverrideFacts(batch, first.reason, plan.sessions)
    job = windows.write_held(
        BulkJob.Kind.OVERRIDE,
        now,
        facts,
        webinar_id=plan.webinar_id,
        total=len(plan.shown),
        created_by=by,
    )
    planned_seats.write_planned(job, plan.shown)
    told = JobNoted(job.pk, job.kind, job.total, facts.to_json())
    log.record(Action.BULK_STARTED, at=now, by=by, webinar_id=plan.webinar_id, facts=told)
    return job


def _batch_of(job: BulkJob) -> UUID:
    return OverrideFacts.from_json(job.facts).batch


def _left(job: BulkJob) -> QuerySet[Any, int]:
    """Return the seats of a confirmed batch; a job from before they had rows of their own takes what is open."""
    if job.planned.exists():
        return planned_seats.seats_left(job)
    return open_batch(_batch_of(job)).filter(seat__gt=job.cursor).values_list("seat_id", flat=True)


def _override(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Approve or keep seats against their verdicts; what is not possible any more stays open, with the reason."""
    assert job.created_by is not None  # noqa: S101 -- overrides are always confirmed by somebody
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    overrides = {override.seat_id: override for override in open_batch(_batch_of(job)).filter(seat__in=ids)}
    notifications, shown = Notifications(now, job), planned_seats.shown_to_starter(job, ids)
    results = confirm_locked(seats, overrides, job.created_by, notifications, shown=shown)
    notifications.post()
    return chunk_result(results)


def override_told(seat: Seat) -> str:
    """Return by which mail the person hears of a confirmed override, or that the place they have is kept in silence."""
    return _("nobody is mailed: the place is kept") if seat.is_approved else mail_told(seat, Move.APPROVE)


def _preview(job: BulkJob, now: datetime) -> JobPreview:
    places, found = Places(), JobPreview()
    for chunk in in_chunks(_left(job)):
        shown = planned_seats.shown_to_starter(job, chunk)
        results = preview_overrides(chunk, shown=shown, now=now, places=places)
        add_results(found, results, override_told)
    return found


OVERRIDE = register_kind(
    JobKind(
        kind=BulkJob.Kind.OVERRIDE,
        permission=permissions.DECIDE,
        left=_left,
        apply=_override,
        sessions=planned_seats.sessions_from_json,
        named_by=("sessions",),
        preview=_preview,
        page=JobPage(reason=lambda job: {"reason": OverrideFacts.from_json(job.facts).reason}),
    )
)

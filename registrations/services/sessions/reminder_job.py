"""Reminding everybody with a place of a session, when a reminder is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import transaction
from django.db.models import QuerySet

from registrations import mails, permissions
from registrations.models import BulkJob, OutgoingMail, Reminder, Seat
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, register_kind
from registrations.services.jobs.results import ChunkResult
from registrations.services.locks import lock_session
from registrations.services.sessions import reminders


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """How long before which start people are reminded, and until when that is of use (moments are aware)."""

    hours_before: int
    starts_at: datetime
    useful_until: datetime

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says; the oldest were of use until the start."""
        return cls(
            hours_before=stored["hours_before"],
            starts_at=datetime.fromisoformat(stored["starts_at"]),
            useful_until=datetime.fromisoformat(stored.get("useful_until", stored["starts_at"])),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        return {
            "hours_before": self.hours_before,
            "starts_at": self.starts_at.isoformat(),
            "useful_until": self.useful_until.isoformat(),
        }


def start_due_reminders(now: datetime) -> None:
    """Write one job per session whose reminder is due; a worker tells everybody with a place (D-35).

    One that is late is still sent, unless the session has begun; of several that are due only the nearest to the start.
    What a job has not told when a nearer reminder falls due, or the session begins, it tells nobody any more.
    """
    due = Reminder.objects.due(now).order_by("session_id")
    for session_id in due.values_list("session_id", flat=True).distinct():
        _start_nearest(session_id, now)


@transaction.atomic
def _start_nearest(session_id: int, now: datetime) -> None:
    session = lock_session(session_id)
    due = list(session.reminders.due(now).select_for_update(no_key=True).order_by("hours_before"))
    session.reminders.filter(pk__in=[reminder.pk for reminder in due]).update(due_at=None)
    if not due or session.is_cancelled or session.starts_at is None or session.starts_at <= now:
        return  # another worker was faster, or it is too late
    nearest = due[0]
    nearer = session.reminders.filter(hours_before__lt=nearest.hours_before).first()
    useful_until = session.starts_at - timedelta(hours=nearer.hours_before if nearer else 0)
    windows.write_due(
        BulkJob.Kind.REMINDER,
        now,
        ReminderFacts(nearest.hours_before, session.starts_at, useful_until),
        webinar=session.webinar,
        session=session,
        total=session.seats.with_place().count(),
    )


def _left(job: BulkJob) -> QuerySet[Any, int]:
    seats = Seat.objects.with_place().filter(session=job.session_id, pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _remind(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Remind everybody with a place, unless the session has moved since the job was written, or it is too late."""
    facts = ReminderFacts.from_json(job.facts)

    def write(seat: Seat) -> OutgoingMail | None:
        if not _is_ahead(seat, facts, now):
            return None
        return mails.reminder(seat, now, hours_before=facts.hours_before, useful_until=facts.useful_until)

    return reminders.tell_who_has_a_place(job, ids, now, write)


def _is_ahead(seat: Seat, facts: ReminderFacts, now: datetime) -> bool:
    session = seat.session
    is_as_planned = not session.is_cancelled and session.starts_at == facts.starts_at
    return is_as_planned and now < facts.useful_until


REMINDER = register_kind(
    JobKind(kind=BulkJob.Kind.REMINDER, permission=permissions.CHANGE_SESSION, left=_left, apply=_remind)
)

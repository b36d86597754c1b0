"""Reminding people of a session: rows that are due, recomputed whenever the session moves."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from registrations.models import BulkJob, Reminder, Seat, WebinarSession
from registrations.services.jobs import windows
from registrations.services.locks import lock_session
from registrations.states import RegistrationState, SeatState

USUAL_HOURS = (24, 1)


@transaction.atomic
def add_usual_reminders(session_id: int, *, now: datetime) -> None:
    """Have people reminded of a new session a day and an hour before it starts."""
    session = lock_session(session_id)
    Reminder.objects.bulk_create(
        [Reminder(session=session, hours_before=hours) for hours in USUAL_HOURS], ignore_conflicts=True
    )
    plan_reminders(session, now)


@transaction.atomic
def plan_changed_reminders(session_id: int, *, ids: Collection[int], now: datetime) -> None:
    """Compute when these reminders go out, after staff added or changed them; the session's others stay as they are."""
    session = lock_session(session_id)
    _plan(session, session.reminders.filter(pk__in=ids), now)


def plan_reminders(session: WebinarSession, now: datetime) -> None:
    """Compute anew when people are reminded of a session that the caller has locked and moved.

    What has passed by now (aware) is not sent any more, and nothing is while there is no date or no session.
    """
    _plan(session, session.reminders.all(), now)


def _plan(session: WebinarSession, reminders: QuerySet[Reminder], now: datetime) -> None:
    planned = list(reminders)
    for reminder in planned:
        reminder.session = session
        moment = reminder.moment()
        reminder.due_at = moment if moment is not None and moment > now else None
    Reminder.objects.bulk_update(planned, ["due_at"])


def seats_with_place(session_id: int | None) -> QuerySet[Seat]:
    """Return the seats of everybody who has a place in a session."""
    return Seat.objects.filter(
        session=session_id, state=SeatState.APPROVED, registration__state=RegistrationState.ACTIVE
    )


def start_due_reminders(now: datetime) -> None:
    """Write one job per session whose reminder is due; a worker tells everybody with a place (D-35).

    One that is late is still sent, unless the session has begun; of several that are due only the nearest to the start.
    What a job has not told when a nearer reminder falls due, or the session begins, it tells nobody any more.
    """
    due = Reminder.objects.filter(due_at__lte=now).order_by("session_id")
    for session_id in due.values_list("session_id", flat=True).distinct():
        _start_nearest(session_id, now)


@transaction.atomic
def _start_nearest(session_id: int, now: datetime) -> None:
    session = lock_session(session_id)
    due = list(
        session.reminders.select_for_update(no_key=True).filter(due_at__lte=now).order_by("hours_before")
    )
    session.reminders.filter(pk__in=[reminder.pk for reminder in due]).update(due_at=None)
    if not due or session.is_cancelled or session.starts_at is None or session.starts_at <= now:
        return  # another worker was faster, or it is too late
    nearest = due[0]
    nearer = session.reminders.filter(hours_before__lt=nearest.hours_before).first()
    useful_until = session.starts_at - timedelta(hours=nearer.hours_before if nearer else 0)
    windows.write_due(
        BulkJob.Kind.REMINDER,
        now,
        webinar=session.webinar,
        session=session,
        facts={
            "hours_before": nearest.hours_before,
            "starts_at": session.starts_at.isoformat(),
            "useful_until": useful_until.isoformat(),
        },
        total=seats_with_place(session.pk).count(),
    )

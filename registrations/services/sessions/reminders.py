"""When people are reminded of a session, recomputed whenever it moves; and mailing who has a place in it."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from registrations.models import BulkJob, OutgoingMail, Reminder, Seat, WebinarSession
from registrations.services.jobs.results import ChunkResult
from registrations.services.locks import lock_seats, lock_session
from registrations.services.notifications.batch import Notifications
from webinar_site.foundation import bulk

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
    """Compute again when people are reminded of a session that the caller has locked and moved.

    What has passed by now (aware) is not sent any more, and nothing is while there is no date or no session.
    """
    _plan(session, session.reminders.all(), now)


def _plan(session: WebinarSession, reminders: QuerySet[Reminder], now: datetime) -> None:
    planned = list(reminders)
    for reminder in planned:
        reminder.session = session
        moment = reminder.moment()
        reminder.due_at = moment if moment is not None and moment > now else None
    bulk.update_rows(planned, ["due_at"])


def tell_who_has_a_place(
    job: BulkJob, ids: Sequence[int], now: datetime, write: Callable[[Seat], OutgoingMail | None]
) -> ChunkResult:
    """Mail people who still have their place, without touching their calendars; nobody for whom `write` has no mail."""
    seats = lock_seats(Seat.objects.with_place().filter(session=job.session_id, pk__in=ids))
    notifications = Notifications(now, job)
    written = [mail for seat in seats if (mail := write(seat))]
    for mail in written:
        notifications.mail(mail)
    notifications.post()
    return ChunkResult(len(written))

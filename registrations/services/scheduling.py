"""What Editors do to a session and its agenda: each reaches everybody concerned through a BulkJob."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from registrations import outbox
from registrations.models import (
    Action,
    AgendaItem,
    AgendaLine,
    AgendaVersion,
    BulkJob,
    Registration,
    Seat,
    SessionState,
    Webinar,
    WebinarSession,
    agenda_changes,
)
from registrations.services import errors, recording, reminding
from registrations.services.locking import lock_session
from registrations.states import RegistrationState, SeatState


@transaction.atomic
def reschedule_session(
    session_id: int,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    by: User,
    now: datetime,
) -> WebinarSession:
    """Fix or move a session's time; with neither start nor end, take the date back.

    Everybody approved is mailed, and the session moves (or goes) in their calendars. Times are aware.
    Raises BadTimes, SessionIsCancelled.
    """
    session = lock_session(session_id)
    if session.is_cancelled:
        raise errors.SessionIsCancelled
    if (session.starts_at, session.ends_at) == (starts_at, ends_at):
        return session
    _refuse_bad_times(starts_at, ends_at, now)
    was = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    session.starts_at, session.ends_at, session.closed_at = starts_at, ends_at, None
    action = Action.RESCHEDULED if starts_at else Action.DATE_WITHDRAWN
    _change(session, ["starts_at", "ends_at", "closed_at"], by=by, now=now)
    reminding.plan_reminders(session, now)
    _record(action, session, by, now, {"was": was, "now": {"starts_at": starts_at, "ends_at": ends_at}})
    return session


@transaction.atomic
def retitle_session(session_id: int, *, title: str, place: str, by: User, now: datetime) -> WebinarSession:
    """Change what a session is called or where it is held, here and in the calendars of everybody approved.

    Raises SessionIsCancelled.
    """
    session = lock_session(session_id)
    if session.is_cancelled:
        raise errors.SessionIsCancelled
    if (session.title, session.place) == (title, place):
        return session
    was = {"title": session.title, "place": session.place}
    session.title, session.place = title, place
    _change(session, ["title", "place"], by=by, now=now)
    _record(Action.RETITLED, session, by, now, {"was": was, "now": {"title": title, "place": place}})
    return session


@transaction.atomic
def cancel_session(session_id: int, *, reason: str, by: User, now: datetime) -> WebinarSession:
    """Call a session off for good: everybody with a place or a request is told why, and calendars let it go.

    Raises ReasonNeeded.
    """
    if not reason.strip():
        raise errors.ReasonNeeded
    session = lock_session(session_id)
    if session.is_cancelled:
        return session
    session.state = SessionState.CANCELLED
    _change(session, ["state"], by=by, now=now, reason=reason)
    reminding.plan_reminders(session, now)
    _record(Action.SESSION_CANCELLED, session, by, now, {"reason": reason})
    return session


def count_told(session_id: int) -> int:
    """Return how many people a change of this session is mailed to."""
    return Seat.objects.filter(
        session=session_id, state=SeatState.APPROVED, registration__state=RegistrationState.ACTIVE
    ).count()


def _refuse_bad_times(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> None:
    if starts_at is None and ends_at is None:
        return
    if starts_at is None or ends_at is None:
        raise errors.BadTimes(_("Give both a start and an end."))
    if ends_at <= starts_at:
        raise errors.BadTimes(_("The session has to end after it starts."))
    if starts_at <= now:
        raise errors.BadTimes(_("The session has to start in the future."))


def _change(session: WebinarSession, fields: list[str], *, by: User, now: datetime, reason: str = "") -> None:
    """Save the session under a raised SEQUENCE and write the job that tells everybody."""
    session.sequence += 1
    session.changed_at = now
    session.save(update_fields=[*fields, "sequence", "changed_at"])
    BulkJob.objects.create(
        kind=BulkJob.Kind.SESSION_CHANGE,
        webinar=session.webinar,
        session=session,
        facts={"sequence": session.sequence, "reason": reason},
        total=session.seats.count(),
        created_by=by,
        created_at=now,
        due_at=now,
    )
    outbox.ring()


def _record(action: Action, session: WebinarSession, by: User, now: datetime, facts: dict) -> None:
    recording.record(action, at=now, by=by, webinar=session.webinar, session=session, facts=facts)


def working_agenda(webinar_id: int) -> list[AgendaLine]:
    """Return the working agenda as it would be frozen, in order."""
    items = AgendaItem.objects.filter(session__webinar=webinar_id).select_related("session")
    return [
        AgendaLine(
            session=item.session.number,
            session_title=item.session.title,
            time=item.starts_at.strftime("%H:%M") if item.starts_at else "",
            title=item.title,
            speakers=item.speakers,
        )
        for item in items
    ]


def count_registered(webinar_id: int) -> int:
    """Return how many people a published agenda is mailed to."""
    return Registration.objects.filter(webinar=webinar_id, state=RegistrationState.ACTIVE).count()


@transaction.atomic
def publish_agenda(webinar_id: int, *, by: User, now: datetime) -> AgendaVersion:
    """Freeze the working agenda under the next number and mail everybody registered what changed.

    Raises NothingToPublish.
    """
    webinar = Webinar.objects.select_for_update().get(pk=webinar_id)
    latest = webinar.agenda_versions.first()
    items = working_agenda(webinar_id)
    if not agenda_changes(latest.items if latest else [], items):
        raise errors.NothingToPublish
    number = (webinar.agenda_versions.aggregate(newest=Max("number"))["newest"] or 0) + 1
    version = AgendaVersion.objects.create(
        webinar=webinar, number=number, items=items, published_at=now, published_by=by
    )
    BulkJob.objects.create(
        kind=BulkJob.Kind.AGENDA,
        webinar=webinar,
        facts={"version": number},
        total=count_registered(webinar_id),
        created_by=by,
        created_at=now,
        due_at=now,
    )
    recording.record(Action.AGENDA_PUBLISHED, at=now, by=by, webinar=webinar, facts={"version": number})
    outbox.ring()
    return version

"""What Editors do to a session: each change reaches everybody concerned through a job (`change_job.py`), after its
stop window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations import ical
from registrations.models import Action, SessionState, WebinarSession
from registrations.models.history_facts import ClosingNoted, Columns, SessionChangeNoted
from registrations.services import errors
from registrations.services.agenda import working_copy as agenda
from registrations.services.history import log
from registrations.services.locks import lock_session, lock_webinar_of
from registrations.services.sessions import change_job
from registrations.services.sessions.registration_close import move_closing
from webinar_site.foundation.days import BRUSSELS
from webinar_site.foundation.records import in_json


@dataclass(frozen=True, slots=True)
class MovedAlong:
    """What moves along with a session, by as much on the clock in Brussels: working agenda, close of registration."""

    agenda: bool = False
    closing: bool = False


ALONE = MovedAlong()


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of a session: the columns that change with their new values, by whom, when and why."""

    action: Action
    values: Mapping[str, Any]
    by: User
    now: datetime
    reason: str = ""
    agenda_minutes: int = 0  # by how much the times of the working agenda move along
    closing: Mapping[str, datetime] = field(default_factory=dict)  # when registration closed, and closes now


@transaction.atomic
def reschedule_session(
    session_id: int,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    by: User,
    now: datetime,
    moved_along: MovedAlong = ALONE,
) -> WebinarSession:
    """Fix or move a session's time; with neither start nor end, take the date back.

    Everybody approved is mailed, and the session moves (or goes) in their calendars. Times are aware. What is published
    of the agenda waits for its next publication. Raises BadTimes, SessionIsCancelled, SessionIsOver.
    """
    webinar = lock_webinar_of(session_id) if moved_along.closing else None
    session = _lock_changeable(session_id, now)
    if (session.starts_at, session.ends_at) == (starts_at, ends_at):
        return session
    _refuse_bad_times(starts_at, ends_at, now)
    values = {"starts_at": starts_at, "ends_at": ends_at, "closed_at": None}
    action = Action.RESCHEDULED if starts_at else Action.DATE_WITHDRAWN
    minutes = _agenda_minutes(session.starts_at, starts_at) if moved_along.agenda else 0
    closing = move_closing(webinar, session.starts_at, starts_at, now) if webinar else {}
    _apply(session, _Change(action, values, by, now, agenda_minutes=minutes, closing=closing))
    return session


def _agenda_minutes(was: datetime | None, now: datetime | None) -> int:
    """Return by how many minutes a start moves on the clock in Brussels, whatever the day."""
    if was is None or now is None:
        return 0
    clocks = [moment.astimezone(BRUSSELS) for moment in (was, now)]
    before, after = (clock.hour * 60 + clock.minute for clock in clocks)
    return after - before


@transaction.atomic
def retitle_session(session_id: int, *, title: str, place: str, by: User, now: datetime) -> WebinarSession:
    """Change what a session is called or where it is held, here and in the calendars of everybody approved.

    Raises SessionIsCancelled, SessionIsOver.
    """
    session = _lock_changeable(session_id, now)
    if (session.title, session.place) == (title, place):
        return session
    _apply(session, _Change(Action.RETITLED, {"title": title, "place": place}, by, now))
    return session


@transaction.atomic
def cancel_session(session_id: int, *, reason: str, by: User, now: datetime) -> WebinarSession:
    """Cancel a session for good: everybody with a place or a request is told why, and calendars drop it.

    Raises ReasonNeeded, SessionIsOver.
    """
    if not reason.strip():
        raise errors.ReasonNeeded
    session = lock_session(session_id)
    if session.is_cancelled:
        return session
    _refuse_over(session, now)
    values = {"state": SessionState.CANCELLED}
    _apply(session, _Change(Action.SESSION_CANCELLED, values, by, now, reason))
    return session


def _lock_changeable(session_id: int, now: datetime) -> WebinarSession:
    session = lock_session(session_id)
    if session.is_cancelled:
        raise errors.SessionIsCancelled
    _refuse_over(session, now)
    return session


def _refuse_over(session: WebinarSession, now: datetime) -> None:
    if session.is_over(now):
        raise errors.SessionIsOver


def _refuse_bad_times(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> None:
    if starts_at is None and ends_at is None:
        return
    if starts_at is None or ends_at is None:
        raise errors.BadTimes(_("Give both a start and an end."))
    if ends_at <= starts_at:
        raise errors.BadTimes(_("The session has to end after it starts."))
    if starts_at <= now:
        raise errors.BadTimes(_("The session has to start in the future."))
    if not (ical.has_one_clock_time(starts_at) and ical.has_one_clock_time(ends_at)):
        raise errors.BadTimes(
            _("Calendars cannot tell a start or an end in the hour in which the clocks change.")
        )


def _apply(session: WebinarSession, change: _Change) -> None:
    """Change a locked session, record it, and have everybody told once its stop window is over."""
    was = {name: getattr(session, name) for name in change.values}
    change_job.save_session(session, change.values, change.now)
    agenda.shift_agenda(session.pk, change.agenda_minutes)
    facts = _noted(change, was)
    log.record(
        change.action, at=change.now, by=change.by, webinar=session.webinar, session=session, facts=facts
    )
    told = change_job.ChangeFacts(
        action=change.action,
        reason=change.reason,
        was=was,
        agenda_minutes=change.agenda_minutes,
        closing=change.closing,
    )
    change_job.write_change(session, told, by=change.by, now=change.now)


def _noted(change: _Change, was: Mapping[str, Any]) -> SessionChangeNoted:
    """Return what the history says of a change, given what the session was, by column."""
    return SessionChangeNoted(
        was=_columns(was),
        now=_columns(change.values),
        reason=change.reason,
        agenda_minutes=change.agenda_minutes,
        closing=ClosingNoted(**change.closing) if change.closing else None,
    )


def _columns(values: Mapping[str, Any]) -> Columns:
    """Return values by column as the history has them."""
    return {name: in_json(value) for name, value in values.items()}

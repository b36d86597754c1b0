"""A session's change: told to everybody concerned after its stop window, or taken back within it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registrations import mails, outbox, permissions
from registrations.models import Action, BulkJob, HistoryEntry, MailKind, Seat, SessionState, WebinarSession
from registrations.services.agenda import working_copy
from registrations.services.jobs import windows
from registrations.services.jobs.facts import moment_from_json, moment_to_json
from registrations.services.jobs.kinds import JobKind, JobPage, Stopping, Together, register_kind
from registrations.services.jobs.results import ChunkResult, JobPreview, mailed
from registrations.services.locks import lock_seats, lock_session, lock_webinar_of
from registrations.services.notifications.batch import TOLD_FIELDS, Notifications, is_calendar_current
from registrations.services.sessions import reminders
from registrations.services.sessions.registration_close import give_closing_back
from registrations.services.verdicts.assessment import VERDICT_FIELDS
from registrations.services.verdicts.reassessment import assess_all
from registrations.states import OPEN_SEATS, Move, require_seat_move
from registrations.times import session_time
from webinar_site.foundation import bulk

MOMENTS = ("starts_at", "ends_at", "closed_at")
MOVES_REMINDERS = {"starts_at", "state"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """What an Editor did to a session, and what it was before, by column; by how many minutes its agenda moved along.

    `closing` has when registration closed before (`was`) and after (`now`), where that moved along. A job that tells
    again who was told of a change that is `stopped` by now has no other action than that, nor what was; nor have the
    oldest jobs.
    """

    action: Action = Action.BULK_STOPPED
    reason: str = ""
    was: Mapping[str, Any] = field(default_factory=dict)
    agenda_minutes: int = 0
    closing: Mapping[str, datetime] = field(default_factory=dict)
    stopped: int | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says, or a history entry that names the job; moments are aware."""
        closing = {name: datetime.fromisoformat(value) for name, value in stored.get("closing", {}).items()}
        return cls(
            action=Action(stored.get("action", Action.BULK_STOPPED)),
            reason=stored.get("reason", ""),
            was={
                name: moment_from_json(value) if name in MOMENTS else value
                for name, value in stored.get("was", {}).items()
            },
            agenda_minutes=stored.get("agenda_minutes", 0),
            closing=closing,
            stopped=stored.get("stopped"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        stored: dict[str, Any] = {"action": self.action.value, "reason": self.reason}
        if self.was:
            stored["was"] = {
                name: moment_to_json(value) if name in MOMENTS else value for name, value in self.was.items()
            }
        if self.agenda_minutes:
            stored["agenda_minutes"] = self.agenda_minutes
        if self.closing:
            stored["closing"] = {name: moment_to_json(moment) for name, moment in self.closing.items()}
        if self.stopped is not None:
            stored["stopped"] = self.stopped
        return stored


def save_session(
    session: WebinarSession,
    values: Mapping[str, Any],
    now: datetime,
    *,
    reminders_from: datetime | None = None,
) -> None:
    """Save new values under a raised SEQUENCE; reminders follow the start, those after `reminders_from` (None: now)."""
    for name, value in values.items():
        setattr(session, name, value)
    session.sequence += 1
    session.changed_at = now
    session.save(update_fields=[*values, "sequence", "changed_at"])
    if not MOVES_REMINDERS.isdisjoint(values):  # a new title must not lose one that is due just now
        reminders.plan_reminders(session, reminders_from or now)


def write_change(session: WebinarSession, facts: ChangeFacts, *, by: User, now: datetime) -> None:
    """Write the job that tells everybody of a locked session's change once its stop window is over.

    Earlier changes that are still in theirs wait with it: a mail tells the session as it is, all changes at once.
    """
    earlier = windows.lock_held(BulkJob.Kind.SESSION_CHANGE, now, session=session.pk)
    windows.release_all(earlier, now + windows.window())
    windows.write_held(
        BulkJob.Kind.SESSION_CHANGE,
        now,
        facts,
        webinar=session.webinar,
        session=session,
        total=session.seats.count(),
        created_by=by,
    )


def count_told_of_change(session_id: int, *, action: Action, values: Mapping[str, Any]) -> int:
    """Return how many people are mailed if a session becomes this, its new values by column; nothing is saved."""
    session = WebinarSession.objects.get(pk=session_id)
    for name, value in values.items():
        setattr(session, name, value)
    return _count_reached(action, session)


def _count_reached(action: Action, session: WebinarSession) -> int:
    """Return how many a change reaches, the session being as given, saved or not."""
    seats = Seat.objects.of_active_people().filter(session=session.pk)
    reached = 0
    for seat in seats.defer("verdict_data").iterator():
        seat.session = session
        reached += _is_reached(action, seat)
    return reached


def _is_reached(action: Action, seat: Seat) -> bool:
    """Return whether a session's change is mailed to a seat's person: only where they would see a difference.

    Nobody is told what their calendar says already: somebody approved since the change, or a session moved back.
    """
    session = seat.session
    if session.is_cancelled:  # for good, and only that change knows the reason
        return action == Action.SESSION_CANCELLED and seat.state in OPEN_SEATS
    if not seat.is_approved:
        return False
    return not is_calendar_current(seat) if session.is_dated else seat.is_invited


def _left(job: BulkJob) -> QuerySet[Any, int]:
    seats = Seat.objects.filter(session=job.session_id, pk__gt=job.cursor).order_by("pk")
    return seats.values_list("pk", flat=True)


def _tell(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Tell everybody with a place what the session is now, and move it in their calendar.

    What is told is the session as it is, so a second change that came before this chunk is told once, and one that was
    undone not at all. Verdicts follow the session's new day; who is flagged by that stays as decided until staff decide
    again.
    """
    facts = ChangeFacts.from_json(job.facts)
    seats = [seat for seat in lock_seats(Seat.objects.filter(pk__in=ids)) if seat.registration.is_active]
    notifications = Notifications(now, job)
    entries = assess_all(seats, now)
    told = [seat for seat in seats if _tell_one(facts, seat, notifications)]
    bulk.update_rows(seats, ["state", "reason_code", "reason", "flagged_at", *VERDICT_FIELDS, *TOLD_FIELDS])
    HistoryEntry.objects.bulk_create(entries)
    notifications.post()
    return ChunkResult(len(told))


def _tell_one(facts: ChangeFacts, seat: Seat, notifications: Notifications) -> bool:
    if not _is_reached(facts.action, seat):
        return False
    if seat.session.is_cancelled:
        _tell_cancelled(facts, seat, notifications)
    elif seat.session.is_dated:
        notifications.request(seat, mails.session_changed(seat, notifications.now, notifications.job))
    else:
        notifications.cancel(seat, mails.date_withdrawn(seat, notifications.now, notifications.job))
    return True


def _tell_cancelled(facts: ChangeFacts, seat: Seat, notifications: Notifications) -> None:
    seat.state = require_seat_move(Move.CANCEL, seat.state)
    seat.give_reason(facts.reason)
    seat.flagged_at = None
    mail = mails.session_cancelled(seat, facts.reason, notifications.now, notifications.job)
    if seat.is_invited:
        notifications.cancel(seat, mail)
    else:
        notifications.mail(mail)


def _preview(job: BulkJob, _now: datetime) -> JobPreview:
    session = WebinarSession.objects.get(jobs=job.pk)
    return mailed(_mail_about(session), _count_reached(ChangeFacts.from_json(job.facts).action, session))


def _mail_about(session: WebinarSession) -> MailKind:
    """Return which mail tells of a session as it stands."""
    if session.is_cancelled:
        return MailKind.SESSION_CANCELLED
    return MailKind.SESSION_CHANGED if session.is_dated else MailKind.DATE_WITHDRAWN


def _held(job: BulkJob, now: datetime) -> QuerySet[BulkJob]:
    return windows.held(job.kind, now, session=job.session_id)


def _lock(job: BulkJob, now: datetime) -> list[BulkJob]:
    """Lock a change's session, as where another change is made, then all that wait; also the webinar, where that is
    given back."""
    assert job.session_id is not None  # noqa: S101 -- a session's change has always a session
    if ChangeFacts.from_json(job.facts).closing:
        lock_webinar_of(job.session_id)
    session = lock_session(job.session_id)
    waiting = windows.lock_held(job.kind, now, session=session.pk)
    for row in waiting:
        row.session = session
    return waiting


def _take_back(job: BulkJob, waiting: Sequence[BulkJob], now: datetime) -> dict[str, Any]:
    """Give a locked session back what a held change took, under a raised SEQUENCE: downloads told the new values
    already.

    Whoever was told of them too, because the approval came meanwhile, is told again: by an earlier change that still
    waits, if there is one, else by a job that does not wait. Either also assesses those again who came meanwhile.
    Reminders that would have gone out since the change go out late.
    """
    session, facts = job.session, ChangeFacts.from_json(job.facts)
    assert session is not None  # noqa: S101 -- a session's change has always a session
    save_session(session, facts.was, now, reminders_from=job.created_at)
    working_copy.shift_agenda(session.pk, -facts.agenda_minutes)
    give_closing_back(session.webinar_id, facts.closing)
    if len(waiting) == 1:
        windows.write_due(
            job.kind,
            now,
            ChangeFacts(stopped=job.pk),
            webinar=session.webinar,
            session=session,
            total=session.seats.count(),
        )
        outbox.wake()
    was: dict[str, Any] = facts.to_json()["was"]
    return was


def _given_back(job: BulkJob) -> list[str]:
    """Return in words what the session gets back when its change is stopped."""
    was = ChangeFacts.from_json(job.facts).was
    given = [str(SessionState(was["state"]).label)] if "state" in was else []
    given += [session_time(was["starts_at"], was["ends_at"])] if "starts_at" in was else []
    return given + [was[name] for name in ("title", "place") if name in was]


def _act(facts: Mapping[str, Any]) -> str:
    action = ChangeFacts.from_json(facts).action
    return str((BulkJob.Kind.SESSION_CHANGE if action is Action.BULK_STOPPED else action).label)


SESSION_CHANGE = register_kind(
    JobKind(
        kind=BulkJob.Kind.SESSION_CHANGE,
        permission=permissions.MOVE_SESSION,
        left=_left,
        apply=_tell,
        act=_act,
        named_by=("action",),
        preview=_preview,
        stopping=Stopping(
            warning=_("The session is again:"),
            message=_("The change is taken back: the session is what it was before."),
            given_back=_given_back,
            give_back=_take_back,
        ),
        together=Together(
            held=_held,
            lock=_lock,
            later=_(
                "A later change of the same session waits too, and both are released together. Stop or release that one:"
            ),
            released=_(
                "The change is released, and calendars follow it: it cannot be stopped half-way. To undo it, change the "
                "session again."
            ),
        ),
        page=JobPage(
            reason=lambda job: {"reason": ChangeFacts.from_json(job.facts).reason}, is_reason_public=True
        ),
    )
)

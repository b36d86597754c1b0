"""What each kind of BulkJob does to its next rows: which ids come after the cursor, and what happens to them.

Each step runs in the transaction that also moves the cursor; its number of queries does not grow with the rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from eligibility import register as eligibility_register
from registrations import mails, outbox
from registrations.models import (
    Action,
    AgendaVersion,
    BulkJob,
    HistoryEntry,
    OutgoingMail,
    Registration,
    Seat,
)
from registrations.models.history_facts import ReassessmentNoted
from registrations.services.agenda import working_copy
from registrations.services.decisions.moves import Decision, decide_locked
from registrations.services.history import log
from registrations.services.jobs.notes import Note
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import TOLD_FIELDS, Telling, says_the_same
from registrations.services.overrides.requests import confirm_locked, open_batch
from registrations.services.people import imports
from registrations.services.seats import plans
from registrations.services.sessions import follow_up, reminders
from registrations.services.verdicts import assessment
from registrations.services.verdicts.reassessment import due_for_reassessment
from registrations.services.waiting_list import promotion
from registrations.states import OPEN_SEATS, Move, RegistrationState, SeatState, require_seat_move

UNDECIDED = (SeatState.REQUESTED, SeatState.WAITLISTED)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What happened to one row; `seat_id` and `note` say which was left alone, and why."""

    changed: bool
    seat_id: int | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How a kind of job finds the rows that are left, as ids in order, and what it does to them."""

    left: Callable[[BulkJob], QuerySet[Any, int]]
    apply: Callable[[BulkJob, Sequence[int], datetime], list[RowResult]]

    def next_ids(self, job: BulkJob, limit: int) -> list[int]:
        """Return the ids of the next rows."""
        return list(self.left(job)[:limit])


def left_of(job: BulkJob) -> int:
    """Return how many rows a job has still to look at; none once it has ended."""
    return STEPS[job.kind].left(job).count() if job.due_at is not None else 0


def seats_left(job: BulkJob) -> QuerySet[Any, int]:
    """Return the seats that a decision has still to come to, as ids in order; a job from before they had rows of their own has them in its facts."""
    if "seat_ids" in job.facts:
        listed = Seat.objects.filter(pk__in=job.facts["seat_ids"], pk__gt=job.cursor)
        return listed.order_by("pk").values_list("pk", flat=True)
    planned = job.planned.filter(seat__gt=job.cursor)
    return planned.order_by("seat").values_list("seat", flat=True)


def decision_of(job: BulkJob, now: datetime) -> Decision:
    """Return what somebody decided in bulk, as if at this moment (aware datetime)."""
    assert job.created_by is not None  # noqa: S101 -- a bulk decision has always somebody who took it
    return Decision(
        move=Move(job.facts["move"]),
        by=job.created_by,
        now=now,
        reason=job.facts["reason"],
        reason_code=job.facts.get("reason_code", ""),  # jobs of before there was a table have none
    )


def _decide(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Decide, and tell everybody at once; what is not possible any more is skipped with the reason."""
    decision = decision_of(job, now)
    telling = Telling(now, job)
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    results = decide_locked(seats, decision, telling, shown=plans.shown_to_starter(job, ids))
    telling.post()
    return [RowResult(result.changed, result.seat.pk, result.why) for result in results]


def _seats_of_session(job: BulkJob) -> QuerySet[Any, int]:
    seats = Seat.objects.filter(session=job.session_id, pk__gt=job.cursor).order_by("pk")
    return seats.values_list("pk", flat=True)


def _tell_session_change(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Tell everybody with a place what the session is now, and move it in their calendar.

    What is told is the session as it stands, so a second change that came before this chunk is told once, and one that
    was undone not at all. Verdicts follow the session's new day; who is flagged by that stays as decided until staff decide again.
    """
    seats = [seat for seat in lock_seats(Seat.objects.filter(pk__in=ids)) if seat.registration.is_active]
    telling = Telling(now, job)
    entries = _judge_all(seats, now)
    told = [seat for seat in seats if _tell_one(job, seat, telling)]
    Seat.objects.bulk_update(
        seats, ["state", "reason_code", "reason", "flagged_at", *assessment.VERDICT_FIELDS, *TOLD_FIELDS]
    )
    HistoryEntry.objects.bulk_create(entries)
    telling.post()
    return [RowResult(changed=True)] * len(told) + [RowResult(changed=False)] * (len(ids) - len(told))


def is_reached(job: BulkJob, seat: Seat) -> bool:
    """Return whether a session's change is mailed to a seat's person: only where they would see a difference.

    Nobody is told what their calendar says already: somebody approved since the change, or a session moved back.
    """
    session = seat.session
    if session.is_cancelled:  # for good, and only that change knows the reason
        return job.facts["action"] == Action.SESSION_CANCELLED and seat.state in OPEN_SEATS
    if not seat.is_approved:
        return False
    return not says_the_same(seat) if session.is_dated else seat.is_invited


def _tell_one(job: BulkJob, seat: Seat, telling: Telling) -> bool:
    if not is_reached(job, seat):
        return False
    if seat.session.is_cancelled:
        _tell_cancelled(job, seat, telling)
    elif seat.session.is_dated:
        telling.request(seat, mails.session_changed(seat, telling.now, job))
    else:
        telling.cancel(seat, mails.date_withdrawn(seat, telling.now, job))
    return True


def _tell_cancelled(job: BulkJob, seat: Seat, telling: Telling) -> None:
    seat.state = require_seat_move(Move.CANCEL, seat.state)
    seat.give_reason(job.facts["reason"])
    seat.flagged_at = None
    mail = mails.session_cancelled(seat, job.facts["reason"], telling.now, job)
    if seat.is_invited:
        telling.cancel(seat, mail)
    else:
        telling.mail(mail)


def _people_to_tell(job: BulkJob) -> QuerySet[Any, int]:
    people = working_copy.people_to_tell(job.webinar_id, job.facts["version"], job.created_at)
    return people.filter(pk__gt=job.cursor).order_by("pk").values_list("pk", flat=True)


def _tell_agenda(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Tell people what changed since the agenda they last saw; nobody, where that is nothing, or who left meanwhile."""
    versions = {version.number: version for version in AgendaVersion.objects.filter(webinar=job.webinar_id)}
    newest = versions[job.facts["version"]]
    people = working_copy.people_to_tell(job.webinar_id, newest.number, now).filter(pk__in=ids)
    people = people.select_related("webinar").prefetch_related("webinar__sessions")
    due = list(people.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    posted = [
        mails.agenda(person, newest, seen, now, job)
        for person in due
        for seen in [versions.get(person.agenda_seen)]
        if working_copy.is_news(seen.items if seen else None, newest.items)
    ]
    for person in due:
        person.agenda_seen = newest.number
    Registration.objects.bulk_update(due, ["agenda_seen"])
    outbox.post(posted)
    return [RowResult(changed=True)] * len(posted) + [RowResult(changed=False)] * (len(ids) - len(posted))


def _seats_to_reassess(job: BulkJob) -> QuerySet[Any, int]:
    seats = due_for_reassessment(job.facts["publication"]).filter(pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _reassess(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Judge seats by the newest lists; flag where they contradict what staff decided."""
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    entries = _judge_all(seats, now)
    Seat.objects.bulk_update(seats, ["flagged_at", *assessment.VERDICT_FIELDS])
    HistoryEntry.objects.bulk_create(entries)
    return [RowResult(changed=True)] * len(entries) + [RowResult(changed=False)] * (len(seats) - len(entries))


def _judge_all(seats: Sequence[Seat], now: datetime) -> list[HistoryEntry]:
    """Judge locked seats anew, unsaved; return what to record: old and new outcome of each that changed."""
    entries = []
    bench = assessment.Bench(eligibility_register.current, today=assessment.brussels_day(now))
    for seat in seats:
        before = seat.outcome
        has_changed = bench.judge(seat)
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


def _seats_undecided(job: BulkJob) -> QuerySet[Any, int]:
    seats = Seat.objects.filter(
        session=job.session_id,
        state__in=UNDECIDED,
        registration__state=RegistrationState.ACTIVE,
        pk__gt=job.cursor,
    )
    return seats.order_by("pk").values_list("pk", flat=True)


def _close(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Tell people whom nobody decided about in time, with regret; nobody, where the session was moved on meanwhile."""
    locked = lock_seats(Seat.objects.filter(pk__in=ids))
    seats = [
        seat
        for seat in locked
        if seat.registration.is_active and seat.state in UNDECIDED and seat.session.is_over(now)
    ]
    telling = Telling(now, job)
    for seat in seats:
        telling.mail(mails.undecided(seat, now))
        seat.state = require_seat_move(Move.CANCEL, seat.state)
        seat.flagged_at = None
    Seat.objects.bulk_update(seats, ["state", "flagged_at"])
    HistoryEntry.objects.bulk_create(
        log.entry(
            Action.UNDECIDED,
            at=now,
            seat=seat,
        )
        for seat in seats
    )
    telling.post()
    return [RowResult(changed=True)] * len(seats) + [RowResult(changed=False)] * (len(ids) - len(seats))


def _seats_with_place(job: BulkJob) -> QuerySet[Any, int]:
    seats = reminders.seats_with_place(job.session_id).filter(pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _remind(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Remind everybody with a place, unless the session has moved since the job was written, or it is too late."""
    return _tell_once(
        job, ids, now, lambda seat: mails.reminder(seat, now, job) if _is_ahead(seat, job, now) else None
    )


def _is_ahead(seat: Seat, job: BulkJob, now: datetime) -> bool:
    session = seat.session
    if session.is_cancelled or session.starts_at is None:
        return False
    is_as_planned = session.starts_at.isoformat() == job.facts["starts_at"]
    return is_as_planned and now < datetime.fromisoformat(job.facts["useful_until"])


def _seats_to_follow_up(job: BulkJob) -> QuerySet[Any, int]:
    seats = follow_up.seats_reached(job.session_id, follow_up.whom_of(job)).filter(pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _follow_up(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Tell everybody who had a place, or those of them whom it reaches, where recording, slides and feedback are."""
    return _tell_once(job, ids, now, lambda seat: mails.follow_up(seat, now, job))


def _tell_once(
    job: BulkJob, ids: Sequence[int], now: datetime, write: Callable[[Seat], OutgoingMail | None]
) -> list[RowResult]:
    """Mail people who still have their place, without touching their calendars."""
    seats = lock_seats(reminders.seats_with_place(job.session_id).filter(pk__in=ids))
    telling = Telling(now, job)
    written = [mail for seat in seats if (mail := write(seat))]
    for mail in written:
        telling.mail(mail)
    telling.post()
    return [RowResult(changed=True)] * len(written) + [RowResult(changed=False)] * (len(ids) - len(written))


def _seats_to_override(job: BulkJob) -> QuerySet[Any, int]:
    """Return the seats of a confirmed batch; a job from before they had rows of their own takes what is open."""
    if job.planned.exists():
        return seats_left(job)
    waiting = open_batch(job.facts["batch"]).filter(seat__gt=job.cursor)
    return waiting.values_list("seat_id", flat=True)


def _override(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Approve or keep seats against their verdicts; what is not possible any more stays open, with the reason."""
    assert job.created_by is not None  # noqa: S101 -- overrides are always confirmed by somebody
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    overrides = {
        override.seat_id: override for override in open_batch(job.facts["batch"]).filter(seat__in=ids)
    }
    telling, shown = Telling(now, job), plans.shown_to_starter(job, ids)
    results = confirm_locked(seats, overrides, job.created_by, telling, shown=shown)
    telling.post()
    return [RowResult(result.changed, result.seat.pk, result.why) for result in results]


def _promote(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Give free places to who waits for them; whoever cannot have one any more is passed over."""
    promoted = promotion.promote(job, ids, now)
    return [RowResult(changed=True)] * promoted + [RowResult(changed=False)] * (len(ids) - promoted)


def _lines(job: BulkJob) -> QuerySet[Any, int]:
    return job.lines.filter(pk__gt=job.cursor).order_by("pk").values_list("pk", flat=True)


def _enrol(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Register the people of an imported list; why a line was left alone stands on the line."""
    taken, left = imports.enrol(job, ids, now)
    return [RowResult(changed=True)] * taken + [RowResult(changed=False)] * left


STEPS: dict[str, Step] = {
    BulkJob.Kind.DECISION: Step(seats_left, _decide),
    BulkJob.Kind.SESSION_CHANGE: Step(_seats_of_session, _tell_session_change),
    BulkJob.Kind.AGENDA: Step(_people_to_tell, _tell_agenda),
    BulkJob.Kind.REASSESSMENT: Step(_seats_to_reassess, _reassess),
    BulkJob.Kind.CLOSING: Step(_seats_undecided, _close),
    BulkJob.Kind.REMINDER: Step(_seats_with_place, _remind),
    BulkJob.Kind.FOLLOW_UP: Step(_seats_to_follow_up, _follow_up),
    BulkJob.Kind.OVERRIDE: Step(_seats_to_override, _override),
    BulkJob.Kind.PROMOTION: Step(promotion.seats_to_promote, _promote),
    BulkJob.Kind.IMPORT: Step(_lines, _enrol),
}

"""What each kind of BulkJob does to its next rows: which ids come after the cursor, and what happens to them.

Each step runs in the transaction that also moves the cursor; its number of queries does not grow with the rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

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
    agenda_changes,
)
from registrations.services import enrolling, following_up, judging, recording, reminding
from registrations.services.deciding import DECIDED_FIELDS, Decision, decide_locked, why_not
from registrations.services.locking import lock_seats
from registrations.services.overriding import confirm_locked, open_batch
from registrations.services.places import Places, on_the_waiting_list
from registrations.services.telling import TOLD_FIELDS, Telling, says_the_same
from registrations.states import OPEN_SEATS, Move, RegistrationState, SeatState, require_seat_move

UNDECIDED = (SeatState.REQUESTED, SeatState.WAITLISTED)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What happened to one row; `seat_id` and `note` say which was left alone, and why."""

    changed: bool
    seat_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """How a kind of job finds its rows and what it does to them."""

    next_ids: Callable[[BulkJob, int], list[int]]
    apply: Callable[[BulkJob, Sequence[int], datetime], list[RowResult]]


def _ids_of_decision(job: BulkJob, limit: int) -> list[int]:
    return [pk for pk in job.facts["seat_ids"] if pk > job.cursor][:limit]


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
    results = decide_locked(lock_seats(Seat.objects.filter(pk__in=ids)), decision, telling)
    telling.post()
    return [RowResult(result.changed, result.seat.pk, result.note) for result in results]


def _ids_of_session(job: BulkJob, limit: int) -> list[int]:
    seats = Seat.objects.filter(session=job.session_id, pk__gt=job.cursor).order_by("pk")
    return list(seats.values_list("pk", flat=True)[:limit])


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
        seats, ["state", "reason_code", "reason", "flagged_at", *judging.VERDICT_FIELDS, *TOLD_FIELDS]
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


def _ids_of_registered(job: BulkJob, limit: int) -> list[int]:
    people = Registration.objects.filter(
        webinar=job.webinar_id, state=RegistrationState.ACTIVE, pk__gt=job.cursor
    )
    return list(people.order_by("pk").values_list("pk", flat=True)[:limit])


def _tell_agenda(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Tell everybody registered what changed since the agenda they last saw; nobody, where that is nothing."""
    versions = {version.number: version for version in AgendaVersion.objects.filter(webinar=job.webinar_id)}
    newest = versions[job.facts["version"]]
    people = Registration.objects.select_for_update(of=("self",)).filter(
        pk__in=ids, state=RegistrationState.ACTIVE
    )
    people = people.select_related("webinar").prefetch_related("webinar__sessions")
    due = [person for person in people.order_by("pk") if person.agenda_seen < newest.number]
    posted = [
        mails.agenda(person, newest, seen, now, job)
        for person in due
        for seen in [versions.get(person.agenda_seen)]
        if is_news(seen, newest)
    ]
    for person in due:
        person.agenda_seen = newest.number
    Registration.objects.bulk_update(due, ["agenda_seen"])
    outbox.post(posted)
    return [RowResult(changed=True)] * len(posted) + [RowResult(changed=False)] * (len(ids) - len(posted))


def is_news(seen: AgendaVersion | None, newest: AgendaVersion) -> bool:
    """Return whether an agenda says anything new to whoever was told of another one last, or of none."""
    return seen is None or bool(agenda_changes(seen.items, newest.items))


def due_for_reassessment(publication_number: int) -> QuerySet[Seat]:
    """Return the seats whose verdict rests on an older publication and still matters."""
    return Seat.objects.filter(
        publication_number__lt=publication_number,
        registration__state__in=[RegistrationState.UNCONFIRMED, RegistrationState.ACTIVE],
    ).exclude(state=SeatState.CANCELLED)


def _ids_to_reassess(job: BulkJob, limit: int) -> list[int]:
    seats = due_for_reassessment(job.facts["publication"]).filter(pk__gt=job.cursor)
    return list(seats.order_by("pk").values_list("pk", flat=True)[:limit])


def _reassess(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Judge seats by the newest lists; flag where they contradict what staff decided."""
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    entries = _judge_all(seats, now)
    Seat.objects.bulk_update(seats, ["flagged_at", *judging.VERDICT_FIELDS])
    HistoryEntry.objects.bulk_create(entries)
    return [RowResult(changed=True)] * len(entries) + [RowResult(changed=False)] * (len(seats) - len(entries))


def _judge_all(seats: Sequence[Seat], now: datetime) -> list[HistoryEntry]:
    """Judge locked seats anew, unsaved; return what to record: old and new outcome of each that changed."""
    entries = []
    bench = judging.Bench(eligibility_register.current, today=judging.brussels_day(now))
    for seat in seats:
        before = seat.outcome
        has_changed = bench.judge(seat)
        judging.flag(seat, now, by_lists=has_changed)
        if has_changed:
            entries.append(_reassessed(seat, before, now))
    return entries


def _reassessed(seat: Seat, before: str, now: datetime) -> HistoryEntry:
    return recording.entry(
        Action.REASSESSED,
        at=now,
        seat=seat,
        publication_number=seat.publication_number,
        facts={
            "was": before,
            "now": seat.outcome,
            "as_of": seat.judged_as_of,
            "flagged": seat.flagged_at is not None,
        },
    )


def _ids_undecided(job: BulkJob, limit: int) -> list[int]:
    seats = Seat.objects.filter(
        session=job.session_id,
        state__in=UNDECIDED,
        registration__state=RegistrationState.ACTIVE,
        pk__gt=job.cursor,
    )
    return list(seats.order_by("pk").values_list("pk", flat=True)[:limit])


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
        recording.entry(
            Action.UNDECIDED,
            at=now,
            seat=seat,
        )
        for seat in seats
    )
    telling.post()
    return [RowResult(changed=True)] * len(seats) + [RowResult(changed=False)] * (len(ids) - len(seats))


def _ids_with_place(job: BulkJob, limit: int) -> list[int]:
    seats = reminding.seats_with_place(job.session_id).filter(pk__gt=job.cursor)
    return list(seats.order_by("pk").values_list("pk", flat=True)[:limit])


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


def _ids_to_follow_up(job: BulkJob, limit: int) -> list[int]:
    seats = following_up.seats_reached(job.session_id, following_up.whom_of(job)).filter(pk__gt=job.cursor)
    return list(seats.order_by("pk").values_list("pk", flat=True)[:limit])


def _follow_up(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Tell everybody who had a place, or those of them whom it reaches, where recording, slides and feedback are."""
    return _tell_once(job, ids, now, lambda seat: mails.follow_up(seat, now, job))


def _tell_once(
    job: BulkJob, ids: Sequence[int], now: datetime, write: Callable[[Seat], OutgoingMail | None]
) -> list[RowResult]:
    """Mail people who still have their place, without touching their calendars."""
    seats = lock_seats(reminding.seats_with_place(job.session_id).filter(pk__in=ids))
    telling = Telling(now, job)
    written = [mail for seat in seats if (mail := write(seat))]
    for mail in written:
        telling.mail(mail)
    telling.post()
    return [RowResult(changed=True)] * len(written) + [RowResult(changed=False)] * (len(ids) - len(written))


def _ids_to_override(job: BulkJob, limit: int) -> list[int]:
    waiting = open_batch(job.facts["batch"]).filter(seat__gt=job.cursor)
    return list(waiting.values_list("seat_id", flat=True)[:limit])


def _override(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Approve or keep seats against their verdicts; what is not possible any more stays open, with the reason."""
    assert job.created_by is not None  # noqa: S101 -- overrides are always confirmed by somebody
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    overrides = {
        override.seat_id: override for override in open_batch(job.facts["batch"]).filter(seat__in=ids)
    }
    telling = Telling(now, job)
    waiting = [seat for seat in seats if seat.pk in overrides]
    results = confirm_locked(waiting, overrides, job.created_by, telling)
    telling.post()
    return [RowResult(result.changed, result.seat.pk, result.note) for result in results]


def _ids_to_promote(job: BulkJob, limit: int) -> list[int]:
    """Return as many of the waiting list as there are places, in order; the job ends with them.

    No cursor could follow an order that staff may change meanwhile: who got a place is off the list, and who could not
    be given one is not tried again.
    """
    assert job.session is not None  # noqa: S101 -- places are a session's
    left = min(Places().left(job.session) or 0, limit)
    waiting = on_the_waiting_list(job.session_id).exclude(pk__in=job.rows.values("seat"))
    return list(waiting.values_list("pk", flat=True)[:left])


def _promote(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Give free places to who waits for them; whoever cannot have one any more is passed over."""
    seats = lock_seats(Seat.objects.filter(pk__in=ids))
    telling, places = Telling(now, job), Places()
    promoted = []
    for seat in seats:
        if seat.state == SeatState.WAITLISTED and not why_not(seat, Move.APPROVE, now, places):
            places.take(seat)
            seat.state = require_seat_move(Move.APPROVE, seat.state)
            seat.decided_by, seat.decided_at = None, now
            seat.give_reason("")
            telling.approved(seat)
            promoted.append(seat)
    Seat.objects.bulk_update(promoted, DECIDED_FIELDS)
    HistoryEntry.objects.bulk_create(
        recording.entry(
            Action.PROMOTED,
            at=now,
            registration=seat.registration,
            session=seat.session,
            webinar_id=seat.session.webinar_id,
            publication_number=seat.publication_number,
        )
        for seat in promoted
    )
    telling.post()
    return [RowResult(changed=True)] * len(promoted) + [RowResult(changed=False)] * (len(ids) - len(promoted))


def _ids_of_lines(job: BulkJob, limit: int) -> list[int]:
    lines = job.lines.filter(pk__gt=job.cursor).order_by("pk")
    return list(lines.values_list("pk", flat=True)[:limit])


def _enrol(job: BulkJob, ids: Sequence[int], now: datetime) -> list[RowResult]:
    """Register the people of an imported list; why a line was left alone stands on the line."""
    taken, left = enrolling.enrol(job, ids, now)
    return [RowResult(changed=True)] * taken + [RowResult(changed=False)] * left


STEPS: dict[str, Step] = {
    BulkJob.Kind.DECISION: Step(_ids_of_decision, _decide),
    BulkJob.Kind.SESSION_CHANGE: Step(_ids_of_session, _tell_session_change),
    BulkJob.Kind.AGENDA: Step(_ids_of_registered, _tell_agenda),
    BulkJob.Kind.REASSESSMENT: Step(_ids_to_reassess, _reassess),
    BulkJob.Kind.CLOSING: Step(_ids_undecided, _close),
    BulkJob.Kind.REMINDER: Step(_ids_with_place, _remind),
    BulkJob.Kind.FOLLOW_UP: Step(_ids_to_follow_up, _follow_up),
    BulkJob.Kind.OVERRIDE: Step(_ids_to_override, _override),
    BulkJob.Kind.PROMOTION: Step(_ids_to_promote, _promote),
    BulkJob.Kind.IMPORT: Step(_ids_of_lines, _enrol),
}

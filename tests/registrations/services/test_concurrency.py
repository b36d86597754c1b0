"""Several people and workers at the same moment; on SQLite and PostgreSQL alike."""

from datetime import timedelta
from uuid import uuid4

import pytest

from registrations import services
from registrations.models import AddressChange, BulkJob, HistoryEntry, OutgoingMail, Registration, Seat
from registrations.services.jobs import runner
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    at_once,
    calendar_mails,
    carry_out,
    decide,
    kinds,
    make_registration,
    release,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_simultaneous_approvals_decides(webinar, session, approver, second_approver):
    registration = make_registration(webinar, [session])

    answers = at_once(
        lambda: decide(registration, approver, Move.APPROVE),
        lambda: decide(registration, second_approver, Move.APPROVE),
    )

    # Whoever was second saw the first decision on their page, or was refused because of it.
    decided = [
        not isinstance(answer, services.errors.ChangedMeanwhile) and answer[0].changed for answer in answers
    ]
    assert sorted(decided) == [False, True]
    assert kinds(registration) == ["invitation"]


def test_of_two_decisions_on_pages_opened_before_either_one_is_told_of_the_other(
    webinar, session, approver, second_approver
):
    registration = make_registration(webinar, [session])
    shown = at_sight.standings([registration.seats.get().pk])
    deciding = [
        services.decisions.Decision(move=move, by=by, now=NOW, reason="Because.")
        for move, by in ((Move.APPROVE, approver), (Move.REJECT, second_approver))
    ]

    answers = at_once(
        *(
            lambda one=one: services.decisions.decide_seats(registration.pk, shown=shown, decision=one)
            for one in deciding
        )
    )

    refused = [isinstance(answer, services.errors.ChangedMeanwhile) for answer in answers]
    assert sorted(refused) == [False, True]
    assert kinds(registration) == [["invitation", "rejected"][refused.index(False)]]


def test_approving_and_cancelling_at_once_end_in_one_state_that_was_told_last(
    webinar, session, approver, second_approver
):
    registration = make_registration(webinar, [session])

    at_once(
        lambda: decide(registration, approver, Move.APPROVE),
        lambda: decide(registration, second_approver, Move.CANCEL),
    )

    # Who cancels and saw the seat before the approval is refused, and told of it.
    assert (registration.seats.get().state, calendar_mails(registration)) in (
        ("cancelled", [("cancelled", "", -1)]),
        ("cancelled", [("invitation", "REQUEST", 1), ("cancelled", "CANCEL", 2)]),
        ("approved", [("invitation", "REQUEST", 1)]),
    )


def test_people_approved_at_once_get_sequences_of_their_own(webinar, session, approver):
    registrations = [make_registration(webinar, [session]) for _number in range(5)]

    at_once(*(lambda one=one: decide(one, approver, Move.APPROVE) for one in registrations))

    session.refresh_from_db()
    assert session.sequence == 5
    assert sorted(Seat.objects.values_list("told_sequence", flat=True)) == [1, 2, 3, 4, 5]


def test_two_submissions_of_one_address_confirmed_at_once_leave_one_active(webinar, session):
    pair = [
        make_registration(webinar, [session], email="one@example.org", state="unconfirmed")
        for _number in range(2)
    ]

    results = at_once(*(lambda row=row: services.people.confirm(row.confirm_token, now=NOW) for row in pair))

    assert sorted(Registration.objects.values_list("state", flat=True)) == ["active", "expired"]
    assert sorted(type(result).__name__ for result in results) == ["Registration", "RequestNotWaiting"]
    assert kinds() == ["received"]


def test_two_people_moving_to_one_address_at_once_leave_it_to_one(webinar, session):
    for _number in range(2):
        registration = make_registration(webinar, [session])
        services.people.ask_address_change(registration.pk, email="one@example.org", now=NOW)
    tokens = list(AddressChange.objects.values_list("token", flat=True))

    results = at_once(
        *(lambda token=token: services.people.confirm_address_change(token, now=NOW) for token in tokens)
    )

    assert sorted(type(result).__name__ for result in results) == ["LinkNotValid", "Registration"]
    assert Registration.objects.filter(email="one@example.org").count() == 1
    assert kinds().count("address_changed") == 1


def test_workers_share_a_job_without_telling_anybody_twice(webinar, session, approver, monkeypatch):
    monkeypatch.setattr(runner, "CHUNK", 3)
    seats = [make_registration(webinar, [session]).seats.get().pk for _number in range(10)]
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    job = at_sight.start_bulk_decision(seats, decision=decision)
    release()

    for _again in range(3):  # a worker that finds the job taken goes home
        at_once(*(lambda: services.sweep.run(NOW) for _worker in range(4)))

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 10, 0, 0)
    assert OutgoingMail.objects.count() == 10


def test_button_pressed_twice_at_once_writes_one_job(webinar, session, approver):
    seats = [make_registration(webinar, [session]).seats.get().pk for _number in range(2)]
    decision, page = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW), uuid4()

    jobs_of_clicks = at_once(*[lambda: at_sight.start_bulk_decision(seats, decision=decision, page=page)] * 3)

    assert BulkJob.objects.count() == 1
    assert len({job.pk for job in jobs_of_clicks}) == 1


def test_two_bulk_decisions_about_the_same_people_decide_each_once(
    webinar, session, approver, second_approver, monkeypatch
):
    monkeypatch.setattr(runner, "CHUNK", 3)
    seats = [make_registration(webinar, [session]).seats.get().pk for _number in range(7)]
    for by, move in ((approver, Move.APPROVE), (second_approver, Move.WAITLIST)):
        at_sight.start_bulk_decision(seats, decision=services.decisions.Decision(move=move, by=by, now=NOW))
    for by in (approver, second_approver):
        again = services.decisions.Decision(move=Move.APPROVE, by=by, now=NOW)
        at_sight.start_bulk_decision(seats, decision=again)
    release()

    for _again in range(4):
        at_once(*(lambda: services.sweep.run(NOW) for _worker in range(3)))

    done = BulkJob.objects.order_by("pk")
    assert {job.state for job in done} == {"done"}
    assert sum(job.changed for job in done) == 7
    assert {job.changed + job.skipped for job in done} == {7}
    assert kinds() == ["invitation"] * 7


def waiting_for_one_place(webinar, session, approver, number):
    session.capacity = 1
    session.save()
    people = [make_registration(webinar, [session]) for _number in range(number + 1)]
    decide(people[0], approver, Move.APPROVE)
    for person in people[1:]:
        decide(person, approver, Move.WAITLIST)
    return people


def test_two_colleagues_reordering_a_waiting_list_at_once_lose_and_double_nobody(
    webinar, session, approver, second_approver
):
    people = waiting_for_one_place(webinar, session, approver, 6)
    before = [seat.pk for seat in session.seats.in_turn()]

    def to_the_front(person, seen, by):
        seat_id = person.seats.get().pk
        at_sight.move_on_list(seat_id, position=1, seen=seen, reason="Because.", by=by, now=NOW)

    answers = at_once(
        lambda: to_the_front(people[6], 6, approver),
        lambda: to_the_front(people[5], 5, second_approver),
    )

    after = [seat.pk for seat in session.seats.in_turn()]
    assert sorted(after) == before
    # Whoever was second saw the other person's move, or was refused because of it.
    refused = [type(answer).__name__ for answer in answers if answer]
    expected = (
        [before[4], before[5], *before[:4]],
        [before[5], before[4], *before[:4]],
        [before[5], *before[:5]],
        [before[4], *before[:4], before[5]],
    )
    assert (after in expected, len(refused) <= 1) == (True, True)
    moves = HistoryEntry.objects.filter(action="moved_on_list").count()
    assert moves == 2 - len(refused)


def test_reordering_while_a_place_becomes_free_gives_it_to_one_and_keeps_the_others(
    webinar, session, approver
):
    people = waiting_for_one_place(webinar, session, approver, 4)
    services.people.withdraw(people[0].pk, now=NOW)

    at_once(
        lambda: services.sweep.run(NOW),
        lambda: at_sight.move_on_list(
            people[4].seats.get().pk, position=1, seen=4, reason="Because.", by=approver, now=NOW
        ),
    )
    services.sweep.run(NOW)

    assert Seat.objects.filter(state="approved").count() == 1
    assert len(session.seats.in_turn()) == 3
    assert kinds().count("invitation") == 2


def test_a_move_and_an_approval_at_once_leave_the_calendar_at_the_new_time(
    webinar, session, approver, editor
):
    registration = make_registration(webinar, [session])
    later = session.starts_at.replace(hour=14), session.ends_at.replace(hour=16)

    at_once(
        lambda: decide(registration, approver, Move.APPROVE),
        lambda: services.sessions.reschedule_session(
            session.pk, starts_at=later[0], ends_at=later[1], by=editor, now=NOW
        ),
    )
    release()
    services.sweep.run(NOW)

    last = OutgoingMail.objects.filter(registration=registration).latest("id").facts["calendar"]
    assert last["starts_at"].startswith(later[0].isoformat()[:16])
    session.refresh_from_db()
    assert last["sequence"] == session.sequence == registration.seats.get().told_sequence


def test_a_due_reminder_becomes_one_job_however_many_workers_sweep(webinar, session, approver):
    registration = make_registration(webinar, [session])
    decide(registration, approver, Move.APPROVE)
    services.sessions.add_usual_reminders(session.pk, now=NOW)

    at_once(*[lambda: services.sweep.run(STARTS - timedelta(hours=1))] * 3)

    assert kinds(registration) == ["invitation", "reminder"]
    assert BulkJob.objects.filter(kind="reminder").count() == 1


def test_a_reminder_that_falls_due_while_its_session_moves_is_told_of_one_time_only(
    webinar, session, approver
):
    registration = make_registration(webinar, [session])
    decide(registration, approver, Move.APPROVE)
    services.sessions.add_usual_reminders(session.pk, now=NOW)
    now, later = STARTS - timedelta(hours=1), timedelta(days=7)

    at_once(
        lambda: services.sweep.run(now),
        lambda: services.sessions.reschedule_session(
            session.pk, starts_at=STARTS + later, ends_at=ENDS + later, by=approver, now=now
        ),
    )
    carry_out(now)

    # Whoever was first: a reminder of the old time comes before the news of the new one, or not at all.
    told = kinds(registration)
    assert told in (["invitation", "reminder", "session_changed"], ["invitation", "session_changed"])
    assert sorted(session.reminders.values_list("due_at", flat=True)) == [
        STARTS + later - timedelta(hours=24),
        STARTS + later - timedelta(hours=1),
    ]


def test_stopping_a_change_as_a_worker_takes_it_leaves_calendar_and_session_at_one(webinar, session, editor):
    registration = make_registration(webinar, [session])
    decide(registration, editor, Move.APPROVE)
    later = session.starts_at.replace(hour=14), session.ends_at.replace(hour=16)
    services.sessions.reschedule_session(session.pk, starts_at=later[0], ends_at=later[1], by=editor, now=NOW)
    job = BulkJob.objects.get()
    just_before = job.due_at - timedelta(seconds=1)

    at_once(
        lambda: services.jobs.stop_job(job.pk, by=editor, now=just_before),
        lambda: services.sweep.run(job.due_at),
    )
    services.sweep.run(job.due_at)

    session.refresh_from_db()
    job.refresh_from_db()
    assert registration.seats.get().told["starts_at"] == session.starts_at.isoformat()
    assert (job.state, kinds(registration)[1:], session.starts_at) in (
        ("stopped", [], STARTS),
        ("done", ["session_changed"], later[0]),
    )

"""A decision about many seats, carried out by a job."""

import pytest
from django.db import connection

from registrations import services
from registrations.models import BulkJob, OutgoingMail, Seat
from registrations.services.decisions import job as decision_job
from registrations.services.jobs import runner
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    MINUTE,
    NOW,
    approve,
    carry_out,
    kinds,
    left_alone,
    make_registration,
    release,
)

pytestmark = pytest.mark.django_db
AT_NOW = "Monday 20 April 2020, 10:00 (Brussels time)"


def test_bulk_decision_counts_changed_and_skipped_with_reasons(webinar, session, approver):
    seats = [
        make_registration(webinar, [session], country=country).seats.get() for country in ("BE", "NO", "FR")
    ]

    job = at_sight.start_bulk_decision(
        [seat.pk for seat in seats],
        decision=services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW),
    )
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.total, job.changed, job.skipped, job.failed) == ("done", 3, 2, 1, 0)
    assert left_alone(job) == [
        (
            seats[1].pk,
            "skipped",
            "The verdict is not “eligible”: approving needs an exception by two members of staff.",
        )
    ]
    assert [mail.job_id for mail in OutgoingMail.objects.all()] == [job.pk, job.pk]
    session.refresh_from_db()
    assert session.sequence == 1


def test_bulk_decision_needs_a_reason_against_people(approver):
    with pytest.raises(services.errors.ReasonNeeded):
        at_sight.start_bulk_decision(
            [], decision=services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW)
        )


def test_reason_chosen_goes_with_the_job_to_every_seat(many, approver):
    seats = [person.seats.get().pk for person in many]
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason_code="full")

    at_sight.start_bulk_decision(seats, decision=decision)
    carry_out()

    assert set(Seat.objects.values_list("state", "reason_code", "reason")) == {("rejected", "full", "")}
    assert {mail.facts["reason_code"] for mail in OutgoingMail.objects.all()} == {"full"}


def test_job_written_before_there_was_a_table_of_reasons_is_carried_out(many, approver):
    job = at_sight.approve_all(many, approver, now=NOW)
    del job.facts["reason_code"]
    job.save()

    carry_out()

    assert set(Seat.objects.values_list("state", flat=True)) == {"approved"}


@pytest.mark.parametrize(
    ("reason", "code", "refusal"),
    [("", "", services.errors.ReasonNeeded), ("", "wish", services.errors.ReasonDoesNotFit)],
    ids=["no reason", "reason of another decision"],
)
def test_bulk_decision_without_a_fitting_reason_is_refused(many, approver, reason, code, refusal):
    decision = services.decisions.Decision(
        move=Move.REJECT, by=approver, now=NOW, reason=reason, reason_code=code
    )

    with pytest.raises(refusal):
        at_sight.start_bulk_decision([many[0].seats.get().pk], decision=decision)

    assert BulkJob.objects.count() == 0


def test_seat_that_a_colleague_decided_about_meanwhile_is_skipped_with_the_reason(
    many, approver, second_approver
):
    job = at_sight.approve_all(many, approver, now=NOW)
    seat = many[1].seats.get()
    rejection = services.decisions.Decision(move=Move.CANCEL, by=second_approver, now=NOW, reason="Double.")
    at_sight.decide_seats(many[1].pk, seat_ids=[seat.pk], decision=rejection)

    carry_out()

    job.refresh_from_db()
    assert (job.changed, job.skipped) == (4, 1)
    assert left_alone(job) == [
        (seat.pk, "skipped", f"Decided meanwhile by approver2, at {AT_NOW}: now “cancelled”.")
    ]
    assert list(many[1].mails.values_list("kind", flat=True)) == ["cancelled"]


def test_override_confirmed_by_two_people_is_not_overturned_by_a_rejection_that_waits(
    webinar, session, approver, second_approver
):
    seat = make_registration(webinar, [session], country="NO").seats.get()
    rejection = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No cluster.")
    job = at_sight.start_bulk_decision([seat.pk], decision=rejection)
    asked = at_sight.request_override(seat.pk, by=approver, reason="A partner.", now=NOW)
    at_sight.confirm_override(asked.pk, by=second_approver, now=NOW)

    carry_out()

    assert left_alone(job) == [
        (seat.pk, "skipped", f"Decided meanwhile by approver2, at {AT_NOW}: now “approved”.")
    ]
    assert seat.registration.mails.values_list("kind", flat=True).get() == "invitation"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda person: Seat.objects.filter(registration=person).update(outcome="review"),
            "The verdict has changed meanwhile: “a person decides”.",
        ),
        (lambda person: services.people.withdraw(person.pk, now=NOW), "The person has withdrawn meanwhile."),
    ],
    ids=["verdict", "withdrawn"],
)
def test_what_else_changed_while_a_job_waited_is_skipped_with_the_reason(act, words, many, approver):
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No cluster.")
    seats = [person.seats.get().pk for person in many]
    job = at_sight.start_bulk_decision(seats, decision=decision)
    act(many[1])

    carry_out()

    job.refresh_from_db()
    assert (job.total, job.changed, job.skipped, left_alone(job)) == (5, 4, 1, [(seats[1], "skipped", words)])


def test_job_about_seats_that_changed_before_it_was_started_is_refused(many, approver, second_approver):
    shown = at_sight.standings(Seat.objects.values_list("pk", flat=True))
    approve(many[1], second_approver)
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No cluster.")

    with pytest.raises(
        services.errors.ChangedMeanwhile,
        match=r"1 place has changed since this page was opened\. Decided meanwhile by approver2",
    ):
        services.decisions.start_bulk_decision(shown, decision=decision)

    assert BulkJob.objects.count() == 0


def test_job_written_before_standings_were_noted_leaves_alone_what_was_decided_since(many, approver):
    seats = [person.seats.get().pk for person in many]
    facts = {"seat_ids": seats, "move": "reject", "reason": "No cluster.", "reason_code": ""}
    job = BulkJob.objects.create(
        kind="decision", created_at=NOW, due_at=NOW + MINUTE, facts=facts, total=5, created_by=approver
    )
    approve(many[1], approver, now=NOW + MINUTE)

    carry_out(NOW + MINUTE)

    states = Seat.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["rejected", "approved", "rejected", "rejected", "rejected"]
    assert [seat for seat, *_why in left_alone(job)] == [seats[1]]


def test_ids_that_are_no_seats_are_no_part_of_a_job(many, approver):
    seat = many[0].seats.get().pk
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)

    job = at_sight.start_bulk_decision(at_sight.standings([seat]) | {10**17: "x"}, decision=decision)

    assert (job.total, list(job.planned.values_list("seat", flat=True))) == (1, [seat])


def test_job_about_thousands_is_written_in_a_fixed_number_of_queries(
    webinar, session, approver, django_assert_num_queries
):
    seats = [make_registration(webinar, [session]).seats.get().pk for _number in range(3)]
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    for chosen in (seats[:1], seats):
        shown = at_sight.standings(chosen)
        with django_assert_num_queries(9):
            services.decisions.start_bulk_decision(shown, decision=decision)


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_takes_a_fixed_number_of_queries(
    webinar, session, approver, count, django_assert_num_queries
):
    at_sight.approve_all(
        [make_registration(webinar, [session]) for _number in range(count)], approver, now=NOW
    )
    release()

    with django_assert_num_queries(20):
        runner.work_one_chunk(NOW)


def test_no_statement_of_a_decision_grows_with_the_seats(
    webinar, session, approver, small_chunks, monkeypatch
):
    """Databases take so many variables a statement, and memory so many rows: a decision is about any number."""
    monkeypatch.setattr("webinar_site.foundation.chunks.CHUNK", 2)
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)

    def most_variables(act):
        variables = []

        def note(execute, sql, params, *about):
            variables.append(len(params or ()))
            return execute(sql, params, *about)

        with connection.execute_wrapper(note):
            act()
        return max(variables)

    def most_of_a_job(count):
        people = [make_registration(webinar, [session]) for _number in range(count)]
        shown = at_sight.standings([person.seats.get().pk for person in people])
        return (
            most_variables(lambda: services.decisions.start_bulk_decision(shown, decision=decision)),
            most_variables(lambda: decision_job.DECISION.preview(BulkJob.objects.latest("pk"), NOW)),
            most_variables(carry_out),
        )

    assert most_of_a_job(3) == most_of_a_job(9)
    assert set(Seat.objects.values_list("state", flat=True)) == {"approved"}


def test_a_stopped_bulk_decision_decides_nothing(webinar, session, approver):
    seat = make_registration(webinar, [session]).seats.get()
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    job = at_sight.start_bulk_decision([seat.pk], decision=decision)

    services.jobs.stop_job(job.pk, by=approver, now=NOW)
    services.sweep.run(NOW + 5 * MINUTE)

    seat.refresh_from_db()
    assert (seat.state, kinds()) == ("requested", [])

"""Running BulkJobs."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from eligibility import rules
from registrations import services
from registrations.models import BulkJob, HistoryEntry, OutgoingMail, Seat
from registrations.services import runner, steps
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    MINUTE,
    NOW,
    approve,
    carry_out,
    draft_without,
    left_alone,
    make_guest,
    make_registration,
    publish,
    release,
)

AT_NOW = "Monday 20 April 2020, 10:00 (Brussels time)"
pytestmark = pytest.mark.django_db


@pytest.fixture
def many(webinar, session):
    return [make_registration(webinar, [session]) for _number in range(5)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(runner, "CHUNK", 2)


def approve_all(registrations, by):
    ids = [registration.seats.get().pk for registration in registrations]
    return at_sight.start_bulk_decision(
        ids, decision=services.decisions.Decision(move=Move.APPROVE, by=by, now=NOW)
    )


def test_a_job_goes_on_where_it_was_interrupted(many, approver, small_chunks):
    job = approve_all(many, approver)
    release()
    runner.work_one_chunk(NOW)
    job.refresh_from_db()
    half_way = (job.state, job.changed, OutgoingMail.objects.count())

    carry_out()

    job.refresh_from_db()
    assert half_way == ("running", 2, 2)
    assert (job.state, job.changed, job.due_at, job.finished_at) == ("done", 5, None, NOW)
    assert OutgoingMail.objects.count() == 5


def test_reason_chosen_goes_with_the_job_to_every_seat(many, approver):
    seats = [person.seats.get().pk for person in many]
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason_code="full")

    at_sight.start_bulk_decision(seats, decision=decision)
    carry_out()

    assert set(Seat.objects.values_list("state", "reason_code", "reason")) == {("rejected", "full", "")}
    assert {mail.facts["reason_code"] for mail in OutgoingMail.objects.all()} == {"full"}


def test_job_written_before_there_was_a_table_of_reasons_is_carried_out(many, approver):
    job = approve_all(many, approver)
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
    job = approve_all(many, approver)
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
        match=r"1 seat has changed since this page was opened\. Decided meanwhile by approver2",
    ):
        services.runner.start_bulk_decision(shown, decision=decision)

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
            services.runner.start_bulk_decision(shown, decision=decision)


def test_total_is_what_is_looked_at_in_every_kind_of_job(webinar, session, approver, editor):
    """A session's change, a closing and a re-assessment count at the end what they came to, whatever was expected."""
    approve(make_registration(webinar, [session], country="TN"), approver)
    make_registration(webinar, [session])
    publish_without("TN")
    services.runner.reassess(now=NOW)
    services.sessions.retitle_session(session.pk, title="New", place="", by=editor, now=NOW)

    carry_out()
    carry_out(ENDS)

    assert [
        (job.kind, job.total, job.changed + job.skipped + job.failed)
        for job in BulkJob.objects.order_by("kind")
    ] == [("closing", 1, 1), ("reassessment", 2, 2), ("session_change", 2, 2)]


def test_reason_for_leaving_somebody_alone_is_in_the_language_of_whoever_reads_it(many, approver):
    services.accounts.set_staff_language(approver.pk, language="de")
    job = approve_all(many[:1], approver)

    carry_out(ENDS)

    ((_seat, _result, in_english),) = left_alone(job)
    with override("fr"):
        ((_seat, _result, in_french),) = left_alone(job)
    assert (in_english, in_french) == ("This session is over.", "Cette session est terminée.")


def test_session_that_ends_half_way_through_leaves_the_rest_with_the_reason_and_told(
    many, approver, small_chunks
):
    job = approve_all(many, approver)
    release()
    runner.work_one_chunk(ENDS - MINUTE)

    carry_out(ENDS)

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 2, 3, 0)
    assert {(result, note) for _seat, result, note in left_alone(job)} == {
        ("skipped", "This session is over.")
    }
    assert list(Seat.objects.order_by("pk").values_list("state", flat=True)) == (
        ["approved"] * 2 + ["cancelled"] * 3
    )
    told = OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["invitation"] * 2 + ["undecided"] * 3


def test_a_stopped_job_leaves_the_rest_alone(many, approver, small_chunks):
    job = approve_all(many, approver)
    release()
    runner.work_one_chunk(NOW)

    services.control.stop_job(job.pk, by=approver, now=NOW)
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.changed) == ("stopped", 2)
    assert Seat.objects.filter(state="approved").count() == 2
    assert HistoryEntry.objects.filter(action="bulk_stopped").count() == 1


def test_stopping_a_finished_job_changes_nothing(many, approver):
    job = approve_all(many, approver)
    carry_out()

    assert services.control.stop_job(job.pk, by=approver, now=NOW).state == "done"


def test_sweep_is_stopped_between_chunks(many, approver, small_chunks):
    approve_all(many, approver)
    release()
    answers = iter([False, True])

    services.runner.sweep(NOW, stop=lambda: next(answers))

    assert Seat.objects.filter(state="approved").count() == 2


def test_one_bad_row_fails_alone_and_says_so(many, approver, monkeypatch, caplog):
    job = approve_all(many, approver)
    bad = many[2].seats.get().pk
    invitation = steps.mails.invitation

    def explode(seat, now):
        if seat.pk == bad:
            raise RuntimeError("Ada Person")
        return invitation(seat, now)

    monkeypatch.setattr("registrations.services.notifications.batch.mails.invitation", explode)
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 4, 0, 1)
    assert left_alone(job) == [(bad, "failed", "Failed with an error of the site: RuntimeError.")]
    assert list(Seat.objects.exclude(state="approved").values_list("pk", flat=True)) == [bad]
    assert "Ada Person" not in caplog.text


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_takes_a_fixed_number_of_queries(
    webinar, session, approver, count, django_assert_num_queries
):
    approve_all([make_registration(webinar, [session]) for _number in range(count)], approver)
    release()

    with django_assert_num_queries(20):
        runner.work_one_chunk(NOW)


def publish_without(code):
    """Publish a corrigendum to the ENI list, from 27 April 2020, that no longer names a country."""
    publish(draft_without(code))


def test_a_corrigendum_flags_whom_it_excludes_and_leaves_the_decision_to_staff(webinar, session, approver):
    affected = approve(make_registration(webinar, [session], country="TN"), approver)
    unaffected = approve(make_registration(webinar, [session]), approver)
    mails_before = OutgoingMail.objects.count()
    publish_without("TN")

    carry_out()

    seat = affected.seats.get()
    assert (seat.state, seat.outcome, seat.flagged_at, seat.publication_number) == (
        "approved",
        "not_eligible",
        NOW,
        2,
    )
    assert unaffected.seats.values_list("outcome", "flagged_at", "publication_number").get() == (
        "eligible",
        None,
        2,
    )
    entry = HistoryEntry.objects.get(action="reassessed")
    assert (entry.registration, entry.facts["was"], entry.facts["now"]) == (
        affected,
        "eligible",
        "not_eligible",
    )
    assert OutgoingMail.objects.count() == mails_before


def test_reassessing_twice_changes_nothing(webinar, session, approver):
    approve(make_registration(webinar, [session], country="TN"), approver)
    publish_without("TN")
    services.runner.reassess(now=NOW)
    entries = HistoryEntry.objects.count()

    assert services.runner.reassess(now=NOW) is None
    carry_out()

    assert HistoryEntry.objects.count() == entries
    assert BulkJob.objects.filter(kind="reassessment").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_reassessing_a_second_time_changes_no_row_and_posts_no_mail(webinar, session, approver, count):
    for _number in range(count):
        approve(make_registration(webinar, [session], country="TN"), approver)
    publish_without("TN")
    mails = OutgoingMail.objects.count()
    first = services.runner.reassess(now=NOW)
    tables = (Seat, HistoryEntry, OutgoingMail, BulkJob)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    second = services.runner.reassess(now=NOW + timedelta(hours=1))

    assert (first.changed, second) == (count, None)
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before
    assert OutgoingMail.objects.count() == mails


def test_a_chunk_asks_the_rules_once_for_each_country(webinar, session, monkeypatch):
    for country in ("TN", "TN", "BE"):
        make_registration(webinar, [session], country=country)
    publish_without("TN")
    asked = []
    assess = rules.assess
    monkeypatch.setattr(
        rules, "assess", lambda country, *rest: asked.append(country) or assess(country, *rest)
    )

    services.runner.reassess(now=NOW)

    assert sorted(asked) == ["BE", "TN"]


def test_a_reassessment_goes_on_where_its_worker_crashed(many, small_chunks, monkeypatch):
    publish_without("TN")
    runner.start_reassessment(NOW)
    runner.work_one_chunk(NOW)
    with monkeypatch.context() as crash:
        crash.setattr(runner, "_account", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            runner.work_one_chunk(NOW)
    half_way = Seat.objects.filter(publication_number=2).count()

    carry_out()

    job = BulkJob.objects.get()
    assert half_way == 2
    assert (job.state, job.changed + job.skipped, job.failed) == ("done", 5, 0)
    assert Seat.objects.filter(publication_number=2).count() == 5


@pytest.mark.parametrize("count", [1, 3])
def test_reassessing_takes_a_fixed_number_of_queries(webinar, session, count, django_assert_num_queries):
    for _number in range(count):
        make_registration(webinar, [session], country="TN")
    publish_without("TN")
    runner.start_reassessment(NOW)

    with django_assert_num_queries(19):
        runner.work_one_chunk(NOW)

    assert HistoryEntry.objects.filter(action="reassessed").count() == count


def test_a_flagged_seat_is_kept_by_two_people(webinar, session, approver, second_approver):
    registration = approve(make_registration(webinar, [session], country="TN"), approver)
    publish_without("TN")
    carry_out()
    mails_before = OutgoingMail.objects.count()

    override = at_sight.request_override(
        registration.seats.get().pk, by=approver, reason="Invited before.", now=NOW
    )
    at_sight.confirm_override(override.pk, by=second_approver, now=NOW)

    seat = registration.seats.get()
    assert (seat.state, seat.flagged_at, seat.override) == ("approved", None, override)
    assert OutgoingMail.objects.count() == mails_before


def test_reassessment_leaves_guests_alone(webinar, session, approver):
    guest = make_guest(session, country="TN")
    registration = services.people.invite_guest(webinar.pk, guest=guest, by=approver, now=NOW)
    publish_without("TN")

    carry_out()

    assert registration.seats.values_list("outcome", "flagged_at").get() == ("", None)


def test_an_overridden_seat_is_not_flagged_when_its_verdict_changes(
    webinar, session, approver, second_approver
):
    registration = make_registration(webinar, [session], country="NO")
    override = at_sight.request_override(registration.seats.get().pk, by=approver, reason="Why.", now=NOW)
    at_sight.confirm_override(override.pk, by=second_approver, now=NOW)
    new_day = session.starts_at.replace(year=2021)

    services.sessions.reschedule_session(
        session.pk, starts_at=new_day, ends_at=new_day.replace(hour=11), by=approver, now=NOW
    )
    carry_out()

    assert registration.seats.values_list("state", "outcome", "flagged_at").get() == (
        "approved",
        "review",
        None,
    )

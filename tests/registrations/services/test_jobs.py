"""Running BulkJobs."""

from datetime import timedelta

import pytest

from eligibility import rules
from registrations import services
from registrations.models import BulkJob, HistoryEntry, OutgoingMail, Seat
from registrations.services import expanding, jobs
from registrations.states import Move
from tests.registrations.factories import (
    ENDS,
    MINUTE,
    NOW,
    approve,
    carry_out,
    draft_without,
    make_guest,
    make_registration,
    publish,
    release,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(webinar, session):
    return [make_registration(webinar, [session]) for _number in range(5)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(jobs, "CHUNK", 2)


def approve_all(registrations, by):
    ids = [registration.seats.get().pk for registration in registrations]
    return services.start_bulk_decision(ids, decision=services.Decision(move=Move.APPROVE, by=by, now=NOW))


def test_a_job_goes_on_where_it_was_interrupted(many, approver, small_chunks):
    job = approve_all(many, approver)
    release()
    jobs.work_one_chunk(NOW)
    job.refresh_from_db()
    half_way = (job.state, job.changed, OutgoingMail.objects.count())

    carry_out()

    job.refresh_from_db()
    assert half_way == ("running", 2, 2)
    assert (job.state, job.changed, job.due_at, job.finished_at) == ("done", 5, None, NOW)
    assert OutgoingMail.objects.count() == 5


def test_reason_chosen_goes_with_the_job_to_every_seat(many, approver):
    seats = [person.seats.get().pk for person in many]
    decision = services.Decision(move=Move.REJECT, by=approver, now=NOW, reason_code="full")

    services.start_bulk_decision(seats, decision=decision)
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
    [("", "", services.ReasonNeeded), ("", "wish", services.ReasonDoesNotFit)],
    ids=["no reason", "reason of another decision"],
)
def test_bulk_decision_without_a_fitting_reason_is_refused(many, approver, reason, code, refusal):
    decision = services.Decision(move=Move.REJECT, by=approver, now=NOW, reason=reason, reason_code=code)

    with pytest.raises(refusal):
        services.start_bulk_decision([many[0].seats.get().pk], decision=decision)

    assert BulkJob.objects.count() == 0


def test_seat_that_a_colleague_decided_about_meanwhile_is_skipped_with_the_reason(
    many, approver, second_approver
):
    job = approve_all(many, approver)
    seat = many[1].seats.get()
    rejection = services.Decision(move=Move.CANCEL, by=second_approver, now=NOW, reason="Double.")
    services.decide_seats(many[1].pk, seat_ids=[seat.pk], decision=rejection)

    carry_out()

    job.refresh_from_db()
    assert (job.changed, job.skipped) == (4, 1)
    assert list(job.rows.values_list("seat", "reason")) == [
        (seat.pk, "“approve” is not possible: this one is “cancelled”.")
    ]
    assert list(many[1].mails.values_list("kind", flat=True)) == ["cancelled"]


def test_reason_for_leaving_somebody_alone_is_in_the_language_of_whoever_decided(many, approver):
    services.set_staff_language(approver.pk, language="fr")
    job = approve_all(many, approver)
    services.decide_seats(
        many[1].pk,
        seat_ids=[many[1].seats.get().pk],
        decision=services.Decision(move=Move.CANCEL, by=approver, now=NOW, reason="Double."),
    )

    carry_out()

    assert job.rows.get().reason.startswith("«\xa0approuver\xa0»")


def test_session_that_ends_half_way_through_leaves_the_rest_with_the_reason_and_told(
    many, approver, small_chunks
):
    job = approve_all(many, approver)
    release()
    jobs.work_one_chunk(ENDS - MINUTE)

    carry_out(ENDS)

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 2, 3, 0)
    assert set(job.rows.values_list("result", "reason")) == {("skipped", "This session is over.")}
    assert list(Seat.objects.order_by("pk").values_list("state", flat=True)) == (
        ["approved"] * 2 + ["cancelled"] * 3
    )
    told = OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["invitation"] * 2 + ["undecided"] * 3


def test_a_stopped_job_leaves_the_rest_alone(many, approver, small_chunks):
    job = approve_all(many, approver)
    release()
    jobs.work_one_chunk(NOW)

    services.stop_job(job.pk, by=approver, now=NOW)
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.changed) == ("stopped", 2)
    assert Seat.objects.filter(state="approved").count() == 2
    assert HistoryEntry.objects.filter(action="bulk_stopped").count() == 1


def test_stopping_a_finished_job_changes_nothing(many, approver):
    job = approve_all(many, approver)
    carry_out()

    assert services.stop_job(job.pk, by=approver, now=NOW).state == "done"


def test_sweep_is_stopped_between_chunks(many, approver, small_chunks):
    approve_all(many, approver)
    release()
    answers = iter([False, True])

    services.sweep(NOW, stop=lambda: next(answers))

    assert Seat.objects.filter(state="approved").count() == 2


def test_one_bad_row_fails_alone_and_says_so(many, approver, monkeypatch, caplog):
    job = approve_all(many, approver)
    bad = many[2].seats.get().pk
    invitation = expanding.mails.invitation

    def explode(seat, now):
        if seat.pk == bad:
            raise RuntimeError("Ada Person")
        return invitation(seat, now)

    monkeypatch.setattr("registrations.services.telling.mails.invitation", explode)
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 4, 0, 1)
    assert list(job.rows.values_list("seat", "result", "reason")) == [(bad, "failed", "failed: RuntimeError")]
    assert list(Seat.objects.exclude(state="approved").values_list("pk", flat=True)) == [bad]
    assert "Ada Person" not in caplog.text


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_takes_a_fixed_number_of_queries(
    webinar, session, approver, count, django_assert_num_queries
):
    approve_all([make_registration(webinar, [session]) for _number in range(count)], approver)
    release()

    with django_assert_num_queries(18):
        jobs.work_one_chunk(NOW)


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
    services.reassess(now=NOW)
    entries = HistoryEntry.objects.count()

    assert services.reassess(now=NOW) is None
    carry_out()

    assert HistoryEntry.objects.count() == entries
    assert BulkJob.objects.filter(kind="reassessment").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_reassessing_a_second_time_changes_no_row_and_posts_no_mail(webinar, session, approver, count):
    for _number in range(count):
        approve(make_registration(webinar, [session], country="TN"), approver)
    publish_without("TN")
    mails = OutgoingMail.objects.count()
    first = services.reassess(now=NOW)
    tables = (Seat, HistoryEntry, OutgoingMail, BulkJob)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    second = services.reassess(now=NOW + timedelta(hours=1))

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

    services.reassess(now=NOW)

    assert sorted(asked) == ["BE", "TN"]


def test_a_reassessment_goes_on_where_its_worker_crashed(many, small_chunks, monkeypatch):
    publish_without("TN")
    jobs.start_reassessment(NOW)
    jobs.work_one_chunk(NOW)
    with monkeypatch.context() as crash:
        crash.setattr(jobs, "_account", lambda *arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            jobs.work_one_chunk(NOW)
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
    jobs.start_reassessment(NOW)

    with django_assert_num_queries(19):
        jobs.work_one_chunk(NOW)

    assert HistoryEntry.objects.filter(action="reassessed").count() == count


def test_a_flagged_seat_is_kept_by_two_people(webinar, session, approver, second_approver):
    registration = approve(make_registration(webinar, [session], country="TN"), approver)
    publish_without("TN")
    carry_out()
    mails_before = OutgoingMail.objects.count()

    override = services.request_override(
        registration.seats.get().pk, by=approver, reason="Invited before.", now=NOW
    )
    services.confirm_override(override.pk, by=second_approver, now=NOW)

    seat = registration.seats.get()
    assert (seat.state, seat.flagged_at, seat.override) == ("approved", None, override)
    assert OutgoingMail.objects.count() == mails_before


def test_reassessment_leaves_guests_alone(webinar, session, approver):
    guest = make_guest(session, country="TN")
    registration = services.invite_guest(webinar.pk, guest=guest, by=approver, now=NOW)
    publish_without("TN")

    carry_out()

    assert registration.seats.values_list("outcome", "flagged_at").get() == ("", None)


def test_an_overridden_seat_is_not_flagged_when_its_verdict_changes(
    webinar, session, approver, second_approver
):
    registration = make_registration(webinar, [session], country="NO")
    override = services.request_override(registration.seats.get().pk, by=approver, reason="Why.", now=NOW)
    services.confirm_override(override.pk, by=second_approver, now=NOW)
    new_day = session.starts_at.replace(year=2021)

    services.reschedule_session(
        session.pk, starts_at=new_day, ends_at=new_day.replace(hour=11), by=approver, now=NOW
    )
    carry_out()

    assert registration.seats.values_list("state", "outcome", "flagged_at").get() == (
        "approved",
        "review",
        None,
    )

"""Assessing seats again, when the lists or their session's day have changed."""

from datetime import timedelta

import pytest

from eligibility import rules
from registrations import services
from registrations.models import (
    BulkJob,
    HistoryEntry,
    OutgoingMail,
    Seat,
)
from registrations.services.jobs import runner
from registrations.services.verdicts import reassessment
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    approve,
    carry_out,
    draft_without,
    make_guest,
    make_registration,
    publish,
)

pytestmark = pytest.mark.django_db


def test_a_corrigendum_flags_whom_it_excludes_and_leaves_the_decision_to_staff(webinar, session, approver):
    affected = approve(make_registration(webinar, [session], country="TN"), approver)
    unaffected = approve(make_registration(webinar, [session]), approver)
    mails_before = OutgoingMail.objects.count()
    publish(draft_without("TN"))

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


def test_seat_of_a_registration_that_has_ended_is_settled_and_its_verdict_stays(webinar, session):
    open_one = make_registration(webinar, [session])
    ended = make_registration(webinar, [session], state="expired")
    publish(draft_without("TN"))

    carry_out()
    reassessment.start_reassessment(NOW)

    seats = Seat.objects.order_by("pk").values_list("registration", "publication_number", "is_settled")
    assert list(seats) == [(open_one.pk, 2, False), (ended.pk, 1, True)]


def test_nobody_is_settled_while_somebody_is_due(webinar, session):
    make_registration(webinar, [session], state="expired")
    make_registration(webinar, [session])
    publish(draft_without("TN"))

    assert reassessment.start_reassessment(NOW) is not None

    assert not Seat.objects.filter(is_settled=True).exists()


def test_reassessing_twice_changes_nothing(webinar, session, approver):
    approve(make_registration(webinar, [session], country="TN"), approver)
    publish(draft_without("TN"))
    services.verdicts.reassess(now=NOW)
    entries = HistoryEntry.objects.count()

    assert services.verdicts.reassess(now=NOW) is None
    carry_out()

    assert HistoryEntry.objects.count() == entries
    assert BulkJob.objects.filter(kind="reassessment").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_reassessing_a_second_time_changes_no_row_and_posts_no_mail(webinar, session, approver, count):
    for _number in range(count):
        approve(make_registration(webinar, [session], country="TN"), approver)
    publish(draft_without("TN"))
    mails = OutgoingMail.objects.count()
    first = services.verdicts.reassess(now=NOW)
    tables = (Seat, HistoryEntry, OutgoingMail, BulkJob)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    second = services.verdicts.reassess(now=NOW + timedelta(hours=1))

    assert (first.changed, second) == (count, None)
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before
    assert OutgoingMail.objects.count() == mails


def test_a_chunk_asks_the_rules_once_for_each_country(webinar, session, monkeypatch):
    for country in ("TN", "TN", "BE"):
        make_registration(webinar, [session], country=country)
    publish(draft_without("TN"))
    asked = []
    assess = rules.assess
    monkeypatch.setattr(
        rules, "assess", lambda country, *rest: asked.append(country) or assess(country, *rest)
    )

    services.verdicts.reassess(now=NOW)

    assert sorted(asked) == ["BE", "TN"]


def test_a_reassessment_goes_on_where_its_worker_crashed(many, small_chunks, monkeypatch):
    publish(draft_without("TN"))
    reassessment.start_reassessment(NOW)
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
    publish(draft_without("TN"))
    reassessment.start_reassessment(NOW)

    with django_assert_num_queries(19):
        runner.work_one_chunk(NOW)

    assert HistoryEntry.objects.filter(action="reassessed").count() == count


def test_a_flagged_seat_is_kept_by_two_people(webinar, session, approver, second_approver):
    registration = approve(make_registration(webinar, [session], country="TN"), approver)
    publish(draft_without("TN"))
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
    publish(draft_without("TN"))

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

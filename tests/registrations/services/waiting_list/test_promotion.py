"""A place that becomes free goes to who is next on the waiting list."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import (
    Action,
    BulkJob,
    HistoryEntry,
    Registration,
    Seat,
)
from registrations.services.jobs import runner
from registrations.services.jobs.kinds import KINDS
from registrations.services.waiting_list import promotion
from registrations.states import Move
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    calendar_mails,
    carry_out,
    decide,
    kinds,
    make_registration,
)

pytestmark = pytest.mark.django_db


def states():
    return list(Seat.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(
    "frees",
    [
        lambda person, by: services.people.withdraw(person.pk, now=NOW),
        lambda person, by: decide(person, by, Move.REJECT),
        lambda person, by: decide(person, by, Move.CANCEL),
        lambda person, by: decide(person, by, Move.PUT_BACK),
    ],
    ids=["withdrawn", "rejected", "cancelled", "put back"],
)
def test_free_place_goes_by_itself_to_who_asked_first(full, approver, frees):
    frees(full[0], approver)

    services.sweep.run(NOW)
    services.sweep.run(NOW)

    assert states()[1:] == ["approved", "approved", "waitlisted", "requested"]
    assert calendar_mails(full[2])[-1][:2] == ("invitation", "REQUEST")
    assert kinds(full[3]) == ["waitlisted"]
    entry = HistoryEntry.objects.get(action=Action.PROMOTED)
    assert (entry.registration, entry.actor, entry.by) == (full[2], "system", None)


def test_more_places_go_to_the_waiting_list(full, two_places):
    type(two_places).objects.update(capacity=9)

    services.sweep.run(NOW)

    assert states() == ["approved"] * 4 + ["requested"]
    assert BulkJob.objects.get(kind=BulkJob.Kind.PROMOTION).total == 2


def test_place_in_a_session_without_a_date_is_kept_by_mail(full, approver, two_places):
    type(two_places).objects.update(starts_at=None, ends_at=None)
    decide(full[0], approver, Move.REJECT)

    services.sweep.run(NOW)

    assert kinds(full[2]) == ["waitlisted", "place_kept"]


def test_free_place_passes_over_who_is_not_eligible_any_more(full, approver):
    Seat.objects.filter(registration=full[2]).update(outcome="not_eligible")
    decide(full[0], approver, Move.REJECT)

    services.sweep.run(NOW)

    assert states()[2:4] == ["waitlisted", "approved"]


def test_nothing_is_written_while_nobody_can_have_the_place(full, approver):
    Seat.objects.filter(state="waitlisted").update(outcome="not_eligible")
    decide(full[0], approver, Move.REJECT)

    services.sweep.run(NOW)

    assert not BulkJob.objects.filter(kind=BulkJob.Kind.PROMOTION).exists()


def test_interrupted_promotion_goes_on_and_gives_no_place_twice(full, two_places, approver):
    type(two_places).objects.update(capacity=3)
    promotion.start_promotions(NOW)
    services.people.withdraw(full[2].pk, now=NOW)  # the first of the list, after the job was written

    services.sweep.run(NOW)

    assert states()[2:] == ["cancelled", "approved", "requested"]


def test_promotion_whose_place_was_taken_meanwhile_gives_no_more_than_there_are(full, two_places):
    type(two_places).objects.update(capacity=3)
    promotion.start_promotions(NOW)
    both = list(Seat.objects.filter(state="waitlisted").values_list("pk", flat=True))

    KINDS[BulkJob.Kind.PROMOTION].apply(BulkJob.objects.get(), both, NOW)

    assert states()[2:4] == ["approved", "waitlisted"]


def test_waiting_list_of_a_session_that_is_over_is_told_that_no_place_became_free(full, approver):
    decide(full[0], approver, Move.REJECT, now=ENDS - timedelta(seconds=1))

    services.sweep.run(ENDS)

    assert states() == ["rejected", "approved", "cancelled", "cancelled", "cancelled"]
    assert kinds(full[2]) == ["waitlisted", "undecided"]


def test_waiting_list_of_a_session_called_off_is_told_why(full, two_places, editor):
    services.sessions.cancel_session(two_places.pk, reason="A strike.", by=editor, now=NOW)
    carry_out()

    assert states() == ["cancelled"] * 5
    assert kinds(full[2]) == ["waitlisted", "session_cancelled"]


@pytest.mark.parametrize("move", [Move.REJECT, Move.PUT_BACK, Move.CANCEL])
def test_staff_take_somebody_off_the_waiting_list(full, approver, move):
    assert decide(full[2], approver, move)[0].changed


def test_person_gives_up_waiting(full):
    services.people.withdraw(full[2].pk, now=NOW)

    assert Registration.objects.get(pk=full[2].pk).seats.get().state == "cancelled"


@pytest.mark.parametrize("count", [1, 3])
def test_promoting_takes_a_fixed_number_of_queries(
    webinar, two_places, approver, count, django_assert_num_queries
):
    for _number in range(2):
        approve(make_registration(webinar, [two_places]), approver)
    for _number in range(count):
        decide(make_registration(webinar, [two_places]), approver, Move.WAITLIST)
    type(two_places).objects.update(capacity=9)
    promotion.start_promotions(NOW)

    with django_assert_num_queries(21):
        runner.work_one_chunk(NOW)

    assert states() == ["approved"] * (2 + count)


def test_sweep_asks_one_question_where_nobody_waits(webinar, session, django_assert_num_queries):
    with django_assert_num_queries(1):
        promotion.start_promotions(NOW)

"""Requests for an override that nobody answers: they lapse, which is on record and to be seen, and are refused."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import HistoryEntry, OutgoingMail, Override, Seat
from registrations.services.overrides import expiry
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import NOW, at_once, carry_out, decide, make_registration

pytestmark = pytest.mark.django_db

LAPSE = NOW + timedelta(hours=72)
SOON = LAPSE - timedelta(seconds=1)
WHY = "This request lapsed on 23 April 2020, 10:00, because nobody answered it. Ask for the exception again."


@pytest.fixture
def doubtful(webinar, session):
    return make_registration(webinar, [session], country="NO", ask_review=True).seats.get()


@pytest.fixture
def override(doubtful, approver):
    return at_sight.request_override(doubtful.pk, by=approver, reason="A partner.", now=NOW)


@pytest.fixture
def batch(webinar, session, approver):
    seats = [make_registration(webinar, [session], country="NO").seats.get().pk for _number in range(2)]
    return at_sight.request_overrides(seats, by=approver, reason="Partners.", now=NOW)


def actions():
    return list(HistoryEntry.objects.order_by("pk").values_list("action", "actor"))


def test_request_lapses_after_the_stated_time_and_history_says_so(override, doubtful, approver):
    early, late = expiry.lapse_overrides(SOON), expiry.lapse_overrides(LAPSE)

    override.refresh_from_db()
    assert (early, late, override.lapsed_at) == (0, 1, LAPSE)
    assert actions() == [("override_requested", "staff"), ("override_lapsed", "system")]
    assert HistoryEntry.objects.first().facts == {
        "reason": "A partner.",
        "outcome": "not_eligible",
        "requested_by": approver.pk,
    }
    doubtful.refresh_from_db()
    assert (doubtful.state, OutgoingMail.objects.count()) == ("requested", 0)


def test_stated_time_is_a_setting(override, settings):
    settings.OVERRIDE_LAPSES_AFTER = 24

    assert expiry.lapse_overrides(NOW + timedelta(hours=24)) == 1


def test_sweep_lapses_and_a_second_one_changes_nothing(override):
    services.sweep.run(LAPSE)
    services.sweep.run(LAPSE + timedelta(hours=1))

    override.refresh_from_db()
    assert (override.lapsed_at, len(actions())) == (LAPSE, 2)


@pytest.mark.parametrize("swept", [True, False], ids=["written down", "not yet swept"])
@pytest.mark.parametrize("answer", [at_sight.confirm_override, services.overrides.decline_override])
def test_lapsed_request_cannot_be_answered(answer, swept, override, second_approver):
    if swept:
        expiry.lapse_overrides(LAPSE)

    with pytest.raises(services.errors.OverrideNotPossible) as refused:
        answer(override.pk, by=second_approver, now=LAPSE)

    assert str(refused.value) == WHY
    assert Seat.objects.get().state == "requested"


@pytest.mark.parametrize("swept", [True, False], ids=["written down", "not yet swept"])
@pytest.mark.parametrize("answer", [at_sight.start_confirming, services.overrides.decline_batch])
def test_lapsed_batch_cannot_be_answered(answer, swept, batch, second_approver):
    if swept:
        expiry.lapse_overrides(LAPSE)

    with pytest.raises(services.errors.OverrideNotPossible) as refused:
        answer(batch, by=second_approver, now=LAPSE)

    assert str(refused.value) == WHY


def test_batch_confirmed_in_time_does_not_lapse_in_its_stop_window(batch, second_approver):
    at_sight.start_confirming(batch, by=second_approver, now=SOON)

    lapsed = expiry.lapse_overrides(LAPSE)
    carry_out(LAPSE)

    assert lapsed == 0
    assert set(Seat.objects.values_list("state", flat=True)) == {"approved"}


def test_batch_whose_confirmation_was_stopped_lapses(batch, second_approver):
    job = at_sight.start_confirming(batch, by=second_approver, now=SOON)
    services.jobs.stop_job(job.pk, by=second_approver, now=SOON)

    assert expiry.lapse_overrides(LAPSE) == 2


def test_override_can_be_asked_for_again_and_takes_the_place_of_the_lapsed_one(
    override, doubtful, approver, second_approver
):
    expiry.lapse_overrides(LAPSE)

    again = at_sight.request_override(doubtful.pk, by=approver, reason="Still.", now=LAPSE)
    at_sight.confirm_override(again.pk, by=second_approver, now=LAPSE)

    assert list(Override.objects.values_list("reason", "lapsed_at")) == [("Still.", None)]
    assert Seat.objects.get().state == "approved"


def test_decision_about_the_seat_ends_the_lapsed_request(override, doubtful, approver):
    expiry.lapse_overrides(LAPSE)

    decide(doubtful.registration, approver, Move.REJECT)

    assert not Override.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_lapsing_takes_a_fixed_number_of_queries(
    count, webinar, session, approver, django_assert_num_queries
):
    seats = [make_registration(webinar, [session], country="NO").seats.get().pk for _number in range(count)]
    at_sight.request_overrides(seats, by=approver, reason="Partners.", now=NOW)

    with django_assert_num_queries(13):
        lapsed = expiry.lapse_overrides(LAPSE)

    assert lapsed == count


@pytest.mark.django_db(transaction=True)
def test_lapsing_and_confirming_at_once_end_in_one_of_the_two(override, second_approver):
    lapsed, confirmed = at_once(
        lambda: expiry.lapse_overrides(LAPSE),
        lambda: at_sight.confirm_override(override.pk, by=second_approver, now=SOON),
    )

    override.refresh_from_db()
    outcome = (lapsed, override.lapsed_at is not None, override.confirmed_by_id is not None)
    assert outcome in ((1, True, False), (0, False, True))
    assert isinstance(confirmed, Seat if outcome[2] else services.errors.OverrideNotPossible)

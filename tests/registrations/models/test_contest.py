"""What may never be true of a contest, and which of them wait."""

import pytest
from django.db import IntegrityError

from registrations.models import Contest
from tests.registrations.factories import NOW, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(webinar, session):
    return make_registration(webinar, [session]).seats.get()


def test_contest_is_named_after_its_seat_and_open_until_it_is_answered(seat):
    contest = Contest(seat=seat, text="Look again.", created_at=NOW)

    assert (str(contest), contest.is_open) == (str(seat), True)
    assert Contest(seat=seat, answered_at=NOW).is_open is False


def test_second_open_contest_of_a_seat_is_refused(seat):
    seat.contests.create(text="Look again.", created_at=NOW)

    with pytest.raises(IntegrityError, match=r"UNIQUE|one_open_contest_per_seat"):
        seat.contests.create(text="And again.", created_at=NOW)


def test_contest_after_an_answered_one_is_taken(seat, approver):
    seat.contests.create(text="Look.", created_at=NOW, answer="No.", answered_by=approver, answered_at=NOW)

    seat.contests.create(text="Look again.", created_at=NOW)

    assert list(seat.contests.values_list("text", flat=True)) == ["Look again.", "Look."]


@pytest.mark.parametrize("missing", ["answer", "answered_by", "answered_at"])
def test_half_an_answer_is_refused(missing, seat, approver):
    whole = {"answer": "No.", "answered_by": approver, "answered_at": NOW}

    with pytest.raises(IntegrityError, match="contest_is_answered_wholly_or_not"):
        seat.contests.create(text="Look.", created_at=NOW, **{k: v for k, v in whole.items() if k != missing})


@pytest.mark.parametrize(
    ("country", "state", "contestable"),
    [
        pytest.param("BE", "rejected", True, id="eligible, rejected"),
        pytest.param("BE", "requested", False, id="eligible, requested"),
        pytest.param("BE", "cancelled", False, id="eligible, cancelled"),
        pytest.param("US", "requested", True, id="not eligible, requested"),
        pytest.param("US", "rejected", True, id="not eligible, rejected"),
        pytest.param("US", "approved", False, id="not eligible, approved by override"),
    ],
)
def test_seat_can_be_contested_where_the_result_is_against_the_person(
    country, state, contestable, webinar, session
):
    seat = make_registration(webinar, [session], country=country).seats.get()
    seat.state = state

    assert seat.can_be_contested is contestable


@pytest.mark.parametrize("state", ["unconfirmed", "withdrawn", "expired"])
def test_seat_of_a_registration_that_is_not_active_cannot_be_contested(state, webinar, session):
    seat = make_registration(webinar, [session], country="US", state=state).seats.get()

    assert seat.can_be_contested is False


def test_open_contests_are_those_that_wait_for_an_answer(seat, approver):
    seat.contests.create(text="Look.", created_at=NOW, answer="No.", answered_by=approver, answered_at=NOW)
    waiting = seat.contests.create(text="Look again.", created_at=NOW)

    assert list(Contest.objects.open()) == [waiting]
    assert all(contest.is_open == (contest == waiting) for contest in Contest.objects.all())

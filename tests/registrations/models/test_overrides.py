"""Which requests for an override each named query finds."""

from datetime import timedelta

import pytest

from registrations.models import Override
from tests.registrations.factories import ENDS, NOW, make_registration, make_session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ask(session, approver):
    """Return a function that asks for an override of a new seat."""

    def asked(to=session, **columns):
        seat = make_registration(to.webinar, [to], country="US").seats.get()
        values = {"reason": "Because.", "requested_by": approver, "requested_at": NOW, **columns}
        return Override.objects.create(seat=seat, **values)

    return asked


@pytest.fixture
def one_of_each(ask, second_approver):
    return {
        "open": ask(),
        "confirmed": ask(confirmed_by=second_approver, confirmed_at=NOW),
        "lapsed": ask(lapsed_at=NOW),
    }


@pytest.mark.parametrize(
    ("query", "finds"),
    [("open", {"open"}), ("unconfirmed", {"open", "lapsed"}), ("confirmed", {"confirmed"})],
)
def test_query_finds_how_requests_stand(one_of_each, query, finds):
    assert set(getattr(Override.objects, query)()) == {one_of_each[name] for name in finds}


def test_open_is_what_the_row_says(one_of_each):
    assert {row for row in one_of_each.values() if row.is_open} == set(Override.objects.open())


def test_unanswered_since_is_open_and_asked_then_or_before(one_of_each, ask):
    earlier = ask(requested_at=NOW - HOUR)

    assert set(Override.objects.unanswered_since(NOW - HOUR)) == {earlier}
    assert set(Override.objects.unanswered_since(NOW)) == {earlier, one_of_each["open"]}


def test_lapsed_leaves_out_sessions_that_are_over(one_of_each, ask, webinar):
    undated = ask(make_session(webinar, starts_at=None, ends_at=None), lapsed_at=NOW)

    assert set(Override.objects.lapsed(NOW)) == {one_of_each["lapsed"], undated}
    assert set(Override.objects.lapsed(ENDS)) == {undated}

"""Times and durations of reports, as people and programs write them."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.meeting_reports.times import Order, WrongTime, possible_orders, read_duration, read_moment

DAY, MONTH = Order.DAY_FIRST, Order.MONTH_FIRST
AT = datetime(2020, 4, 28, 8, 31, 5, tzinfo=UTC)  # 10:31:05 in Brussels


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2020-04-28 10:31:05", DAY),
        ("2020/04/28 10:31:05", MONTH),
        ("2020-04-28T08:31:05Z", DAY),
        ("2020-04-28T08:31:05.123+00:00", DAY),
        ("2020-04-28T05:31:05-03:00", DAY),
        ("28/04/2020 10:31:05", DAY),
        ("4/28/2020 10:31:05 AM", MONTH),
        ("04/28/20 10:31:05 a.m.", MONTH),
        ("28.04.2020 10:31:05", DAY),
        ("10:31:05 28-04-2020", DAY),
        ("28 April 2020 10:31:05", DAY),
        ("April 28, 2020 10:31:05 am Paris Time", DAY),
        ("28 avr. 2020 10:31:05", DAY),
        ("28. April 2020 10:31:05 Uhr", DAY),
        ("28 de abril de 2020 10:31:05", DAY),
        ("2020-04-28 08:31:05 GMT", DAY),
        ("2020-04-28 08:31:05 (UTC)", DAY),
        ("2020-04-28 11:31:05 GMT+03:00", DAY),
        ("4/28/2020 02:01:05 PM (GMT+5:30)", MONTH),
    ],
)
def test_read_moment(text, order):
    assert read_moment(text, order) == AT


@pytest.mark.parametrize(
    ("text", "hour"), [("12:05 AM", 0), ("12:05 PM", 12), ("11:05 p.m.", 23), ("13h05", 13)]
)
def test_read_moment_knows_the_clocks(text, hour):
    assert read_moment(f"2020-04-28 {text}", DAY, zone=UTC) == datetime(2020, 4, 28, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10:31",
        "2020-04-28",
        "28/04/2020 25:00",
        "31/02/2020 10:31",
        "28 Foo 2020 10:31",
        "28/04/2020 13:31 PM",
        "0/0/0 0:00",
        "2020-04-28 10:31 GMT+99:00",
        "x" * 200 + " 2020-04-28 10:31",
        "2020-04-28 10:31" + " " * 200,
    ],
)
def test_read_moment_refuses(text):
    with pytest.raises(WrongTime):
        read_moment(text, DAY)


@pytest.mark.parametrize(
    ("values", "orders"),
    [
        pytest.param(["05/06/2020 10:30", "06/06/2020"], {DAY, MONTH}, id="two ways"),
        pytest.param(["05/06/2020", "13/06/2020"], {DAY}, id="a day past the twelfth in front"),
        pytest.param(["05/06/2020", "6/13/2020"], {MONTH}, id="a day past the twelfth behind"),
        pytest.param(["28/04/2020", "4/28/2020"], set(), id="contradiction"),
        pytest.param(["2020-05-06 10:30", "", "28 April 2020"], {DAY}, id="no need to ask"),
        pytest.param(["05/05/2020"], {DAY}, id="the same in both"),
    ],
)
def test_possible_orders(values, orders):
    assert possible_orders(values) == orders


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1:59:30", 119.5),
        ("0:05", 5),
        ("119 mins", 119),
        ("119", 119),
        ("2 hr 5 min", 125),
        ("1 Std. 5 Min.", 65),
        ("1 heure 30 minutes", 90),
        ("1,5 h", 90),
        ("90 sec", 1.5),
        ("1h 2m 30s", 62.5),
    ],
)
def test_read_duration(text, minutes):
    assert read_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "long", "1" * 200])
def test_read_duration_refuses(text):
    with pytest.raises(WrongTime):
        read_duration(text)


NEAR = st.text(alphabet="0123456789:/-. TZapmhGMT+()²٣", max_size=40)


@given(NEAR | st.text(max_size=150), st.sampled_from(Order))
def test_nothing_but_wrong_time_is_raised(text, order):
    possible_orders([text])
    for read in (lambda: read_moment(text, order), lambda: read_duration(text)):
        with contextlib.suppress(WrongTime):
            read()

"""Brussels days."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from webinar_site.foundation import days


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2020, 4, 26, 21, 59, 59, tzinfo=UTC), date(2020, 4, 26)),
        (datetime(2020, 4, 26, 22, 0, 0, tzinfo=UTC), date(2020, 4, 27)),
    ],
    ids=["last second before the corrigendum", "first second of the corrigendum"],
)
def test_today_is_the_day_in_brussels(now, day):
    with time_machine.travel(now, tick=False):
        assert days.today() == day


@pytest.mark.parametrize(
    ("written", "day"),
    [("2020-04-28", date(2020, 4, 28)), ("0001-01-01", date.min), ("9999-12-31", date.max)],
)
def test_parse_day_reads(written, day):
    assert days.parse_day(written) == day


@pytest.mark.parametrize(
    "written",
    [
        "",
        "28/04/2020",
        "20200428",
        "2020-W18-2",
        "2020-4-28",
        "2020-02-30",
        "0000-01-01",
        "2020-04-28 ",
        "२०२०-०४-२८",
        "today",
    ],
)
def test_parse_day_refuses(written):
    with pytest.raises(days.NotADay):
        days.parse_day(written)

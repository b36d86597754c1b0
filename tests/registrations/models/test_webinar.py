"""What a webinar and its sessions say of themselves."""

from datetime import date, timedelta

import pytest

from registrations.models import SessionState, Webinar, WebinarSession
from tests.registrations.factories import ENDS, NOW, STARTS


@pytest.mark.parametrize(
    ("columns", "now", "word"),
    [
        ({}, NOW, "planned"),
        ({"starts_at": STARTS, "ends_at": ENDS}, ENDS - timedelta(seconds=1), "planned"),
        ({"starts_at": STARTS, "ends_at": ENDS}, ENDS, "over"),
        ({"starts_at": STARTS, "ends_at": ENDS, "state": SessionState.CANCELLED}, ENDS, "cancelled"),
    ],
    ids=["without a date", "until its end", "from its end on", "called off"],
)
def test_how_it_stands(columns, now, word):
    assert WebinarSession(**columns).how_it_stands(now) == word


@pytest.mark.parametrize(
    ("decide_by", "promised"),
    [(date(2020, 4, 20), date(2020, 4, 20)), (date(2020, 4, 19), None), (None, None)],
    ids=["to the end of that day", "not when it has passed", "none named"],
)
def test_promised_day(decide_by, promised):
    assert Webinar(decide_by=decide_by).promised_day(NOW) == promised

"""What a webinar and its sessions say of themselves, and which each named query finds."""

from datetime import date, time, timedelta

import pytest

from registrations.models import SessionState, Webinar, WebinarSession
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    make_agenda_item,
    make_registration,
    make_session,
)


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
    assert WebinarSession(**columns).status(now) == word


@pytest.mark.parametrize(
    ("decide_by", "promised"),
    [(date(2020, 4, 20), date(2020, 4, 20)), (date(2020, 4, 19), None), (None, None)],
    ids=["to the end of that day", "not when it has passed", "none named"],
)
def test_promised_day(decide_by, promised):
    assert Webinar(decide_by=decide_by).promised_day(NOW) == promised


MOMENTS = {"before": NOW, "during": STARTS, "at the end": ENDS}
DATES = {"dated": {"starts_at": STARTS, "ends_at": ENDS}, "undated": {"starts_at": None, "ends_at": None}}


@pytest.fixture
def one_of_each(webinar):
    """Make a session of each state, with and without a date."""
    return {
        (state, date_): make_session(webinar, state=state, **columns)
        for state in SessionState
        for date_, columns in DATES.items()
    }


@pytest.mark.django_db
def test_planned_dated_and_undated(one_of_each):
    sessions = WebinarSession.objects
    planned = {one_of_each["planned", "dated"], one_of_each["planned", "undated"]}
    dated = {one_of_each["planned", "dated"], one_of_each["cancelled", "dated"]}

    assert (set(sessions.planned()), set(sessions.dated())) == (planned, dated)
    assert set(sessions.undated()) == set(one_of_each.values()) - dated


@pytest.mark.django_db
@pytest.mark.parametrize("now", MOMENTS.values(), ids=MOMENTS)
def test_to_come_is_what_can_be_chosen(one_of_each, now):
    can_be_chosen = {session for session in one_of_each.values() if session.can_be_chosen(now)}

    assert set(WebinarSession.objects.to_come(now)) == can_be_chosen


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("columns", "seats", "is_waited_for"),
    [
        ({"capacity": 1}, ["waitlisted", "waitlisted"], True),
        ({"capacity": 1}, ["approved", "requested"], False),
        ({}, ["waitlisted"], False),
        ({"capacity": 1, "state": SessionState.CANCELLED}, ["waitlisted"], False),
    ],
    ids=["two wait", "nobody waits", "no limit", "called off"],
)
def test_waited_for_names_a_session_once(webinar, columns, seats, is_waited_for):
    session = make_session(webinar, **columns)
    for state in seats:
        make_registration(webinar, [session]).seats.update(state=state)

    assert list(WebinarSession.objects.waited_for()) == [session] * is_waited_for


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sessions", "now", "is_to_come", "is_past"),
    [
        ([DATES["dated"]], NOW, True, False),
        ([DATES["dated"]], ENDS, False, True),
        ([DATES["dated"], DATES["undated"]], ENDS, True, False),
        ([DATES["undated"]], NOW, False, False),
        ([{**DATES["dated"], "state": SessionState.CANCELLED}], NOW, False, True),
        ([], NOW, False, False),
    ],
    ids=["before", "over", "one to be confirmed", "none has a date", "called off", "no session"],
)
def test_webinars_to_come_and_past(webinar, sessions, now, is_to_come, is_past):
    for columns in sessions:
        make_session(webinar, **columns)

    assert Webinar.objects.to_come(now).exists() is is_to_come
    assert Webinar.objects.past(now).exists() is is_past


@pytest.mark.django_db
def test_timed_lines_of_the_agenda_have_a_time(session):
    timed = make_agenda_item(session, starts_at=time(10, 30))
    make_agenda_item(session)

    assert list(session.agenda_items.timed()) == [timed]

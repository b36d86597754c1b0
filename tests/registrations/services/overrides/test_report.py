"""The report of overrides: every request there was, and what became of it."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.services.overrides import expiry
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import NOW, decide, make_registration, make_session, make_webinar

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=72)


def doubtful(webinar, session):
    return make_registration(webinar, [session], country="NO", ask_review=True).seats.get()


def ask(seat, by, reason, now=NOW):
    return at_sight.request_override(seat.pk, by=by, reason=reason, now=now)


def report(webinar):
    """Return reason, how it stands, when that began and by whom, newest first."""
    rows = services.overrides.reported(services.overrides.override_requests(webinar.pk))
    return [
        (
            row.asked.facts["reason"],
            row.state,
            row.ended.at if row.ended else None,
            row.ended.by.username if row.ended and row.ended.by else "",
        )
        for row in rows
    ]


def test_report_says_of_every_request_how_it_stands(webinar, session, approver, second_approver):
    lapsed, waiting, confirmed, declined, overtaken = (doubtful(webinar, session) for _number in range(5))
    ask(lapsed, approver, "Lapsed.")
    expiry.lapse_overrides(LATER)
    ask(waiting, approver, "Waiting.", now=LATER)
    by, now = second_approver, LATER
    at_sight.confirm_override(ask(confirmed, approver, "Confirmed.", now=now).pk, by=by, now=now)
    services.overrides.decline_override(ask(declined, approver, "Declined.", now=now).pk, by=by, now=now)
    ask(overtaken, approver, "Overtaken.", now=now)
    decide(overtaken.registration, approver, Move.REJECT)

    assert report(webinar) == [
        ("Overtaken.", "ended by another decision, or by changed answers", None, ""),
        ("Declined.", "declined", LATER, "approver2"),
        ("Confirmed.", "confirmed", LATER, "approver2"),
        ("Waiting.", "waits for a second person", None, ""),
        ("Lapsed.", "lapsed unanswered", LATER, ""),
    ]


def test_requests_of_one_seat_are_told_apart_also_on_pages_of_their_own(
    webinar, session, approver, second_approver
):
    seat = doubtful(webinar, session)
    services.overrides.decline_override(ask(seat, approver, "First.").pk, by=second_approver, now=NOW)
    ask(seat, approver, "Second.")
    decide(seat.registration, approver, Move.REJECT)
    ask(seat, approver, "Third.")

    states = [
        services.overrides.reported([entry])[0].state
        for entry in services.overrides.override_requests(webinar.pk)
    ]

    assert states == [
        "waits for a second person",
        "ended by another decision, or by changed answers",
        "declined",
    ]


def test_report_is_about_one_webinar(webinar, session, approver):
    other = make_webinar()
    ask(doubtful(other, make_session(other)), approver, "Elsewhere.")

    assert report(webinar) == []


@pytest.mark.parametrize("count", [1, 3])
def test_report_takes_a_fixed_number_of_queries(count, webinar, session, approver, django_assert_num_queries):
    for _number in range(count):
        ask(doubtful(webinar, session), approver, "Why.")

    with django_assert_num_queries(3):
        rows = report(webinar)

    assert len(rows) == count

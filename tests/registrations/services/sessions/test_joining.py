"""Who is let into a meeting, when, and to which address."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import HistoryEntry, Seat, WebinarSession
from tests.registrations.factories import ENDS, NOW, STARTS, approve, make_registration, make_session

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OWN = "https://own.webex.com/j.php?MTID=m2"


@pytest.fixture
def approved_seat(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver).seats.get()


def test_join_returns_the_meeting_and_records_the_first_time(approved_seat):
    first = services.sessions.join(approved_seat.pk, now=STARTS - services.sessions.JOIN_OPENS)
    services.sessions.join(approved_seat.pk, now=STARTS)

    approved_seat.refresh_from_db()
    assert first == "https://sample-not-a-real-meeting.webex.com/j.php?MTID=m1"
    assert approved_seat.joined_at == STARTS - services.sessions.JOIN_OPENS
    assert HistoryEntry.objects.filter(action="joined").count() == 1


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (
            STARTS - services.sessions.JOIN_OPENS - timedelta(seconds=1),
            "The meeting opens 15 minutes before it starts.",
        ),
        (ENDS, "This session is over."),
    ],
    ids=["too early", "too late"],
)
def test_join_refuses_outside_its_window(approved_seat, now, message):
    with pytest.raises(services.errors.JoiningNotPossible, match=message):
        services.sessions.join(approved_seat.pk, now=now)


def test_join_refuses_who_has_no_place(webinar, session):
    seat = make_registration(webinar, [session]).seats.get()

    with pytest.raises(services.errors.JoiningNotPossible, match="does not open a meeting"):
        services.sessions.join(seat.pk, now=STARTS)


def test_join_refuses_without_a_date(webinar, later_session, approver):
    seat = approve(make_registration(webinar, [later_session]), approver).seats.get()

    with pytest.raises(services.errors.JoiningNotPossible, match="to be confirmed"):
        services.sessions.join(seat.pk, now=STARTS)


def test_join_refuses_without_a_meeting_address(webinar, approver):
    session = make_session(webinar, meeting_url="")
    seat = approve(make_registration(webinar, [session]), approver).seats.get()

    with pytest.raises(services.errors.JoiningNotPossible, match="not known yet"):
        services.sessions.join(seat.pk, now=STARTS)


def test_join_leads_to_the_personal_address_first(approved_seat):
    Seat.objects.update(meeting_url=OWN)

    assert services.sessions.join(approved_seat.pk, now=STARTS) == OWN


def test_join_follows_a_changed_address(approved_seat):
    WebinarSession.objects.update(meeting_url="https://other.webex.com/j.php?MTID=m3")

    assert services.sessions.join(approved_seat.pk, now=STARTS) == "https://other.webex.com/j.php?MTID=m3"


@pytest.mark.parametrize("model", [Seat, WebinarSession])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "http://sample-not-a-real-meeting.webex.com/",
        "https://sample-not-a-real-meeting.webex.com.evil.example/",
        "https://evilwebex.com/",
    ],
    ids=["other host", "http", "host as a prefix", "host as a part of a name"],
)
def test_join_refuses_an_address_that_a_row_should_not_have(approved_seat, model, address, caplog):
    model.objects.update(meeting_url=address)

    with pytest.raises(services.errors.JoiningNotPossible, match="has to be checked first"):
        services.sessions.join(approved_seat.pk, now=STARTS)

    assert Seat.objects.get().joined_at is None
    assert "outside MEETING_HOSTS" in caplog.text
    assert address not in caplog.text


def test_joining_window_moves_along_with_the_session(approved_seat, session, editor):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + DAY, ends_at=ENDS + DAY, by=editor, now=NOW
    )

    with pytest.raises(services.errors.JoiningNotPossible, match="The meeting opens 15 minutes before"):
        services.sessions.join(approved_seat.pk, now=STARTS)
    assert services.sessions.join(approved_seat.pk, now=STARTS + DAY - services.sessions.JOIN_OPENS)

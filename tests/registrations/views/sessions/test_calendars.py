from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from registrations.models import OutgoingMail, Registration, SessionState, WebinarSession
from registrations.states import RegistrationState, SeatState
from registrations.views.sessions import calendars
from tests.registrations.factories import approve, drain, make_registration, make_session

pytestmark = pytest.mark.django_db

PUBLIC = "/webinars/clusters/sessions/1.ics"
FEED = "/webinars/clusters/calendar.ics"


def events(response):
    return [
        (event["UID"].partition("@")[0], event["SEQUENCE"], event["STATUS"], event.get("ATTENDEE"))
        for event in Calendar.from_ical(response.content).walk("VEVENT")
    ]


def headers(response):
    names = (
        "Content-Type",
        "Content-Disposition",
        "Cache-Control",
        "X-Content-Type-Options",
        "Content-Length",
    )
    return {name: response.headers[name] for name in names}


def test_session_ics_holds_the_session_and_nobody(client, session, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(PUBLIC)

    assert events(response) == [(session.uid, 0, "CONFIRMED", None)]
    assert headers(response) == {
        "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
        "Content-Disposition": 'attachment; filename="webinar-session-1.ics"',
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(len(response.content)),
    }


def test_session_ics_not_changed_is_not_sent_again(client, session):
    etag = client.get(PUBLIC).headers["ETag"]

    assert client.get(PUBLIC, headers={"If-None-Match": etag}).status_code == 304

    WebinarSession.objects.update(sequence=1)

    assert client.get(PUBLIC, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"starts_at": None, "ends_at": None}, id="no date"),
        pytest.param({"state": SessionState.CANCELLED}, id="cancelled"),
    ],
)
def test_session_ics_of_what_is_not_to_be_held_is_not_found(client, session, fields):
    WebinarSession.objects.update(**fields)

    assert client.get(PUBLIC).status_code == 404


@pytest.mark.parametrize("number", ["2", "0", "9" * 30])
def test_session_ics_unknown_number_is_not_found(client, session, number):
    assert client.get(f"/webinars/clusters/sessions/{number}.ics").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_feed_holds_every_dated_session(client, webinar, later_session, django_assert_num_queries, count):
    for _number in range(count - 1):
        make_session(webinar)
    dated = webinar.sessions.filter(starts_at__isnull=False)

    with django_assert_num_queries(2):
        response = client.get(FEED)

    assert events(response) == [(session.uid, 0, "CONFIRMED", None) for session in dated]
    assert headers(response) == {
        "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
        "Content-Disposition": 'attachment; filename="webinar.ics"',
        "Cache-Control": "max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(len(response.content)),
    }


def test_feed_keeps_a_cancelled_session_as_cancelled(client, session):
    WebinarSession.objects.update(state=SessionState.CANCELLED, sequence=1)

    assert events(client.get(FEED)) == [(session.uid, 1, "CANCELLED", None)]


def test_feed_never_names_the_joining_address(client, session):
    for address in (FEED, PUBLIC):
        assert session.meeting_url.encode() not in client.get(address).content.replace(b"\r\n ", b"")


def own(registration, number=1):
    return f"/r/{registration.manage_token}/sessions/{number}.ics"


def test_manage_ics_is_for_the_approved(client, registration, session, approver, django_assert_num_queries):
    approve(registration, approver)
    session.refresh_from_db()

    with django_assert_num_queries(1):
        response = client.get(own(registration))

    assert events(response) == [(session.uid, session.sequence, "CONFIRMED", None)]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_calendar_file_is_written_once_for_everybody_who_is_told_the_same(client, webinar, session, approver):
    people = [make_registration(webinar, [session]) for _number in range(2)]
    for person in people:
        approve(person, approver)
    before = calendars._file.cache_info().misses

    one, other, public = (client.get(address) for address in (own(people[0]), own(people[1]), PUBLIC))

    assert one.content == other.content == public.content
    assert calendars._file.cache_info().misses == before + 1


@pytest.mark.parametrize("state", [SeatState.REQUESTED, SeatState.REJECTED, SeatState.CANCELLED])
def test_manage_ics_without_a_place_is_not_found(client, registration, state):
    registration.seats.update(state=state)

    assert client.get(own(registration)).status_code == 404


def test_manage_ics_without_a_date_is_not_found(client, registration, approver):
    approve(registration, approver)

    assert client.get(own(registration, 2)).status_code == 404


def test_manage_ics_after_withdrawal_is_not_found(client, registration, approver):
    approve(registration, approver)
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    assert client.get(own(registration)).status_code == 404


@pytest.mark.parametrize("address", [PUBLIC, FEED])
def test_calendar_file_only_reads(client, session, address):
    assert client.post(address).status_code == 405


@pytest.fixture
def ambiguous(webinar, session):
    """Return a second session that starts when 02:30 comes for the second time, as no service would let it."""
    starts_at = datetime(2020, 10, 25, 1, 30, tzinfo=UTC)
    return make_session(webinar, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def test_what_a_mail_could_not_say_stands_in_no_feed_and_no_download(
    client, webinar, session, ambiguous, approver, caplog
):
    person = approve(make_registration(webinar, [session, ambiguous], kind="guest"), approver)

    responses = [
        client.get(f"{place}/sessions/2.ics") for place in ("/webinars/clusters", f"/r/{person.manage_token}")
    ]

    assert [response.status_code for response in responses] == [404, 404]
    assert [uid for uid, *_about in events(client.get(FEED))] == [session.uid]
    assert [record.getMessage() for record in caplog.records if record.name == calendars.__name__] == [
        f"The calendar file of session {ambiguous.pk} does not say what it should."
    ] * 3


def test_mail_is_held_back_where_feed_and_download_say_nothing(webinar, ambiguous, approver, at_the_moment):
    approve(make_registration(webinar, [ambiguous], kind="guest"), approver)

    drain()

    assert OutgoingMail.objects.get().reply == "Held back: DTSTART is not the session's."

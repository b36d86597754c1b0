from datetime import timedelta

import pytest
import time_machine

from registrations import services
from registrations.models import (
    HistoryEntry,
    OutgoingMail,
    Registration,
    Seat,
    SessionState,
    WebinarSession,
)
from registrations.states import RegistrationState
from tests.registrations.factories import ENDS, NOW, STARTS, approve

pytestmark = pytest.mark.django_db


def joining_page(registration, session):
    return f"/join/{registration.seats.get(session=session).join_token}/"


@pytest.fixture
def admitted(registration, approver):
    return approve(registration, approver)


def test_join_page_before_the_time_says_when(client, admitted, session, django_assert_num_queries):
    address = joining_page(admitted, session)

    with django_assert_num_queries(1):
        response = client.get(address)

    opening = '<time datetime="2020-04-28T10:15:00+02:00" data-own>Tuesday 28 April 2020, 10:15 (Brussels time)</time>'
    assert f"You can join from {opening} until the end." in response.text
    assert "Join the meeting" not in response.text


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(STARTS - timedelta(minutes=15), id="15 minutes before"),
        pytest.param(ENDS - timedelta(seconds=1), id="just before the end"),
    ],
)
def test_join_page_opens_the_meeting(client, admitted, session, moment):
    address = joining_page(admitted, session)

    with time_machine.travel(moment, tick=False):
        page = client.get(address)
        response = client.post(address)

    assert "Join the meeting" in page.text
    assert (response.status_code, response.headers["Location"]) == (302, session.meeting_url)
    assert admitted.seats.get(session=session).joined_at == moment


def test_join_page_lets_its_form_lead_to_the_meeting(client, admitted, session):
    response = client.get(joining_page(admitted, session))

    policy = response.headers["Content-Security-Policy"].split("; ")
    assert (
        "form-action 'self' https://sample-not-a-real-meeting.webex.com https://webex.com https://*.webex.com"
        in policy
    )


def test_join_page_shows_what_is_needed_by_telephone(client, admitted, session):
    WebinarSession.objects.update(
        meeting_number="123 456",
        meeting_password="clusters",
        dial_in="+32 2 000 00 00",
        day_contact="Ask Ada",
    )

    page = client.get(joining_page(admitted, session)).text

    assert all(words in page for words in ("123 456", "clusters", "+32 2 000 00 00", "Ask Ada"))
    assert "https://sample" not in page


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        pytest.param(
            STARTS - timedelta(minutes=16), "The meeting opens 15 minutes before it starts.", id="early"
        ),
        pytest.param(ENDS, "This session is over.", id="over"),
    ],
)
def test_join_at_the_wrong_time_is_refused(client, admitted, session, moment, reason):
    address = joining_page(admitted, session)

    with time_machine.travel(moment, tick=False):
        response = client.post(address)

    assert response.status_code == 409
    assert reason in response.text
    assert admitted.seats.get(session=session).joined_at is None


def test_join_page_without_a_date(client, admitted, later_session):
    address = joining_page(admitted, later_session)

    assert "The date of this session is to be confirmed." in client.get(address).text
    assert client.post(address).status_code == 409


def test_join_page_of_somebody_not_admitted_shows_no_meeting(client, registration, session):
    WebinarSession.objects.update(meeting_password="clusters")
    address = joining_page(registration, session)

    with time_machine.travel(STARTS, tick=False):
        page = client.get(address)
        response = client.post(address)

    assert "This link does not open a meeting any more." in page.text
    assert "clusters</dd>" not in page.text
    assert response.status_code == 409


def test_join_page_of_a_cancelled_session_shows_no_meeting(client, admitted, session):
    WebinarSession.objects.update(state=SessionState.CANCELLED)

    assert "This link does not open a meeting any more." in client.get(joining_page(admitted, session)).text


def test_join_forged_token_says_how_to_get_a_new_link(client, webinar):
    response = client.post("/join/forged/")

    assert response.status_code == 404
    assert 'href="/webinars/clusters/my-link/"' in response.text


def test_join_page_is_personal(client, admitted, session):
    response = client.get(joining_page(admitted, session))

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def everything():
    tables = (HistoryEntry, OutgoingMail, Registration, Seat, WebinarSession)
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.mark.parametrize("method", ["get", "head"])
def test_join_page_changes_nothing_when_it_is_opened(client, admitted, session, method):
    before = everything()

    with time_machine.travel(STARTS, tick=False):
        response = getattr(client, method)(joining_page(admitted, session))

    assert (response.status_code, everything()) == (200, before)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_join_page_takes_no_other_method(client, admitted, session, method):
    assert getattr(client, method)(joining_page(admitted, session)).status_code == 405


def test_join_page_gives_the_time_to_the_script_that_adds_the_visitors_own(client, admitted, session):
    page = client.get(joining_page(admitted, session)).text

    assert (
        '<time datetime="2020-04-28T10:30:00+02:00" data-ends="2020-04-28T12:30:00+02:00">'
        "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)</time>"
    ) in page


def test_join_page_names_the_host_of_a_personal_address(client, admitted, session, settings):
    settings.MEETING_HOSTS = ["webex.com", "meet.example.eu"]
    Seat.objects.update(meeting_url="https://own.meet.example.eu/j")

    policy = client.get(joining_page(admitted, session)).headers["Content-Security-Policy"]

    assert (
        "form-action 'self' https://own.meet.example.eu https://webex.com https://*.webex.com "
        "https://meet.example.eu https://*.meet.example.eu"
    ) in policy.split("; ")


def test_join_page_of_an_address_that_is_not_allowed_leads_nowhere(client, admitted, session):
    WebinarSession.objects.update(meeting_url="https://evil.example/")

    with time_machine.travel(STARTS, tick=False):
        page = client.get(joining_page(admitted, session))
        response = client.post(joining_page(admitted, session))

    assert "form-action 'self'" in page.headers["Content-Security-Policy"].split("; ")
    assert response.status_code == 409
    assert "The address of the meeting has to be checked first." in response.text


def test_join_page_after_withdrawal_opens_no_meeting(client, admitted, session):
    services.people.withdraw(admitted.pk, now=NOW)

    with time_machine.travel(STARTS, tick=False):
        page = client.get(joining_page(admitted, session))
        response = client.post(joining_page(admitted, session))

    assert admitted.state == RegistrationState.ACTIVE  # as it was loaded
    assert "This link does not open a meeting any more." in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"].split("; ")
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({}, []),
        ({"slides_url": "https://files.example/s"}, ["Slides of session 1"]),
        (
            {
                "recording_url": "https://files.example/r",
                "slides_url": "https://files.example/s",
                "feedback_url": "https://files.example/f",
            },
            ["Recording of session 1", "Slides of session 1", "Tell us what you think of session 1"],
        ),
    ],
    ids=["none", "slides only", "all"],
)
def test_pages_have_the_links_once_the_session_is_over(client, admitted, session, links, expected):
    WebinarSession.objects.filter(pk=session.pk).update(**links)
    every = ("Recording of session 1", "Slides of session 1", "Tell us what you think of session 1")
    pages = (joining_page(admitted, session), f"/r/{admitted.manage_token}/")

    def shown(page):
        text = client.get(page).text
        return [words for words in every if words in text], text.count("https://files.example/")

    before = [shown(page) for page in pages]
    with time_machine.travel(ENDS, tick=False):
        after = [shown(page) for page in pages]

    assert before == [([], 0)] * 2
    assert after == [(expected, len(links))] * 2


def test_links_are_not_shown_to_somebody_without_a_place(client, registration, session):
    WebinarSession.objects.update(recording_url="https://files.example/r")

    with time_machine.travel(ENDS, tick=False):
        pages = [
            client.get(page).text
            for page in (joining_page(registration, session), f"/r/{registration.manage_token}/")
        ]

    assert ["https://files.example/r" in page for page in pages] == [False, False]


MARKER = "marker-of-the-meeting"


def test_no_calendar_file_names_the_address_of_the_meeting(client, admitted, session):
    WebinarSession.objects.update(meeting_url=f"https://all.webex.com/{MARKER}")
    Seat.objects.update(meeting_url=f"https://own.webex.com/{MARKER}")
    files = [
        "/webinars/clusters/calendar.ics",
        "/webinars/clusters/sessions/1.ics",
        f"/r/{admitted.manage_token}/sessions/1.ics",
    ]

    answers = [client.get(file) for file in files]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert not [answer for answer in answers if MARKER.encode() in answer.content.replace(b"\r\n ", b"")]


def test_no_log_line_names_the_address_of_the_meeting(client, admitted, session, caplog, capsys):
    Seat.objects.update(meeting_url=f"https://own.webex.com/{MARKER}")
    address = joining_page(admitted, session)

    with time_machine.travel(STARTS, tick=False):
        client.get(address)
        response = client.post(address)

    said = caplog.text + capsys.readouterr().out
    assert response.headers["Location"] == f"https://own.webex.com/{MARKER}"
    assert said.count("/join/") >= 2  # the access log was on
    assert MARKER not in said


def test_page_itself_does_not_name_the_address_of_the_meeting(client, admitted, session):
    Seat.objects.update(meeting_url=f"https://own.webex.com/{MARKER}")

    with time_machine.travel(STARTS, tick=False):
        assert MARKER not in client.get(joining_page(admitted, session)).text

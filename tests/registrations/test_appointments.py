from datetime import UTC, datetime

import pytest

from registrations import appointments, links
from registrations.ical import Appointment, Method, Person
from registrations.models import Registration, Seat, SessionState, Webinar, WebinarSession, own_domain
from tests.registrations.factories import ENDS, NOW, STARTS

CREATED = datetime(2020, 4, 1, 12, 0, tzinfo=UTC)
WEBINAR = Webinar(
    slug="clusters",
    title="The industrial cluster response",
    signature="Your Cluster Team",
    contact_email="clusters@example.eu",
)
ADA = Person("ada@example.org", "Ada Kovač")
DESCRIPTION = """\
To join, use the link in your invitation, or have it sent to you again:
https://webinars.example.eu/webinars/clusters/my-link/

The industrial cluster response
https://webinars.example.eu/webinars/clusters/

Questions: clusters@example.eu"""


@pytest.fixture(autouse=True)
def _own_addresses(settings):
    settings.SITE_URL = "https://webinars.example.eu"
    settings.DEFAULT_FROM_EMAIL = "webinars@example.eu"


def session(**fields):
    values = {
        "webinar": WEBINAR,
        "title": "Supply chains",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "place": "WebEx",
        "uid": "1" * 32,
        "sequence": 3,
        "created_at": CREATED,
        "changed_at": NOW,
        **fields,
    }
    return WebinarSession(**values)


EXPECTED = {
    "method": Method.PUBLISH,
    "uid": f"{'1' * 32}@example.eu",
    "sequence": 3,
    "stamp": NOW,
    "created": CREATED,
    "changed": NOW,
    "starts_at": STARTS,
    "ends_at": ENDS,
    "summary": "Supply chains",
    "description": DESCRIPTION,
    "place": "WebEx",
    "url": "https://webinars.example.eu/webinars/clusters/my-link/",
    "organiser": Person("webinars@example.eu", "Your Cluster Team"),
}


def test_appointment_for_a_session_as_it_stands():
    published = appointments.appointment_for(session(), method=Method.PUBLISH, stamp=NOW)

    assert published == Appointment(**EXPECTED)


def test_appointment_for_one_person():
    invitation = appointments.appointment_for(session(), method=Method.REQUEST, stamp=NOW, attendee=ADA)

    assert invitation == Appointment(**EXPECTED | {"method": Method.REQUEST, "attendee": ADA})


def test_appointment_for_a_cancelled_session_says_so():
    cancelled = session(state=SessionState.CANCELLED)

    published = appointments.appointment_for(cancelled, method=Method.PUBLISH, stamp=NOW)

    assert published == Appointment(**EXPECTED, called_off=True)


def test_appointment_for_refuses_a_session_without_a_date():
    with pytest.raises(ValueError, match="without a date"):
        appointments.appointment_for(session(starts_at=None, ends_at=None), method=Method.PUBLISH, stamp=NOW)


def test_cancellation_for_says_what_was_told_and_leaves_the_session_alone():
    moved = session(title="New title", starts_at=None, ends_at=None, place="Elsewhere", sequence=4)
    told = {
        "title": "Supply chains",
        "place": "WebEx",
        "starts_at": STARTS.isoformat(),
        "ends_at": ENDS.isoformat(),
    }
    person = Registration(email="ada@example.org", first_name="Ada", last_name="Kovač")

    cancellation = appointments.cancellation_for(
        Seat(registration=person, session=moved, told=told), stamp=NOW
    )

    assert cancellation == Appointment(**EXPECTED | {"method": Method.CANCEL, "sequence": 4, "attendee": ADA})
    assert (moved.title, moved.starts_at, moved.place) == ("New title", None, "Elsewhere")


def test_cancellation_for_refuses_somebody_who_was_never_invited():
    with pytest.raises(ValueError, match="never invited"):
        appointments.cancellation_for(Seat(session=session()), stamp=NOW)


@pytest.mark.parametrize(
    ("default_from_email", "person", "domain"),
    [
        pytest.param(
            "webinars@example.eu",
            Person("webinars@example.eu", "Your Cluster Team"),
            "example.eu",
            id="an address alone takes the webinar's signature",
        ),
        pytest.param(
            "Clusters <webinars@example.eu>",
            Person("webinars@example.eu", "Clusters"),
            "example.eu",
            id="a name of its own",
        ),
        pytest.param(
            "webinars@bücher.example",
            Person("webinars@bücher.example", "Your Cluster Team"),
            "xn--bcher-kva.example",
            id="a domain that is not ASCII",
        ),
    ],
)
def test_organiser_and_own_domain(settings, default_from_email, person, domain):
    settings.DEFAULT_FROM_EMAIL = default_from_email

    assert appointments.organiser(WEBINAR) == person
    assert own_domain() == domain


def test_page_is_on_site_url():
    assert links.page("manage", "abc") == "https://webinars.example.eu/r/abc/"

"""Awkward names and addresses, from the form to the bytes that leave: nothing gets a header or a calendar line in."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core import mail as outgoing
from icalendar import Calendar

from registrations import services
from registrations.forms import Gate
from registrations.models import OutgoingMail, Registration
from tests.registrations.factories import NOW, approve, drain
from webinar_site.foundation.plain_text import visible

pytestmark = pytest.mark.django_db

NAMES = [
    pytest.param('Ann "Nan"', "Ann 'Nan' Person", id="quotes"),
    pytest.param("Ann 🎉", "Ann 🎉 Person", id="emoji"),
    pytest.param("עדה أدا", "עדה أدا Person", id="right-to-left letters"),
    pytest.param("Ann\u202eliam\u202c", "Annliam Person", id="direction override"),
    pytest.param("Ann\u2028Bcc: eve@example.org", "Ann Bcc: eve@example.org Person", id="line separator"),
    pytest.param("Ann\x85ATTENDEE:x", "Ann ATTENDEE:x Person", id="next line"),
    pytest.param("Ann;CN=Eve:mailto,x", "Ann;CN=Eve:mailto,x Person", id="characters with a meaning"),
    pytest.param("A" * 80, f"{'A' * 80} Person", id="80 characters"),
]
ADDRESSES = [
    pytest.param("ann+webinar@example.org", "ann+webinar@example.org", id="plus"),
    pytest.param("ann@bücher.example", "ann@xn--bcher-kva.example", id="IDN"),
    pytest.param("O'Neill@Example.org", "O'Neill@Example.org", id="apostrophe and capitals"),
    pytest.param("ann@example.org.", "ann@example.org", id="trailing dot"),
    pytest.param(
        "\ufeffAnn <mailto:ann@example.org\u200f>;", "ann@example.org", id="pasted with what is around"
    ),
]
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]


@pytest.fixture
def answers(session):
    with time_machine.travel(NOW - timedelta(minutes=1), tick=False):
        opened = Gate()["opened"].field.widget.format_value(None)
    return {
        "first_name": "Ann",
        "last_name": "Person",
        "email": "ann@example.org",
        "organisation": "Cluster Süd",
        "organisation_type": "cluster_organisation",
        "country": "DE",
        "sessions": [session.pk],
        "privacy_acknowledged": "on",
        "opened": opened,
    }


@pytest.fixture
def invite(client, webinar, approver, answers, at_the_moment):
    """Return a function that takes somebody from the form to the invitation, and returns its message and its event."""

    def through_the_form(**changes):
        sent = client.post("/webinars/clusters/register/", answers | changes)
        assert sent.status_code == 307
        registration = services.people.confirm(Registration.objects.get().confirm_token, now=NOW)
        approve(registration, approver)
        drain()
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}
        message = message_from_bytes(outgoing.outbox[-1].message().as_bytes(), policy=policy.default)
        [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        [event] = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        return message, event

    return through_the_form


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_name_reaches_mail_and_calendar_on_one_line(invite, name, shown):
    message, event = invite(first_name=name)

    assert message.keys() == HEADERS
    assert [(str(who), who.params["CN"]) for who in event.attendees] == [("mailto:ann@example.org", shown)]
    greeting = message.get_body(("plain",)).get_content().splitlines()[0]
    assert greeting.replace('"', "'") == f"Dear {shown},"


@pytest.mark.parametrize(
    ("language", "greeting"),
    [("en", "Dear Suharto,"), ("fr", "Bonjour Suharto,"), ("de", "Guten Tag, Suharto!")],
)
def test_person_with_one_name_is_greeted_by_it(invite, client, language, greeting):
    client.cookies["django_language"] = language

    message, event = invite(first_name="\u200b ", last_name="Suharto")

    registration = Registration.objects.get()
    assert (registration.first_name, registration.full_name, registration.person_key) == (
        "",
        "Suharto",
        "suharto",
    )
    assert message.get_body(("plain",)).get_content().splitlines()[0] == greeting
    assert [who.params["CN"] for who in event.attendees] == ["Suharto"]


@pytest.mark.parametrize(("address", "written"), ADDRESSES)
def test_address_reaches_mail_and_calendar_alike(invite, address, written):
    message, event = invite(email=address)

    assert message.keys() == HEADERS
    assert (message["To"], [str(who) for who in event.attendees]) == (written, [f"mailto:{written}"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("first_name", "Ann\r\nBcc: eve@example.org", id="line break in the name"),
        pytest.param("last_name", "x" * 1000, id="name of 1,000 characters"),
        pytest.param("email", "ann@example.org\nBcc: eve@example.org", id="line break in the address"),
        pytest.param("email", "ann@example.org, eve@example.org", id="two addresses"),
        pytest.param("last_name", "\u3164\u2800", id="name of nothing that is seen"),
    ],
)
def test_what_is_refused_is_kept_on_the_form_and_writes_nothing(
    client, webinar, answers, at_the_moment, name, value
):
    response = client.post("/webinars/clusters/register/", answers | {name: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    assert response.context["form"][name].value() == visible(value)
    assert response.context["form"]["organisation"].value() == "Cluster Süd"
    assert (Registration.objects.count(), OutgoingMail.objects.count()) == (0, 0)

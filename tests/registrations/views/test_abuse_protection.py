import re
from datetime import timedelta

import pytest
import time_machine

from registrations.models import OutgoingMail, Registration
from registrations.views import abuse_protection
from registrations.views.abuse_protection import network_of
from tests.registrations.factories import NOW

pytestmark = pytest.mark.django_db

FORM = "/webinars/clusters/register/"
MY_LINK = "/webinars/clusters/my-link/"


@pytest.fixture
def few(monkeypatch):
    """Let a network send two forms, and a mailbox get one mail."""
    monkeypatch.setattr(
        abuse_protection,
        "OF_NETWORK",
        abuse_protection.services.people.Limit(most=2, span=timedelta(minutes=10)),
    )
    monkeypatch.setattr(
        abuse_protection,
        "OF_MAILBOX",
        abuse_protection.services.people.Limit(most=1, span=timedelta(hours=1)),
    )


def test_gate_stands_before_every_open_form(client, session):
    for address in (FORM, MY_LINK):
        page = client.get(address).text
        assert '<div class="trap" aria-hidden="true">' in page
        assert 'name="opened"' in page


def test_gate_keeps_out_what_fills_in_the_trap_and_loses_nothing(client, answers):
    response = client.post(FORM, {**answers, "website": "https://spam.example"})

    assert response.status_code == 422
    assert "A field that has to stay empty was filled in." in response.text
    assert "spam.example" not in response.text
    assert 'value="Cluster Süd"' in response.text
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("stamp", "later", "message"),
    [
        pytest.param(None, timedelta(), "This page was open for too long", id="no stamp"),
        pytest.param("opened:1nbOYn:forged", timedelta(), "This page was open for too long", id="forged"),
        pytest.param("\x00" * 9, timedelta(), "Null characters are not allowed.", id="null bytes"),
        pytest.param(..., timedelta(minutes=-1), "faster than anybody", id="at once"),
        pytest.param(..., timedelta(seconds=-58), "faster than anybody", id="after two seconds"),
        pytest.param(..., timedelta(hours=24), "This page was open for too long", id="after a day"),
    ],
)
def test_gate_wants_a_stamp_of_the_right_age(client, answers, stamp, later, message):
    sent = {key: value for key, value in answers.items() if key != "opened"}
    if stamp is not None:
        sent["opened"] = answers["opened"] if stamp is ... else stamp

    with time_machine.travel(NOW + later, tick=False):
        response = client.post(FORM, sent)

    assert response.status_code == 422
    assert message in response.text
    assert 'value="Cluster Süd"' in response.text
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "later",
    [timedelta(seconds=-57), timedelta(hours=23, minutes=59)],
    ids=["after three seconds", "within a day"],
)
def test_gate_lets_people_take_their_time(client, answers, later):
    with time_machine.travel(NOW + later, tick=False):
        response = client.post(FORM, answers)

    assert response.status_code == 307


def test_gate_gives_a_refused_form_a_new_stamp(client, answers):
    page = client.post(FORM, {**answers, "opened": ""}).text
    stamp = re.search(r'name="opened" value="([^"]+)"', page)

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        response = client.post(FORM, {**answers, "opened": stamp[1]})

    assert response.status_code == 307


def test_gate_stops_a_network_that_sends_too_often(client, answers, few):
    others = [{**answers, "email": f"person{number}@example.org"} for number in range(3)]

    responses = [client.post(FORM, sent, REMOTE_ADDR="192.0.2.1") for sent in others]
    elsewhere = client.post(FORM, others[2], REMOTE_ADDR="192.0.2.2")

    assert [response.status_code for response in responses] == [307, 307, 429]
    assert responses[2].headers["Retry-After"] == "600"
    assert "Please wait 10 minutes, then send it again" in responses[2].text
    assert 'value="person2@example.org"' in responses[2].text
    assert elsewhere.status_code == 307


def test_gate_gives_unknown_networks_a_limit_of_their_own(client, answers, few, monkeypatch):
    monkeypatch.setattr(
        abuse_protection,
        "OF_UNKNOWN",
        abuse_protection.services.people.Limit(most=3, span=timedelta(minutes=10)),
    )
    others = [{**answers, "email": f"person{number}@example.org"} for number in range(4)]

    responses = [
        client.post(FORM, sent, REMOTE_ADDR=at)
        for sent, at in zip(others, ("", "unix:", "?", ""), strict=True)
    ]

    assert [response.status_code for response in responses] == [307, 307, 307, 429]


@pytest.mark.parametrize(
    ("headers", "statuses"),
    [
        (("203.0.113.5:1", "203.0.113.5:2", "203.0.113.5:3"), [307, 307, 429]),
        (("[2001:db8::1]:1", "2001:db8::2", '"[2001:db8::3]"'), [307, 307, 429]),
        (("203.0.113.5", "203.0.113.6", "203.0.113.7"), [307, 307, 307]),
        (("unknown", "_hidden", "unknown"), [307, 307, 307]),
    ],
    ids=["ports of one address", "one IPv6 network", "three addresses", "unknown"],
)
def test_gate_counts_by_the_address_that_the_proxy_saw(client, answers, few, settings, headers, statuses):
    settings.TRUSTED_PROXIES = 1
    others = [{**answers, "email": f"person{number}@example.org"} for number in range(3)]

    responses = [
        client.post(FORM, sent, HTTP_X_FORWARDED_FOR=header)
        for sent, header in zip(others, headers, strict=True)
    ]

    assert [response.status_code for response in responses] == statuses


def test_gate_opens_again_when_the_span_is_over(client, answers, few):
    sent = [{**answers, "email": f"person{number}@example.org"} for number in range(3)]
    for each in sent:
        client.post(FORM, each)

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        response = client.post(FORM, sent[2])

    assert response.status_code == 307


@pytest.mark.parametrize("email", ["ada@example.org", "eve@example.org"], ids=["known", "unknown"])
def test_gate_stops_mail_to_one_mailbox_known_or_not(client, registration, opened, few, email):
    sent = {"email": email, "opened": opened}

    first = client.post(MY_LINK, sent)
    second = client.post(MY_LINK, {**sent, "email": email.upper()})

    assert (first.status_code, second.status_code) == (200, 429)
    assert second.headers["Retry-After"] == "3600"
    assert OutgoingMail.objects.count() == (email == "ada@example.org")


def test_gate_counts_mailboxes_of_complete_forms_only(client, answers, few):
    incomplete = client.post(FORM, {**answers, "last_name": ""})
    complete = client.post(FORM, answers)

    assert (incomplete.status_code, complete.status_code) == (422, 307)


def test_gate_counts_each_form_for_itself(client, answers, opened, few):
    client.post(FORM, answers)

    response = client.post(MY_LINK, {"email": answers["email"], "opened": opened})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_network_of_an_address(address, network):
    assert network_of(address) == network

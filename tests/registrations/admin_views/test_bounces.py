"""Letting mail go again to an address that bounced."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import mails
from registrations.models import HistoryEntry, Registration
from tests.registrations.admin_views.reading import messages, words
from tests.registrations.factories import NOW, make_registration


def make_bounced(webinar, **fields):
    return make_registration(webinar, bounced_at=NOW, bounce_reply="5.1.1 <b>User unknown", **fields)


@pytest.fixture
def ada(webinar):
    return make_bounced(webinar, email="ada@example.org")


def url_of(registration):
    return reverse("admin:registrations_registration_retry_address", args=[registration.pk])


def write_failed(registration, number):
    mail = mails.withdrawn(registration, NOW)
    mail.state, mail.due_at, mail.dedupe_key = "failed", None, f"failed:{number}"
    mail.save()


def test_page_says_what_came_back_and_whom_else_it_is_about(ada, webinar, approver, client):
    make_bounced(webinar, email="ADA@example.org", state="expired")
    for number in range(2):
        write_failed(ada, number)

    page = words(client.get(url_of(ada)))

    assert "Mail to ada@example.org came back, 20 April 2020" in page
    assert "<blockquote><p>5.1.1 &lt;b&gt;User unknown</p></blockquote>" in page
    assert "1 other registration has the same address; mail goes again to it too." in page
    assert "2 mails to this address were never sent. They stay unsent" in page


def test_page_about_one_registration_names_no_others(ada, approver, client):
    page = words(client.get(url_of(ada)))

    assert ("has the same address" in page, "never sent" in page) == (False, False)


def test_post_lets_mail_go_again(ada, approver, client):
    response = client.post(url_of(ada), follow=True)

    assert messages(response) == ["Mail goes to this address again."]
    assert list(Registration.objects.values_list("bounced_at", "bounce_reply")) == [(None, "")]
    assert list(HistoryEntry.objects.values_list("action", "by__username")) == [
        ("address_retried", "approver")
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_address_that_did_not_bounce_is_told_kindly(method, webinar, approver, client):
    registration = make_registration(webinar)

    response = getattr(client, method)(url_of(registration), follow=True)

    assert messages(response) == ["Mail goes to this address already."]
    assert list(HistoryEntry.objects.all()) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_not_found(method, db, approver, client):
    url = reverse("admin:registrations_registration_retry_address", args=[0])

    assert getattr(client, method)(url).status_code == 404


def test_page_takes_the_same_queries_for_one_and_three_others(ada, webinar, approver, client):
    counts = []
    for more in (1, 2):
        for number in range(more):
            make_bounced(webinar, email="ada@example.org", state="expired")
            write_failed(ada, f"{more}:{number}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url_of(ada)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]

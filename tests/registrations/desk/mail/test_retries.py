"""Letting mail go again to an address that bounced."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy

from registrations import mails, services
from registrations.models import HistoryEntry, Registration
from tests.pages import drawn_on
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, make_registration

pytestmark = pytest.mark.usefixtures("signed_in")


def make_bounced(webinar, **fields):
    return make_registration(webinar, bounced_at=NOW, bounce_reply="5.1.1 <b>User unknown", **fields)


@pytest.fixture
def ada(webinar):
    return make_bounced(webinar, email="ada@example.org")


def url_of(registration):
    return reverse("admin:registrations_registration_retry_address", args=[registration.pk])


def write_withheld(registration, number, **columns):
    mail = mails.withdrawn(registration, NOW)
    mail.state, mail.due_at, mail.dedupe_key = "withheld", None, f"withheld:{number}"
    mail.attempts, mail.reply = 1, "Not sent"
    for name, value in columns.items():
        setattr(mail, name, value)
    mail.save()
    return mail


def test_page_says_what_came_back_whom_else_it_is_about_and_what_was_withheld(ada, webinar, approver, client):
    make_bounced(webinar, email="ADA@example.org", state="expired")
    for number in range(2):
        write_withheld(ada, number)
    write_withheld(ada, 2, recipient="old@example.org")

    page = words(client.get(url_of(ada)))

    assert "Mail to ada@example.org came back, 20 April 2020" in page
    assert "<blockquote><p>5.1.1 &lt;b&gt;User unknown</p></blockquote>" in page
    assert "2 registrations have this mark for these addresses; it is lifted in all of them." in page
    assert "<p>Withheld since:</p> <ul><li>withdrawal confirmed (2)</li></ul>" in page


def test_page_about_one_registration_names_no_others(ada, approver, client):
    page = words(client.get(url_of(ada)))

    assert ("this mark" in page, "Withheld" in page, "send_withheld" in page) == (False, False, False)


def test_post_lets_mail_go_again(ada, approver, client):
    response = client.post(url_of(ada), follow=True)

    assert messages(response) == ["Mail goes to 1 address again."]
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
            write_withheld(ada, f"{more}:{number}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url_of(ada)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


# Many at once

MANY = reverse_lazy("admin:registrations_registration_retry_addresses")


def choose(client, *registrations):
    """Tick these in the list, and choose the action."""
    return client.post(
        reverse("admin:registrations_registration_changelist"),
        {"action": "retry", "_selected_action": [row.pk for row in registrations]},
        follow=True,
    )


def test_action_shows_what_servers_said_of_the_chosen_addresses(ada, webinar, approver, client):
    other, fine = make_bounced(webinar), make_registration(webinar)
    write_withheld(other, 1)

    page = words(choose(client, ada, other, fine))

    assert "Mail goes again to 2 addresses. What mail servers said, and how often:" in page
    assert "<ul><li>5.1.1 &lt;b&gt;User unknown (2)</li></ul>" in page
    assert "<ul><li>withdrawal confirmed (1)</li></ul>" in page
    assert f'<input type="hidden" name="registrations" value="{ada.pk},{other.pk},{fine.pk}"' in page
    assert list(Registration.objects.filter(bounced_at=None)) == [fine]


def test_action_about_addresses_that_work_offers_nothing(webinar, approver, client):
    page = words(choose(client, make_registration(webinar)))

    assert ("Mail goes to all of these addresses already." in page, 'name="registrations"' in page) == (
        True,
        False,
    )


def test_action_refuses_more_than_one_page_can_answer_for(ada, webinar, approver, client, monkeypatch):
    monkeypatch.setattr(services.mail, "MOST_RETRIED", 1)

    assert messages(choose(client, ada, make_bounced(webinar))) == ["Choose 1 at most."]


def shown(client, ids):
    """Return what the page about these registrations sends."""
    about = {"registrations": str(ids)}
    return about | drawn_on(client, MANY, about)


def test_post_about_many_lets_mail_go_again_and_sends_what_was_withheld(ada, webinar, approver, client):
    mail = write_withheld(ada, 1)
    ids = f"{ada.pk},{make_bounced(webinar).pk}"

    response = client.post(MANY, shown(client, ids) | {"send_withheld": "on"}, follow=True)

    assert messages(response) == ["Mail goes to 2 addresses again.", "1 withheld mail is sent now."]
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.reply) == ("waiting", 0, "")


def test_post_without_the_tick_leaves_what_was_withheld(ada, approver, client):
    mail = write_withheld(ada, 1)

    client.post(MANY, shown(client, ada.pk))

    mail.refresh_from_db()
    assert (mail.state, Registration.objects.get().bounced_at) == ("withheld", None)


def test_second_post_is_told_kindly(ada, approver, client):
    page = shown(client, ada.pk)
    client.post(MANY, page)

    response = client.post(MANY, page, follow=True)

    assert messages(response)[-1:] == ["Mail goes to this address already."]
    assert HistoryEntry.objects.filter(action="address_retried").count() == 1


def test_page_that_shows_what_is_no_longer_so_lets_no_mail_go(ada, approver, client):
    page = shown(client, ada.pk)
    Registration.objects.update(bounced_at=NOW, bounce_reply="550 No such user, again.")

    response = client.post(MANY, page)

    assert "What this page shows was changed while it was open" in words(response)
    assert Registration.objects.get().bounced_at == NOW


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("value", ["", "x", "1,", "9" * 30])
def test_ids_that_are_none_are_not_found(value, method, db, approver, client):
    assert getattr(client, method)(MANY, {"registrations": value}).status_code == 404


def test_page_about_many_takes_the_same_queries_for_one_and_three(webinar, approver, client):
    rows = [make_bounced(webinar) for _number in range(3)]
    for number, row in enumerate(rows):
        write_withheld(row, number)
    counts = []
    for chosen in (rows[:1], rows):
        with CaptureQueriesContext(connection) as queries:
            client.get(MANY, {"registrations": ",".join(str(row.pk) for row in chosen)})
        counts.append(len(queries))

    assert counts[0] == counts[1]

"""Sending a mail again from its page."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from registrations import services
from registrations.models import OutgoingMail
from registrations.states import RegistrationState
from tests.pages import drawn_on
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import NOW, approve, make_registration, make_user

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def mail(webinar, session, approver):
    """Return an invitation that was sent."""
    approve(make_registration(webinar, [session], email="ada@example.org"), approver)
    call_command("deliver_mail", verbosity=0)
    return OutgoingMail.objects.get()


def url_of(mail):
    return reverse("admin:registrations_outgoingmail_resend", args=[mail.pk])


def mail_page(client, mail):
    return client.get(reverse("admin:registrations_outgoingmail_change", args=[mail.pk])).content.decode()


def test_mail_page_leads_to_sending_it_again(mail, client):
    assert f'href="{url_of(mail)}">Send again<' in mail_page(client, mail)


def test_mail_page_offers_nothing_while_the_mail_waits(webinar, session, approver, client):
    approve(make_registration(webinar, [session]), approver)

    assert "Send again" not in mail_page(client, OutgoingMail.objects.get())


@pytest.mark.parametrize("group", ["Auditors", "Data protection"])
def test_mail_page_offers_nothing_to_those_who_may_not(group, mail, client):
    client.force_login(make_user("somebody", group))

    assert "Send again" not in mail_page(client, mail)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("group", ["Editors", "Auditors", "Rule keepers", "Data protection"])
def test_page_is_for_approvers_only(group, method, mail, client):
    client.force_login(make_user("somebody", group))

    assert getattr(client, method)(url_of(mail)).status_code == 403
    assert OutgoingMail.objects.count() == 1


def test_page_says_what_goes_to_whom_without_personal_links(mail, client):
    response = client.get(url_of(mail))

    page = words(response)
    assert "One mail goes to ada@example.org again, in these words:" in page
    assert "<h2>Invitation: Supply chains, Tuesday 28 April 2020" in page
    assert "With the calendar file as before: METHOD REQUEST, SEQUENCE 1." in page
    assert ("/join/…" in page, mail.seat.join_token in page) == (True, False)
    assert OutgoingMail.objects.count() == 1


def test_post_sends_it_again_and_leads_to_the_new_mail(mail, client):
    response = client.post(url_of(mail), follow=True)

    again = OutgoingMail.objects.latest("pk")
    assert messages(response) == ["The mail is sent again; this is the new one."]
    assert response.redirect_chain == [
        (reverse("admin:registrations_outgoingmail_change", args=[again.pk]), 302)
    ]
    assert again.resend_of == mail
    page = response.content.decode()
    assert reverse("admin:registrations_outgoingmail_change", args=[mail.pk]) in page


def test_page_says_why_a_mail_cannot_be_sent_again(mail, client):
    mail.registration.state = RegistrationState.WITHDRAWN
    mail.registration.save()

    page = words(client.get(url_of(mail)))

    assert "This mail cannot be sent again. This registration is no longer active." in page
    assert 'type="submit"' not in page.split("<blockquote>")[1]


def test_post_from_a_page_opened_before_is_refused_with_the_reason(mail, approver, client):
    page = drawn_on(client, url_of(mail))
    services.mail.resend_mail(mail.pk, by=approver, now=NOW)

    response = client.post(url_of(mail), page)

    assert "This mail is already being sent again." in words(response)
    assert OutgoingMail.objects.count() == 2


def test_page_of_a_mail_that_is_not_there_is_not_found(approver, client):
    assert client.get(reverse("admin:registrations_outgoingmail_resend", args=[4711])).status_code == 404

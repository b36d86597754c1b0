"""The envelope that mails go out in, at a real mail server."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations import mails
from registrations.delivery import Delivered
from registrations.models import OutgoingMail, Registration
from tests.registrations.factories import drain, make_registration, make_webinar

pytestmark = pytest.mark.django_db

BOUNCED_AT = datetime(2020, 4, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def registration(db):
    return make_registration(make_webinar())


def write(registration):
    """Write a mail that has been due for a minute."""
    mail = mails.withdrawn(registration, timezone.now() - timedelta(minutes=1))
    mail.save()
    return mail


def mark(registration, words="5.1.1 User unknown"):
    Registration.objects.filter(pk=registration.pk).update(bounced_at=BOUNCED_AT, bounce_reply=words)


def test_sender_of_the_envelope_is_the_organiser_unless_bounces_have_a_mailbox(registration, mail_server):
    write(registration)

    drain()

    assert [received.sender for received in mail_server.received] == ["webinars@localhost.localdomain"]


def test_sender_of_the_envelope_names_the_mail_and_the_header_stays(registration, mail_server, settings):
    settings.BOUNCE_ADDRESS = "bounces@example.eu"
    mail = write(registration)

    drain()

    own_id = mail.message_id.removeprefix("<").partition("@")[0]
    (received,) = mail_server.received
    assert received.sender == f"bounces+{own_id}@example.eu"
    assert b"\r\nMessage-ID: <" + own_id.encode() + b"@localhost.localdomain>\r\n" in received.data
    assert received.data.startswith(b"From: Your Cluster Team <webinars@localhost.localdomain>\r\n")


def test_mail_with_a_message_id_of_another_making_comes_back_to_the_organiser(registration, settings):
    settings.BOUNCE_ADDRESS = "bounces@example.eu"
    mail = mails.confirm_address(registration, timezone.now())
    mail.message_id = "<late@example.org>"

    assert mails.envelope_sender(mail) == "webinars@localhost.localdomain"


@pytest.mark.parametrize("attempts", [0, 1], ids=["never tried", "tried before"])
def test_mail_to_an_address_that_bounced_ends_as_withheld_and_says_since_when(
    attempts, registration, mail_server
):
    mail = write(registration)
    if attempts:
        mail.raw, mail.attempts = b"Subject: hello\r\n\r\n", attempts
        mail.save()
    mark(registration)

    assert drain() == Delivered(failed=1)

    assert mail_server.received == []
    assert OutgoingMail.objects.values_list("state", "due_at", "claim", "reply").get() == (
        "withheld",
        None,
        None,
        "Not sent: mail to this address came back on 21 April 2020, 10:00, and nobody has tried it again since.",
    )


def test_mail_to_another_address_of_the_person_goes_out(registration, mail_server):
    write(registration)
    mark(registration)
    Registration.objects.update(email="ada@example.eu", email_key="ada@example.eu")

    assert drain() == Delivered(sent=1)


def test_mark_costs_one_query_for_each_mail(registration):
    mail = write(registration)
    mark(registration)

    with CaptureQueriesContext(connection) as queries:
        assert mails.why_withheld(mail)

    assert len(queries) == 1

"""From the mail that a server received from us back to the row it came from, with nothing made up in between."""

from email import message_from_bytes, policy

import pytest
from django.core.management import call_command

from registrations import services
from registrations.services.mail.returned_mail import ReturnResult
from tests.registrations.factories import NOW, approve, make_registration
from tests.registrations.returned import MAIL_ID, lines, postfix_bounce

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]

TO_ZOE = (b"rfc822; ada@example.org", b"rfc822; zoe.ada@xn--bcher-kva.example")


@pytest.fixture
def received(webinar, session, approver, mail_server, settings):
    """Return an invitation as the mail server got it."""
    settings.BOUNCE_ADDRESS = "bounces@example.eu"
    approve(make_registration(webinar, [session], email="Zoe.Ada@Bücher.example"), approver)
    call_command("deliver_mail", verbosity=0)
    return mail_server.received[0]


def test_bounce_to_the_sender_of_the_envelope_finds_its_mail(received):
    bounce = postfix_bounce("0" * 32, to=received.sender).replace(*TO_ZOE)

    assert services.mail.returned_mail.take_message(bounce, now=NOW) is ReturnResult.BOUNCED


def test_bounce_with_the_mail_as_it_was_received_finds_it(received):
    made_up = postfix_bounce(to="webinars@localhost.localdomain").replace(*TO_ZOE)
    head, _made_up, end = made_up.partition(b"Received: from site.example.eu")
    bounce = head + received.data + b"\r\n--4CmQ1s0Kkz.1587456000/mx.example.org--\r\n"

    assert (MAIL_ID.encode() in bounce, MAIL_ID.encode() in end) == (False, True)
    assert services.mail.returned_mail.take_message(bounce, now=NOW) is ReturnResult.BOUNCED


def test_answer_made_of_the_invitation_as_it_was_received_is_noted(received):
    invitation = message_from_bytes(received.data, policy=policy.default)
    (part, *_more) = [part for part in invitation.walk() if part.get_content_type() == "text/calendar"]
    calendar = part.get_content().replace("METHOD:REQUEST", "METHOD:REPLY")
    answered = calendar.replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=TENTATIVE")

    reply = f"From: {invitation['To']}\nContent-Type: text/calendar; method=REPLY\n\n{answered}"

    assert (calendar == answered, "METHOD:REPLY" in answered) == (False, True)
    assert (
        services.mail.returned_mail.take_message(lines(reply.replace("\r\n", "\n")), now=NOW)
        is ReturnResult.ANSWERED
    )

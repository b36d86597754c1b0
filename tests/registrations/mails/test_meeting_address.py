"""The address of a meeting is in no mail: it may change, and whoever has it could come in."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from registrations import mails
from tests.registrations.factories import NOW
from tests.registrations.mails.cases import every_mail

MARKER = "marker-of-the-meeting"


@pytest.fixture
def seats(seats):
    """Give every seat, and its session, a meeting address that is found wherever it turns up."""
    for seat in seats:
        seat.meeting_url = f"https://own.webex.com/{MARKER}"
        seat.session.meeting_url = f"https://all.webex.com/{MARKER}"
        seat.session.save()
        seat.save()
    return seats


@every_mail
def test_no_mail_names_the_address_of_a_meeting(registration, seats, method, write):
    mail = write(registration, seats)

    message = message_from_bytes(mails.render(mail, NOW), policy=default)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert parts
    assert not [part for part in parts if MARKER.encode() in part.replace(b"\r\n ", b"")]
    assert MARKER not in "".join(message.values())
    assert MARKER not in DjangoJSONEncoder().encode(mail.facts)

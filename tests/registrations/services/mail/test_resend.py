"""Sending one mail again."""

from datetime import timedelta
from email import message_from_bytes

import pytest
import time_machine
from icalendar import Calendar

from registrations import services
from registrations.delivery import Delivered
from registrations.models import HistoryEntry, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    calendar_mails,
    carry_out,
    decide,
    drain,
    kinds,
    make_registration,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _delivered_at_the_moment(at_the_moment, mail_server):
    """Deliver to a real server, at the moment the factories speak of."""


@pytest.fixture
def registration(webinar, session, approver):
    """Return somebody who was invited."""
    registration = approve(make_registration(webinar, [session]), approver)
    drain()
    return registration


def resend(mail, by, now=NOW):
    return services.mail.resend_mail(mail.pk, by=by, now=now)


def test_resend_mail_writes_a_new_row_with_the_same_words(registration, approver):
    mail = OutgoingMail.objects.get()

    again = resend(mail, approver, LATER)

    same = ("kind", "registration_id", "seat_id", "recipient", "language", "facts")
    assert [getattr(again, name) for name in same] == [getattr(mail, name) for name in same]
    assert (again.state, again.due_at, again.created_at, again.attempts) == ("waiting", LATER, LATER, 0)
    assert (again.raw, again.job_id, again.resend_of) == (None, None, mail)
    assert again.dedupe_key == f"resend:{mail.pk}:1"
    assert again.message_id != mail.message_id
    assert again.message_id.endswith("@localhost.localdomain>")


def test_resent_mail_arrives_under_the_same_uid_and_sequence_with_a_new_stamp(
    registration, approver, mail_server
):
    with time_machine.travel(LATER, tick=False):
        resend(OutgoingMail.objects.get(), approver, LATER)
        assert drain() == Delivered(sent=1)

    first, second = (calendar_lines(received.data) for received in mail_server.received)
    assert {name for name in first if first[name] != second[name]} == {"DTSTAMP"}
    assert (first["DTSTAMP"], second["DTSTAMP"]) == ("20200420T080000Z", "20200420T090000Z")


def test_resend_mail_records_who_did_it(registration, session, approver):
    mail = OutgoingMail.objects.get()

    resend(mail, approver, LATER)

    entry = HistoryEntry.objects.get(action="mail_resent")
    assert (entry.at, entry.by, entry.actor) == (LATER, approver, "staff")
    assert (entry.registration, entry.session, entry.webinar) == (registration, session, session.webinar)
    assert entry.facts == {"mail": mail.pk, "kind": "invitation"}


def test_resend_mail_leaves_the_seat_as_it_is(registration, approver):
    before = Seat.objects.values().get()

    resend(OutgoingMail.objects.get(), approver)
    drain()

    assert Seat.objects.values().get() == before


def test_resend_mail_can_be_repeated_and_a_repetition_too(registration, approver):
    first = OutgoingMail.objects.get()
    second = resend(first, approver)
    drain()
    third = resend(second, approver)

    assert drain() == Delivered(sent=1)

    assert (third.resend_of, third.dedupe_key) == (first, f"resend:{first.pk}:2")


def test_resend_mail_sends_what_failed(webinar, session, approver, mail_server):
    approve(make_registration(webinar, [session]), approver)
    mail_server.for_recipients.append("550 5.1.1 unknown")
    drain()

    resend(OutgoingMail.objects.get(), approver)

    assert drain() == Delivered(sent=1)


def test_resend_mail_works_for_mails_about_no_seat(webinar, session, approver, editor):
    registration = make_registration(webinar, [session])
    services.people.send_links(webinar.pk, email=registration.email, now=NOW)
    drain()

    resend(OutgoingMail.objects.get(), approver)

    assert drain() == Delivered(sent=1)
    assert HistoryEntry.objects.get(action="mail_resent").session is None


def test_resend_mail_sends_a_cancellation_again(registration, approver):
    decide(registration, approver, Move.REJECT)
    drain()

    resend(OutgoingMail.objects.get(kind="rejected"), approver)

    assert drain() == Delivered(sent=1)
    assert calendar_mails(registration)[1:] == [("rejected", "CANCEL", 2)] * 2


def refused(mail, by):
    """Return why a mail is not sent again, and make sure that nothing was written."""
    before = (OutgoingMail.objects.count(), HistoryEntry.objects.count())
    with pytest.raises(services.errors.MailNotResendable) as refusal:
        resend(mail, by)
    assert (OutgoingMail.objects.count(), HistoryEntry.objects.count()) == before
    return str(refusal.value)


def test_resend_mail_refuses_what_still_waits(webinar, session, approver):
    approve(make_registration(webinar, [session]), approver)

    reason = refused(OutgoingMail.objects.get(), approver)

    assert reason == "This mail is still waiting to be sent."


@pytest.mark.parametrize("state", ["withdrawn", "expired"])
def test_resend_mail_refuses_when_the_registration_has_ended(state, registration, approver):
    registration.state = state
    registration.save()

    assert refused(OutgoingMail.objects.get(), approver) == "This registration is no longer active."


OVERTAKEN = "A later calendar mail to this person tells what holds now; send that one again."


def test_resend_mail_refuses_what_a_later_request_overtakes(registration, session, approver, editor):
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + DAY, ends_at=ENDS + DAY, by=editor, now=NOW
    )
    carry_out(NOW)
    drain()

    assert refused(OutgoingMail.objects.get(kind="invitation"), approver) == OVERTAKEN


def test_resend_mail_refuses_what_a_cancellation_overtakes_waiting_or_not(registration, approver):
    decide(registration, approver, Move.REJECT)

    assert refused(OutgoingMail.objects.get(kind="invitation"), approver) == OVERTAKEN


def test_resend_mail_refuses_a_rejection_that_an_invitation_overtakes(webinar, session, approver):
    registration = make_registration(webinar, [session])
    decide(registration, approver, Move.REJECT)
    decide(registration, approver, Move.APPROVE)
    drain()

    assert kinds() == ["rejected", "invitation"]
    assert refused(OutgoingMail.objects.get(kind="rejected"), approver) == OVERTAKEN


def test_resend_mail_refuses_a_second_press(registration, approver):
    mail = OutgoingMail.objects.get()
    resend(mail, approver)

    assert refused(mail, approver) == "This mail is already being sent again."


def calendar_lines(raw):
    """Return the properties of a message's event by name."""
    message = message_from_bytes(raw)
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    event = Calendar.from_ical(part.get_payload(decode=True)).events[0]
    return {name: value.to_ical().decode() for name, value in event.items()}

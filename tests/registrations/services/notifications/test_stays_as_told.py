"""What calendars know a session by stays as they were first told, whatever the settings become."""

import pytest
from icalendar import Calendar

from registrations import services
from registrations.models import WebinarSession
from registrations.services.mail.returned_mail import ReturnResult
from registrations.states import Move
from tests.calendar_client import ClientCalendar, Invite
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    decide,
    drain,
    make_registration,
    make_session,
)
from tests.registrations.returned import reply

pytestmark = pytest.mark.django_db
FIRST, SECOND = "webinars@first.example", "Clusters <clusters@second.example>"


@pytest.fixture(autouse=True)
def _delivered_at_the_moment(at_the_moment, settings):
    settings.DEFAULT_FROM_EMAIL = FIRST


@pytest.fixture
def ada(webinar, session, approver):
    """Return somebody who was invited before the sender's address changed."""
    return approve(make_registration(webinar, [session], email="ada@example.org"), approver)


def sent(mail_server):
    return [Invite.read(received.data) for received in mail_server.received]


def told(response):
    return [(event["UID"], event["ORGANIZER"]) for event in Calendar.from_ical(response.content).events]


def test_update_and_cancellation_find_the_entry_after_the_sender_changed(
    ada, session, editor, approver, settings, mail_server
):
    drain()
    settings.DEFAULT_FROM_EMAIL = SECOND
    services.sessions.retitle_session(session.pk, title="Chains", place="Room 1", by=editor, now=NOW)
    carry_out()
    drain()
    updated = ClientCalendar("ada@example.org").receive(sent(mail_server)).standing()
    decide(ada, approver, Move.REJECT)

    drain()

    invites = sent(mail_server)
    assert [seen[0] for seen in updated.values()] == ["Chains"]
    assert ClientCalendar("ada@example.org").receive(invites).standing() == {}
    assert {(each.uid, each.organiser) for each in invites} == {(f"{session.uid}@first.example", FIRST)}
    assert [each.sender for each in invites] == [FIRST, "clusters@second.example", "clusters@second.example"]


def test_feed_and_downloads_say_what_was_told_first(ada, session, settings, client):
    settings.DEFAULT_FROM_EMAIL = SECOND

    responses = [
        client.get(address)
        for address in (
            "/webinars/clusters/calendar.ics",
            "/webinars/clusters/sessions/1.ics",
            f"/r/{ada.manage_token}/sessions/1.ics",
        )
    ]

    assert [told(response) for response in responses] == [
        [(f"{session.uid}@first.example", f"mailto:{FIRST}")]
    ] * 3


def test_session_nobody_was_invited_to_has_the_present_organiser(webinar, settings, client):
    session = make_session(webinar)
    settings.DEFAULT_FROM_EMAIL = SECOND

    event = told(client.get("/webinars/clusters/calendar.ics"))

    assert event == [(f"{session.uid}@first.example", "mailto:clusters@second.example")]
    assert WebinarSession.objects.get().organiser_email == ""


def test_organiser_is_kept_with_its_name_when_somebody_is_invited(ada, session, settings, webinar, approver):
    settings.DEFAULT_FROM_EMAIL = SECOND

    approve(make_registration(webinar, [session]), approver)

    kept = WebinarSession.objects.get()
    assert (kept.uid_domain, kept.organiser_email, kept.organiser_name) == (
        "first.example",
        FIRST,
        "Your Cluster Team",
    )


def test_organiser_is_kept_when_a_change_is_the_first_to_tell(webinar, later_session, editor, approver):
    approve(make_registration(webinar, [later_session]), approver)
    services.sessions.reschedule_session(later_session.pk, starts_at=STARTS, ends_at=ENDS, by=editor, now=NOW)

    carry_out()

    assert WebinarSession.objects.get(pk=later_session.pk).organiser_email == FIRST


@pytest.mark.parametrize(
    ("domain", "result"), [("first.example", ReturnResult.ANSWERED), ("second.example", ReturnResult.DROPPED)]
)
def test_answer_names_the_uid_that_was_told(ada, session, settings, domain, result):
    settings.DEFAULT_FROM_EMAIL = SECOND
    stamp = f"{NOW:%Y%m%dT%H%M%SZ}"

    assert (
        services.mail.returned_mail.take_message(reply(uid=f"{session.uid}@{domain}", stamp=stamp), now=NOW)
        is result
    )

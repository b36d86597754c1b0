"""Mail, download, personal download and feed tell one event: calendars that know two of them must not show two."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outgoing
from icalendar import Calendar

from registrations import services
from registrations.models import OutgoingMail
from tests.calendar_client import Invite
from tests.registrations.factories import (
    NOW,
    approve,
    carry_out,
    drain,
    make_registration,
    make_session,
    make_undated_session,
)

pytestmark = pytest.mark.django_db

DAYS = [
    pytest.param(datetime(2020, 12, 1, 9, 30, tzinfo=UTC), "10:30 CET", "12:30 CET", id="in winter"),
    pytest.param(datetime(2020, 7, 1, 8, 30, tzinfo=UTC), "10:30 CEST", "12:30 CEST", id="in summer"),
    pytest.param(datetime(2020, 10, 25, 0, 0, tzinfo=UTC), "02:00 CEST", "03:00 CET", id="over the autumn change"),
    pytest.param(datetime(2021, 3, 28, 0, 0, tzinfo=UTC), "01:00 CET", "04:00 CEST", id="over the spring change"),
]  # fmt: skip
FEED = "/webinars/clusters/calendar.ics"


def told(response):
    """Return UID, SEQUENCE, start and end (in UTC) of each event of a calendar file."""
    return [
        (str(event["UID"]), event["SEQUENCE"], event.start.astimezone(UTC), event.end.astimezone(UTC))
        for event in Calendar.from_ical(response.content).walk("VEVENT")
    ]


@pytest.mark.parametrize(("starts_at", "local_start", "local_end"), DAYS)
def test_mail_downloads_and_feed_agree(client, webinar, approver, editor, starts_at, local_start, local_end):
    first = make_session(webinar, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    second = make_undated_session(webinar)
    registration = approve(make_registration(webinar, [first, second], kind="guest"), approver)  # on any day
    services.sessions.retitle_session(first.pk, title="Chains", place="Room 1", by=editor, now=NOW)
    carry_out(NOW)
    times = {"starts_at": starts_at + timedelta(hours=3), "ends_at": starts_at + timedelta(hours=4)}
    services.sessions.reschedule_session(second.pk, **times, by=editor, now=NOW)
    carry_out(NOW)

    drain()

    sent = [Invite.read(message.message().as_bytes()) for message in outgoing.outbox]
    newest = {invite.uid: invite for invite in sent if invite}
    by_mail = [(each.uid, each.sequence, each.starts_at, each.ends_at) for each in newest.values()]
    assert [told_of[1:] for told_of in by_mail] == [
        (2, starts_at, starts_at + timedelta(hours=2)),
        (1, times["starts_at"], times["ends_at"]),
    ]
    public, personal = (
        [event for number in (1, 2) for event in told(client.get(f"{place}/sessions/{number}.ics"))]
        for place in ("/webinars/clusters", f"/r/{registration.manage_token}")
    )
    assert public == personal == told(client.get(FEED)) == by_mail
    event = Calendar.from_ical(client.get(FEED).content).walk("VEVENT")[0]
    assert (f"{event.start:%H:%M %Z}", f"{event.end:%H:%M %Z}") == (local_start, local_end)


@pytest.fixture
def addresses(webinar, session, later_session, approver):
    registration = approve(make_registration(webinar, [session, later_session]), approver)
    return [
        FEED,
        "/webinars/clusters/sessions/1.ics",
        f"/r/{registration.manage_token}/sessions/1.ics",
    ]


def test_head_says_what_get_says(client, addresses):
    for address in addresses:
        get, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert dict(head.headers) == dict(get.headers)


def test_calendar_file_that_is_known_is_not_sent_again(client, addresses):
    for address in addresses:
        etag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert client.head(address, headers={"If-None-Match": f'"other", {etag}'}).status_code == 304
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def rename(session, by, now):
    services.sessions.retitle_session(session.pk, title="Chains", place=session.place, by=by, now=now)


def move_place(session, by, now):
    services.sessions.retitle_session(session.pk, title=session.title, place="Room 1", by=by, now=now)


def move(session, by, now):
    day = timedelta(days=1)
    services.sessions.reschedule_session(
        session.pk, starts_at=session.starts_at + day, ends_at=session.ends_at + day, by=by, now=now
    )


@pytest.mark.parametrize("change", [rename, move_place, move], ids=lambda change: change.__name__)
def test_change_of_a_session_changes_every_etag(client, session, editor, addresses, change):
    etags = [client.get(address).headers["ETag"] for address in addresses]

    change(session, editor, NOW + timedelta(hours=1))

    for address, etag in zip(addresses, etags, strict=True):
        response = client.get(address, headers={"If-None-Match": etag})
        assert (response.status_code, response.headers["ETag"] != etag) == (200, True)


def test_cancelled_session_changes_the_feed(client, session, editor, addresses):
    etag = client.get(FEED).headers["ETag"]

    services.sessions.cancel_session(session.pk, reason="A strike.", by=editor, now=NOW)

    response = client.get(FEED, headers={"If-None-Match": etag})
    assert (response.status_code, b"\r\nSTATUS:CANCELLED\r\n" in response.content) == (200, True)


def test_date_taken_back_leaves_the_feed_and_the_downloads(client, session, editor, addresses):
    services.sessions.reschedule_session(session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)

    assert [client.get(address).status_code for address in addresses] == [200, 404, 404]
    assert told(client.get(FEED)) == []
    assert not OutgoingMail.objects.filter(kind="date_withdrawn").exists()  # the worker has not come yet


def test_feed_asks_to_be_looked_at_every_hour(client, addresses):
    lines = client.get(FEED).content.split(b"\r\n")

    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert b"X-PUBLISHED-TTL:PT1H" in lines

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from registrations import ical
from registrations.ical import Appointment, Method, Person

ORGANISER = Person("webinars@example.eu", "Your Cluster Team")
ADA = Person("ada@example.org", "Ada Example")
STARTS = datetime(2020, 4, 28, 8, 30, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)

INVITATION = Appointment(
    method=Method.REQUEST,
    uid="0123456789abcdef0123456789abcdef@example.eu",
    sequence=3,
    stamp=datetime(2020, 4, 20, 8, 0, tzinfo=UTC),
    created=datetime(2020, 4, 1, 12, 0, tzinfo=UTC),
    changed=datetime(2020, 4, 19, 9, 15, tzinfo=UTC),
    starts_at=STARTS,
    ends_at=STARTS + TWO_HOURS,
    summary="Supply chains",
    description="To join, use the link in your invitation.\n\nQuestions: clusters@example.eu",
    place="WebEx Training (online)",
    url="https://webinars.example.eu/webinars/clusters/my-link/",
    organiser=ORGANISER,
    attendee=ADA,
)
CANCELLATION = replace(INVITATION, method=Method.CANCEL, sequence=4)
PUBLISHED = replace(INVITATION, method=Method.PUBLISH, attendee=None)

GOLDEN_INVITATION = b"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//European Commission//Cluster webinars//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Supply chains
DTSTART;TZID=Europe/Brussels:20200428T103000
DTEND;TZID=Europe/Brussels:20200428T123000
DTSTAMP:20200420T080000Z
UID:0123456789abcdef0123456789abcdef@example.eu
SEQUENCE:3
ATTENDEE;CN="Ada Example";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ
 -PARTICIPANT;RSVP=TRUE:mailto:ada@example.org
CLASS:PUBLIC
CREATED:20200401T120000Z
DESCRIPTION:To join\\, use the link in your invitation.\\n\\nQuestions: clust
 ers@example.eu
LAST-MODIFIED:20200419T091500Z
LOCATION:WebEx Training (online)
ORGANIZER;CN="Your Cluster Team":mailto:webinars@example.eu
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://webinars.example.eu/webinars/clusters/my-link/
X-MICROSOFT-DISALLOW-COUNTER:TRUE
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Supply chains
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


def parse(data):
    """Read a calendar file back: the calendar and its one event."""
    calendar = Calendar.from_ical(data)
    (event,) = calendar.events
    assert not calendar.errors
    assert not event.errors
    return calendar, event


def told_by(data):
    """Return what RFC 5546 makes rules about: method, status, people and alarms of a file's one event."""
    calendar, event = parse(data)
    return {
        "method": calendar["METHOD"],
        "status": event["STATUS"],
        "transparency": event["TRANSP"],
        "sequence": event["SEQUENCE"],
        "organizer": event["ORGANIZER"],
        "attendees": [str(attendee) for attendee in event.attendees],
        "alarms": len(event.alarms.times),
    }


def test_invite_is_the_golden_file():
    assert ical.invite(INVITATION) == GOLDEN_INVITATION


def test_invite_gives_equal_bytes_for_equal_appointments():
    assert ical.invite(INVITATION) == ical.invite(Appointment.from_json(INVITATION.as_json()))


@pytest.mark.parametrize(
    ("appointment", "expected"),
    [
        pytest.param(
            INVITATION,
            {
                "method": "REQUEST",
                "status": "CONFIRMED",
                "transparency": "OPAQUE",
                "sequence": 3,
                "organizer": "mailto:webinars@example.eu",
                "attendees": ["mailto:ada@example.org"],
                "alarms": 1,
            },
            id="an invitation",
        ),
        pytest.param(
            CANCELLATION,
            {
                "method": "CANCEL",
                "status": "CANCELLED",
                "transparency": "TRANSPARENT",
                "sequence": 4,
                "organizer": "mailto:webinars@example.eu",
                "attendees": ["mailto:ada@example.org"],
                "alarms": 0,
            },
            id="a cancellation",
        ),
        pytest.param(
            PUBLISHED,
            {
                "method": "PUBLISH",
                "status": "CONFIRMED",
                "transparency": "OPAQUE",
                "sequence": 3,
                "organizer": "mailto:webinars@example.eu",
                "attendees": [],
                "alarms": 1,
            },
            id="a download",
        ),
        pytest.param(
            replace(PUBLISHED, called_off=True),
            {
                "method": "PUBLISH",
                "status": "CANCELLED",
                "transparency": "TRANSPARENT",
                "sequence": 3,
                "organizer": "mailto:webinars@example.eu",
                "attendees": [],
                "alarms": 0,
            },
            id="a download of what was called off",
        ),
    ],
)
def test_invite_follows_its_method(appointment, expected):
    assert told_by(ical.invite(appointment)) == expected


@pytest.mark.parametrize(
    ("starts_at", "local"),
    [
        pytest.param(datetime(2020, 4, 28, 8, 30, tzinfo=UTC), "20200428T103000", id="28 April 2020"),
        pytest.param(datetime(2020, 12, 1, 9, 30, tzinfo=UTC), "20201201T103000", id="in winter"),
        pytest.param(datetime(2020, 3, 28, 9, 30, tzinfo=UTC), "20200328T103000", id="day before the spring change"),
        pytest.param(datetime(2020, 3, 29, 8, 30, tzinfo=UTC), "20200329T103000", id="day of the spring change"),
        pytest.param(datetime(2020, 10, 25, 9, 30, tzinfo=UTC), "20201025T103000", id="day of the autumn change"),
        pytest.param(datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "20260701T103000", id="summer of another year"),
    ],
)  # fmt: skip
def test_invite_tells_the_hour_of_brussels(starts_at, local):
    data = ical.invite(replace(INVITATION, starts_at=starts_at, ends_at=starts_at + TWO_HOURS))

    assert f"DTSTART;TZID=Europe/Brussels:{local}\r\n".encode() in data
    # The zone as it stands in the file, not the library's own idea of Brussels, has to give the moment back.
    zone = Calendar.from_ical(data).timezones[0].to_tz(lookup_tzid=False)
    assert datetime.strptime(local, "%Y%m%dT%H%M%S").replace(tzinfo=zone) == starts_at


def test_invite_has_crlf_and_short_lines_that_are_whole_characters():
    name = "Żółć 東京 🎉 العربية " * 8

    data = ical.invite(replace(INVITATION, attendee=Person("ada@example.org", name), summary=name * 3))

    lines = data.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None and b"\n" not in line and b"\r" not in line for line in lines)


@pytest.mark.parametrize(
    ("name", "common_name"),
    [
        pytest.param('Ada "Nana" Example', "Ada 'Nana' Example", id="double quotes"),
        pytest.param("Ada\r\nATTENDEE:mailto:evil@example.org", "Ada ATTENDEE:mailto:evil@example.org", id="line break"),
        pytest.param("Ada\x07\x00\x85Example", "Ada Example", id="control characters"),
        pytest.param("Ada\u202eelpmaxE\u202c", "AdaelpmaxE", id="direction override"),
        pytest.param("Ada, B; C: D^", "Ada, B; C: D", id="characters with a meaning"),
        pytest.param("עדה 👩‍🔬 أدا", "עדה 👩‍🔬 أدا", id="right-to-left letters and emoji"),
        pytest.param("A" * 80, "A" * 80, id="80 letters"),
    ],
)  # fmt: skip
def test_invite_cleans_names(name, common_name):
    _calendar, event = parse(ical.invite(replace(INVITATION, attendee=Person("ada@example.org", name))))

    assert [attendee.CN for attendee in event.attendees] == [common_name]


def test_invite_without_a_name_has_only_the_address():
    _calendar, event = parse(ical.invite(replace(INVITATION, attendee=Person("ada@example.org"))))

    assert "CN" not in event.attendees[0].params


def test_invite_escapes_text_but_not_the_address_of_the_page():
    awkward = "Clusters, chains; and \\ back"
    page = "https://example.eu/a,b;c"

    data = ical.invite(replace(INVITATION, summary=awkward, place=awkward, description=awkward, url=page))

    _calendar, event = parse(data)
    assert [event["SUMMARY"], event["LOCATION"], event["DESCRIPTION"]] == [awkward] * 3
    assert b"SUMMARY:Clusters\\, chains\\; and \\\\ back\r\n" in data
    assert b"URL:https://example.eu/a,b;c\r\n" in data


@given(st.text(max_size=200), st.text(max_size=200))
def test_invite_cannot_be_injected_into(name, text):
    appointment = replace(
        INVITATION, attendee=Person("ada@example.org", name), summary=text, description=text, place=text
    )

    calendar, event = parse(ical.invite(appointment))

    assert [component.name for component in calendar.walk()] == [
        component.name for component in Calendar.from_ical(GOLDEN_INVITATION).walk()
    ]
    assert set(event) == set(Calendar.from_ical(GOLDEN_INVITATION).events[0])
    assert [str(attendee) for attendee in event.attendees] == ["mailto:ada@example.org"]


def test_invite_refuses_an_address_of_a_page_with_a_line_break():
    with pytest.raises(ValueError, match="CR or LF"):
        ical.invite(replace(INVITATION, url="https://example.eu/\r\nATTENDEE:mailto:evil@example.org"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"starts_at": datetime(2020, 4, 28, 8, 30)}, "aware", id="naive start"),  # noqa: DTZ001
        pytest.param({"stamp": datetime(2020, 4, 28, 8, 30)}, "aware", id="naive stamp"),  # noqa: DTZ001
        pytest.param({"ends_at": STARTS}, "ends after it starts", id="lasts 0 minutes"),
        pytest.param({"ends_at": STARTS - TWO_HOURS}, "ends after it starts", id="ends before it starts"),
        pytest.param({"sequence": -1}, "SEQUENCE", id="negative sequence"),
        pytest.param({"attendee": None}, "one attendee", id="invitation of nobody"),
        pytest.param({"method": Method.PUBLISH}, "one attendee", id="published with a person"),
        pytest.param({"called_off": True}, "called off", id="invitation to what was called off"),
    ],
)
def test_appointment_refuses_what_calendars_misread(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(INVITATION, **changes)


@pytest.mark.parametrize(
    ("address", "ascii_address"),
    [
        pytest.param("ada@example.org", "ada@example.org", id="plain"),
        pytest.param(" Ada+webinar@Example.org", "Ada+webinar@Example.org", id="plus and capitals"),
        pytest.param("ada@müller.example", "ada@xn--mller-kva.example", id="domain with an umlaut"),
        pytest.param("ada@faß.example", "ada@xn--fa-hia.example", id="domain with a sharp s"),
        pytest.param("ada@example.org.", "ada@example.org", id="dot at the end"),
    ],
)
def test_ascii_address(address, ascii_address):
    assert ical.mailto_address(address) == ascii_address


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("", id="nothing"),
        pytest.param("ada", id="no domain"),
        pytest.param("ädä@example.org", id="name that is not ASCII"),
        pytest.param("ada\r\nBcc: evil@example.org", id="line break"),
        pytest.param("ada b@example.org", id="space"),
        pytest.param("ada@a..b", id="empty label"),
    ],
)
def test_ascii_address_refuses(address):
    with pytest.raises(ValueError, match="address"):
        ical.mailto_address(address)


def test_feed_holds_all_sessions_and_nobody():
    second = replace(
        PUBLISHED,
        uid="second@example.eu",
        starts_at=STARTS + timedelta(days=86),
        ends_at=STARTS + timedelta(days=87),
    )

    data = ical.feed([PUBLISHED, second], name="Clusters, chains; 2020", description="ECCP, webinars")

    calendar = Calendar.from_ical(data)
    assert [event["UID"] for event in calendar.events] == [PUBLISHED.uid, "second@example.eu"]
    assert [event.attendees for event in calendar.events] == [[], []]
    assert data.split(b"BEGIN:VTIMEZONE")[0] == (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//European Commission//Cluster webinars//EN\r\n"
        b"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALDESC:ECCP\\, webinars\r\n"
        b"NAME:Clusters\\, chains\\; 2020\r\nX-WR-CALNAME:Clusters\\, chains\\; 2020\r\n"
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n"
    )


def test_feed_event_is_the_event_of_the_mail_apart_from_the_person():
    _mailed, invited = parse(ical.invite(INVITATION))
    published = Calendar.from_ical(ical.feed([PUBLISHED], name="n", description="d")).events[0]

    del invited["ATTENDEE"]
    assert invited == published


def test_plain_line_is_one_line_of_what_can_be_read():
    assert ical.plain_line(" a\tb\r\n\u2028c\x00\u2066d ") == "a b cd"

"""Every kind of damage to a calendar mail is named, and every sound mail passes."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from registrations import ical, mails
from registrations.mails.calendar_check import Expected, calendar_differences
from tests.registrations.factories import ENDS, NOW, STARTS
from tests.registrations.mails.cases import every_mail, invited

SENT = datetime(2020, 4, 20, 9, 30, 15, tzinfo=UTC)
RDATE_ZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
DTSTART:20200329T020000
RDATE:20210328T020000,20220327T020000
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20191027T030000
RDATE:20201025T030000,20211031T030000
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def expected_of(mail, above=None):
    """Return what a mail that was just written has to say."""
    told = ical.Appointment.from_json(mail.facts["calendar"])
    return Expected(told, mail.recipient, mail.facts["sender"]["email"], above)


def calendar_file(raw):
    """Return the calendar file of a message and how it stands in it."""
    found = re.search(rb"text/calendar;.*?base64.*?\r\n\r\n(.+?)\r\n--", raw, re.DOTALL)
    return base64.b64decode(found[1]), found[1]


def with_file(raw, change, copies=-1):
    """Return a message whose calendar file was changed, in both copies unless only the first so many are."""
    data, encoded = calendar_file(raw)
    changed = change(data.decode()).encode()
    assert changed != data, "The damage missed."
    written = base64.encodebytes(changed).replace(b"\n", b"\r\n").rstrip()
    assert raw.count(encoded) == 2
    return raw.replace(encoded, written, copies)


def instead(old, new, count=1):
    """Return a change of the calendar file that puts one text for another."""
    return lambda raw: with_file(raw, lambda text: text.replace(old, new, count))


def without(pattern):
    """Return a change of the calendar file that leaves a property out."""
    return lambda raw: with_file(
        raw, lambda text: re.sub(rf"^{pattern}.*?\r\n(?! )", "", text, flags=re.M | re.S)
    )


def in_mail(old, new):
    """Return a change of the message around the calendar file."""

    def change(raw):
        changed = re.sub(old, new, raw, count=1, flags=re.DOTALL)
        assert changed != raw, "The damage missed."
        return changed

    return change


def twice(text):
    """Return the calendar file with its event in it twice."""
    event = text[text.index("BEGIN:VEVENT") : text.index("END:VCALENDAR")]
    return text.replace("END:VCALENDAR", f"{event}END:VCALENDAR")


def rdate_zone(text):
    zone = text[text.index("BEGIN:VTIMEZONE") : text.index("BEGIN:VEVENT")]
    return text.replace(zone, RDATE_ZONE.replace("\n", "\r\n"))


SOMEBODY = "ATTENDEE:mailto:somebody@example.org\r\n"
DAMAGES = [
    pytest.param(without("METHOD"), "METHOD is not REQUEST", id="no METHOD"),
    pytest.param(instead("METHOD:REQUEST", "METHOD:PUBLISH"), "METHOD is not REQUEST", id="another METHOD"),
    pytest.param(
        instead("METHOD:REQUEST\r\n", "METHOD:REQUEST\r\nMETHOD:REQUEST\r\n"),
        "METHOD is not REQUEST",
        id="METHOD twice",
    ),
    pytest.param(instead("SEQUENCE:3", "SEQUENCE:2"), "SEQUENCE is not what was told", id="lower SEQUENCE"),
    pytest.param(without("SEQUENCE"), "SEQUENCE is not what was told", id="no SEQUENCE"),
    pytest.param(
        instead("TZID=Europe/Brussels", "TZID=GMT", 2),
        "DTSTART is not in the zone of the file",
        id="TZID GMT",
    ),
    pytest.param(
        lambda raw: with_file(raw, rdate_zone), "VTIMEZONE is not the one with yearly rules", id="RDATE zone"
    ),
    pytest.param(
        lambda raw: with_file(
            raw, lambda text: re.sub("BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", "", text, flags=re.S)
        ),
        "VTIMEZONE is not the one with yearly rules",
        id="no VTIMEZONE",
    ),
    pytest.param(
        instead("T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU", "T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU"),
        "VTIMEZONE is not the one with yearly rules",
        id="another rule for summer time",
    ),
    pytest.param(instead("0428T103000", "0428T093000"), "DTSTART is not the session's", id="an hour early"),
    pytest.param(instead("0428T123000", "0428T133000"), "DTEND is not the session's", id="an hour longer"),
    pytest.param(
        instead(";TZID=Europe/Brussels", "", 2), "DTSTART is not in the zone of the file", id="floating"
    ),
    pytest.param(
        instead(";TZID=Europe/Brussels:20200428T103000", ";VALUE=DATE:20200428"),
        "DTSTART is not the session's",
        id="a whole day",
    ),
    pytest.param(without("DTEND"), "DTEND is not the session's", id="no end"),
    pytest.param(without("DTSTAMP"), "DTSTAMP is missing", id="no DTSTAMP"),
    pytest.param(instead("UID:1", "UID:2"), "UID is not the session's", id="another UID"),
    pytest.param(without("UID"), "UID is not the session's", id="no UID"),
    pytest.param(
        instead("BEGIN:VALARM", f"{SOMEBODY}BEGIN:VALARM"),
        "ATTENDEE is not the recipient alone",
        id="second attendee",
    ),
    pytest.param(
        instead("mailto:ada@", "mailto:eve@"), "ATTENDEE is not the recipient alone", id="foreign attendee"
    ),
    pytest.param(without("ATTENDEE"), "ATTENDEE is not the recipient alone", id="no attendee"),
    pytest.param(without("ORGANIZER"), "ORGANIZER is not the session's", id="no ORGANIZER"),
    pytest.param(
        instead("mailto:webinars@", "mailto:noreply@"),
        "ORGANIZER is not the session's",
        id="another ORGANIZER",
    ),
    pytest.param(
        instead("STATUS:CONFIRMED", "STATUS:CANCELLED"), "STATUS does not fit METHOD", id="wrong STATUS"
    ),
    pytest.param(without("STATUS"), "STATUS does not fit METHOD", id="no STATUS"),
    pytest.param(
        instead("SUMMARY:Supply", "SUMMARY:Demand"), "SUMMARY is not the session's", id="another title"
    ),
    pytest.param(without("LOCATION"), "LOCATION is not the session's", id="no place"),
    pytest.param(lambda raw: with_file(raw, twice), "not exactly one VEVENT", id="two events"),
    pytest.param(
        lambda raw: with_file(raw, lambda text: text + text),
        "the calendar file cannot be read",
        id="two calendars",
    ),
    pytest.param(
        lambda raw: with_file(raw, lambda text: "<html>not found</html>\r\n"),
        "the calendar file cannot be read",
        id="no calendar at all",
    ),
    pytest.param(
        instead("CREATED:2020", "CREATED:soon"), "a property cannot be read", id="unreadable moment"
    ),
    pytest.param(
        instead("METHOD:REQUEST\r\n", "METHOD:REQUEST\r\nX-WR-CALNAME:Clusters\r\n"),
        "it opens a calendar of its own",
        id="calendar name",
    ),
    pytest.param(
        lambda raw: with_file(raw, lambda text: text.replace("\r\n", "\n")),
        "not all lines end in CRLF",
        id="bare line feeds",
    ),
    pytest.param(instead("\r\n ", "", 99), "a line is too long", id="unfolded lines"),
    pytest.param(
        lambda raw: with_file(raw, lambda text: text.replace("SEQUENCE:3", "SEQUENCE:4"), copies=1),
        "the two copies of the calendar file differ",
        id="copies differ",
    ),
    pytest.param(
        in_mail(b'; charset="utf-8"; method=', b'; charset="utf-8"; charset="utf-8"; method='),
        "not one charset in the mail",
        id="doubled charset",
    ),
    pytest.param(
        in_mail(b'text/calendar; charset="utf-8"; ', b"text/calendar; "),
        "not one charset in the mail",
        id="no charset",
    ),
    pytest.param(
        in_mail(b'; method="REQUEST"', b""), "method in the mail is not REQUEST", id="no method in the mail"
    ),
    pytest.param(
        in_mail(b'; method="REQUEST"', b'; method="CANCEL"'),
        "method in the mail is not REQUEST",
        id="another method in the mail",
    ),
    pytest.param(
        in_mail(b"text/calendar", b"text/plain"), "not exactly one text/calendar part", id="no invitation"
    ),
    pytest.param(
        in_mail(b"application/ics", b"text/calendar"),
        "not exactly one text/calendar part",
        id="two invitations",
    ),
    pytest.param(
        in_mail(b"application/ics", b"application/pdf"),
        "not exactly one application/ics attachment",
        id="no attachment",
    ),
    pytest.param(in_mail(b"To: ada@", b"To: eve@"), "To is not the recipient alone", id="to somebody else"),
    pytest.param(
        in_mail(b"\r\nSubject:", b"\r\nCc: eve@example.org\r\nSubject:"),
        "To is not the recipient alone",
        id="with a copy",
    ),
    pytest.param(in_mail(b"<webinars@", b"<noreply@"), "From is not the sender", id="from somebody else"),
]


@pytest.fixture
def invitation(seats):
    return mails.invitation(seats[0], NOW)


@every_mail
def test_differences_finds_none_in_any_mail_as_it_is_written(registration, seats, method, write):
    mail = write(registration, seats)
    raw = mails.render(mail, SENT)

    if method:
        assert calendar_differences(raw, expected_of(mail)) == []
    else:
        assert b"text/calendar" not in raw


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_differences_names_every_kind_of_damage(invitation, damage, words):
    raw = damage(mails.render(invitation, SENT))

    assert words in calendar_differences(raw, expected_of(invitation))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(
            instead("METHOD:CANCEL", "METHOD:REQUEST"), "METHOD is not CANCEL", id="sent as REQUEST"
        ),
        pytest.param(without("STATUS"), "STATUS does not fit METHOD", id="no STATUS"),
        pytest.param(
            instead(
                "END:VEVENT",
                "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT",
            ),
            "an alarm for what is cancelled",
            id="an alarm",
        ),
    ],
)
def test_differences_names_damage_to_a_cancellation(seats, damage, words):
    mail = mails.cancelled(invited(seats[0]), NOW)

    assert words in calendar_differences(damage(mails.render(mail, SENT)), expected_of(mail))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"uid": "2" * 32}, ["UID is not the session's"], id="UID"),
        pytest.param({"sequence": 4}, ["SEQUENCE is not what was told"], id="SEQUENCE"),
        pytest.param(
            {"starts_at": STARTS + timedelta(hours=1)}, ["DTSTART is not the session's"], id="start"
        ),
        pytest.param({"ends_at": ENDS + timedelta(hours=1)}, ["DTEND is not the session's"], id="end"),
        pytest.param({"summary": "Recovery"}, ["SUMMARY is not the session's"], id="title"),
        pytest.param({"place": "Brussels"}, ["LOCATION is not the session's"], id="place"),
    ],
)
def test_differences_says_what_of_the_session_is_otherwise(invitation, change, words):
    expected = expected_of(invitation)

    found = calendar_differences(
        mails.render(invitation, SENT), replace(expected, appointment=replace(expected.appointment, **change))
    )

    assert found == words


@pytest.mark.parametrize(
    ("above", "words"),
    [
        pytest.param(None, [], id="first mail"),
        pytest.param(2, [], id="above the mail before"),
        pytest.param(3, ["SEQUENCE is not above the mail before"], id="equal"),
        pytest.param(4, ["SEQUENCE is not above the mail before"], id="below"),
    ],
)
def test_differences_wants_a_higher_sequence_than_the_mail_before(invitation, above, words):
    assert calendar_differences(mails.render(invitation, SENT), expected_of(invitation, above)) == words


def test_differences_names_nobody(invitation):
    raw = mails.render(invitation, SENT).replace(b"ada@example.org", b"eve@example.org")

    assert "@" not in "".join(calendar_differences(raw, expected_of(invitation)))


def test_differences_passes_an_idn_address_and_winter_time(registration, seats):
    registration.email = seats[0].registration.email = "ada@müller.example"
    seats[0].session.starts_at = datetime(2020, 12, 1, 9, 30, tzinfo=UTC)
    seats[0].session.ends_at = datetime(2020, 12, 1, 11, 30, tzinfo=UTC)
    mail = mails.invitation(seats[0], NOW)

    assert calendar_differences(mails.render(mail, SENT), expected_of(mail)) == []

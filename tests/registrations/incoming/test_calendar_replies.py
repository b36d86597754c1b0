"""Which messages are an answer of one person to one invitation."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registrations import incoming
from registrations.incoming import CalendarReply, UnreadableMessage
from tests.registrations.returned import UID, calendar, kept, lines, reply

REPLY = CalendarReply(
    uid=UID,
    attendee="ada@example.org",
    sender="ada@example.org",
    reply_to="",
    answer="ACCEPTED",
    stamp=datetime(2020, 4, 21, 8, 0, tzinfo=UTC),
    sequence=1,
)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(reply(), id="Thunderbird"),
        pytest.param(
            reply(
                ('ORGANIZER;CN="Your Cluster Team":mailto:webinars@localhost.localdomain\n', ""),
                ("mailto:ada", "MAILTO:ada"),
            ),
            id="Outlook: no ORGANIZER, MAILTO in capitals",
        ),
        pytest.param(
            lines(
                "From: ada@example.org\nContent-Type: application/ics; name=invite.ics\n"
                f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(calendar().encode()).decode()}"
            ),
            id="as a file only",
        ),
        pytest.param(reply(sender='"Person, Ada @ Nord" <ada@example.org>'), id="a quoted name"),
        pytest.param(reply(sender="=?utf-8?q?Ad=C3=A1?= <ada@example.org>"), id="an encoded name"),
        pytest.param(reply(sender="<ada@example.org>"), id="no name"),
        pytest.param(reply(("PARTSTAT=ACCEPTED", "partstat=accepted")), id="small letters"),
        pytest.param(
            reply().replace(b"Subject", b"Auto-Submitted: auto-generated\r\nSubject"), id="automatic"
        ),
    ],
)
def test_read_finds_the_answer_to_an_invitation(raw):
    assert incoming.read_message(raw) == REPLY


def test_answer_without_sequence_answers_the_first_invitation():
    assert incoming.read_message(reply(("SEQUENCE:1\n", ""))).sequence == 0


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(reply(("METHOD:REPLY", "METHOD:COUNTER")), id="another time proposed"),
        pytest.param(reply(("METHOD:REPLY", "METHOD:REQUEST")), id="our invitation, forwarded"),
        pytest.param(reply(("METHOD:REPLY\n", "")), id="no method"),
        pytest.param(reply(("METHOD:REPLY\n", "METHOD:REPLY\nMETHOD:REPLY\n")), id="two methods"),
        pytest.param(
            reply(("SEQUENCE:1", "ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.org\nSEQUENCE:1")),
            id="two attendees",
        ),
        pytest.param(reply(("SEQUENCE:1", "SEQUENCE:1\nSEQUENCE:2")), id="two sequences"),
        pytest.param(reply(("DTSTAMP:20200421T080000Z\n", "")), id="no moment"),
        pytest.param(reply(("SEQUENCE:1", "RECURRENCE-ID:20200428T083000Z")), id="one of a series"),
        pytest.param(reply(sender="a@example.org, Ada <ada@example.org>"), id="two senders"),
        pytest.param(reply(sender="a@example.org <ada@example.org>"), id="a sender that looks like two"),
        pytest.param(reply(sender="ada@example.org)b@example.org"), id="a sender cut short"),
        pytest.param(reply(sender="Group: ada@example.org, b@example.org;"), id="a group"),
        pytest.param(reply(sender="Ada"), id="no sender's address"),
        pytest.param(reply().replace(b"From: Ada", b"From: a@example.org\r\nFrom: Ada"), id="two From lines"),
        pytest.param(
            b"From: ada@example.org\r\nContent-Type: message/rfc822\r\n\r\n" + reply(), id="forwarded whole"
        ),
    ],
)
def test_read_ignores_what_is_no_answer_of_one_person(raw):
    assert incoming.read_message(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            reply(("DTSTAMP:20200421T080000Z", "DTSTAMP:20200421T080000")), id="moment without zone"
        ),
        pytest.param(reply(("SEQUENCE:1", "SEQUENCE:one")), id="sequence in words"),
        pytest.param(reply(("END:VEVENT", "END:VEVENT\nBEGIN:VEVENT\nEND:VEVENT")), id="two events"),
        pytest.param(lines(f"Content-Type: text/calendar\n\n{calendar()}{calendar()}"), id="two calendars"),
        pytest.param(reply(("UID:aaaa", f"UID:{'a' * 1100}")), id="an endless UID"),
        pytest.param(reply(("SUMMARY", "X-A:\n" * 1000 + "SUMMARY")), id="too many lines"),
        pytest.param(reply(("SUMMARY", f"X-A:{'a' * 65536}\nSUMMARY")), id="too large a calendar"),
        pytest.param(
            reply(("BEGIN:VALARM", "BEGIN:VALARM\nEND:VALARM\n" * 60 + "BEGIN:VALARM")), id="too many alarms"
        ),
        pytest.param(reply(("BEGIN:VALARM", "BEGIN:A\n" * 4 + "BEGIN:VALARM")), id="nested too deep"),
        pytest.param(reply().ljust(incoming.MOST_MESSAGE_BYTES + 1), id="too large a message"),
    ],
)
def test_read_refuses_what_it_cannot_make_sense_of(raw):
    with pytest.raises(UnreadableMessage):
        incoming.read_message(raw)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("reply-ok-control", "ada@example.org"),
        ("reply-bom", "ada@example.org"),
        ("reply-from-nickname-in-quotes", "ada@example.org"),
        ("reply-plus-percent-encoded", "ada+web@example.org"),
    ],
)
def test_kept_answer_is_read(name, address):
    assert incoming.read_message(kept(name)) == replace(REPLY, attendee=address, sender=address)


def test_answer_of_an_assistant_says_who_sent_it():
    assert incoming.read_message(kept("reply-by-assistant")) == replace(REPLY, sender="bo@example.org")


@pytest.mark.parametrize(
    "sender",
    [
        r'"Adelaide \"Ada\" Nord" <ada@example.org>',
        "Ada (at home (or not)) Nord <ada@example.org>",
        "ada@example.org (Ada Nord)",
        "ada@example.org <ada@example.org>",
        '"ada@example.org" <ada@example.org>',
        "Nord, Ada <ada@example.org>",
        "Ada [External] <ada@example.org>",
        "=?utf-8?q?b=40example=2Eorg=2C?= <ada@example.org>",
        '"b@example.org" <ada@example.org>',
        "Dr. Ada Nord <ada@example.org>",
    ],
)
def test_one_sender_is_found_whatever_stands_around(sender):
    assert incoming.read_message(reply(sender=sender)) == REPLY


def with_reply_to(*values):
    """Return an answer that a server sent for somebody."""
    raw = reply(sender="Cloud <no-reply@cloud.example.eu>")
    return b"".join(f"Reply-To: {value}\r\n".encode() for value in values) + raw


@pytest.mark.parametrize(
    ("values", "address"),
    [
        (["Ada <ada@example.org>"], "ada@example.org"),
        (["ada@example.org, b@example.org"], ""),
        (["ada@example.org", "b@example.org"], ""),
        ([], ""),
    ],
    ids=["one", "two addresses", "two fields", "none"],
)
def test_server_that_answers_for_somebody_names_them(values, address):
    found = incoming.read_message(with_reply_to(*values))

    assert found == replace(REPLY, sender="no-reply@cloud.example.eu", reply_to=address)


def part(kind, text, charset="utf-8"):
    """Return an answer whose calendar is in a part of some type."""
    encoded = base64.encodebytes(text.encode(charset)).decode()
    return lines(
        f"From: ada@example.org\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n{encoded}"
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(part("text/calendar; charset=utf-16", calendar(), "utf-16"), id="UTF-16 with a mark"),
        pytest.param(part("text/calendar", calendar(), "utf-16"), id="UTF-16 with a mark, undeclared"),
        pytest.param(part("text/calendar; charset=UTF-16LE", calendar(), "utf-16-le"), id="UTF-16LE"),
        pytest.param(part("text/calendar; charset=utf-16be", calendar(), "utf-16-be"), id="UTF-16BE"),
        pytest.param(part("text/calendar; charset=iso-8859-1", calendar(), "iso-8859-1"), id="Latin-1"),
        pytest.param(part("text/calendar; charset=punycode", calendar()), id="a charset that is refused"),
        pytest.param(part("application/octet-stream; name=answer.ics", calendar()), id="named .ics"),
        pytest.param(part("application/octet-stream", "\n" + calendar()), id="nothing but bytes"),
        pytest.param(part("application/octet-stream", calendar(), "utf-8-sig"), id="bytes with a mark"),
        pytest.param(part("application/octet-stream", calendar(), "utf-16"), id="bytes in UTF-16"),
        pytest.param(part("text/plain; name=invite.ICS", calendar()), id="text named .ics"),
        pytest.param(part("text/calendar", calendar(("METHOD:REPLY", "METHOD:reply"))), id="small letters"),
    ],
)
def test_calendar_is_found_in_whatever_part(raw):
    assert incoming.read_message(raw) == REPLY


def test_bytes_that_are_no_calendar_are_left_alone():
    assert incoming.read_message(part("application/octet-stream", "x" * 100_000)) is None

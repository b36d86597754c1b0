"""What no message may cost, whatever its bytes, and what is in it at most."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrations import incoming
from registrations.incoming import UnreadableMessage
from tests.registrations.returned import MAIL_ID, VACATION, kept, postfix_bounce, reply, words

SECONDS = 2  # the worst time that the module promises; a busy machine gets no more


@pytest.mark.parametrize(
    ("unit", "most", "what"),
    [
        (b"x", 1024 * 1024, "bytes"),
        (b"a: b\n", 50_000, "lines"),
        (b"\n\n", 10_000, "empty lines"),
        (b"\n--", 500, "boundaries"),
        (b"multipart/", 50, "containers"),
        (b"Message/", 50, "containers"),
    ],
)
def test_read_takes_as_much_as_its_limit_and_no_more(unit, most, what):
    incoming.read_message(unit * most)
    with pytest.raises(UnreadableMessage) as refusal:
        incoming.read_message(unit * (most + 1))

    assert str(refusal.value) == f"{what}: more than {most}"


def test_read_refuses_the_type_of_a_part_that_takes_long_to_read():
    name = b"content-TYPE:"

    incoming.read_message(name + b" " * (2000 - len(name)))
    with pytest.raises(UnreadableMessage) as refusal:
        incoming.read_message(b"x\n" + name + b"\n " * 1000)

    assert str(refusal.value) == "type: more than 2000"


def nested(depth, inside=b""):
    """Return multiparts, one in the other."""
    heads = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth)
    )
    return b"".join(heads) + inside


PARAMETERS = b"Content-Type: text/plain; " + b'a=";' * 480 + b"\n"
STATUS = (
    b"Content-Type: multipart/report; boundary=b\nTo: b+" + MAIL_ID.encode() + b"@example.eu\n\n"
    b"--b\nContent-Type: message/delivery-status\n\n"
)
FULL = incoming.MOST_MESSAGE_BYTES - 1000
BOMBS = {
    "all bytes": bytes(range(256)) * 4096,
    "empty lines": b"\n" * FULL,
    "carriage returns": b"\r" * FULL,
    "short lines": b"a: b\n" * 49_000,
    "short lines deep inside": nested(49, b"a\n" * 45_000),
    "long lines that look like boundaries": nested(40, (b"\n--b39" + b"x" * 2000) * 450),
    "multiparts in multiparts": nested(10_000),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 30_000,
    "as many messages as may be": b"Content-Type: message/rfc822\n\n" * 49 + b"a: b\n" * 45_000,
    "digests": b"Content-Type: multipart/digest; boundary=b\n\n" + b"--b\n\n\n\n" * 499,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "one header": b"From: " + b"a" * FULL,
    "one header, not ASCII": b"From: " + b"\xe9 " * (FULL // 2),
    "one folded header, not ASCII": b"To: " + b"\xe9\n " * 49_000,
    "quotes in From": b"From: " + b'"' * 990 + b"<a\n" + reply().partition(b"\r\n")[2],
    "parameters": b"Content-Type: multipart/mixed; " + b'a=";' * (FULL // 4),
    "parameters of many parts": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + (b"--b\n" + PARAMETERS + b"\nx\n") * 490,
    "recipients": STATUS + b"Action: failed\nStatus: 4.1.1\n\n" * 9_000,
    "recipients, not ASCII": STATUS
    + (b"Action: failed\nStatus: 4.1.1\nDiagnostic-Code: " + b"\xe9" * 60 + b"\n\n") * 9_000,
    "calendars": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + (b"--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"UID:x\n" * 90) * 490,
    "addresses in words": words("a@b.c " * 160_000),
    "half addresses in words": words(("a" * 64 + "@") * 15_000),
    "lines of addresses": words("a@b.c\n" * 45_000),
    "blanks in words": words((" " * 900 + "\n") * 1_100),
    "dashes in words": words("-" * (FULL - 500)),
    "user user user": words("ada@example.org\n" + "user " * 200_000),
    "domains in words": words("ada@example.org\n" + "user " + "a." * 400_000),
    "tags in words": words("<html></" + "<a" * 500_000).replace(b"text/plain", b"text/html"),
    "failed recipients": words("x", "X-Failed-Recipients: " + "a@b.c," * 170_000),
    "ids in words": words("Message-ID: " * 85_000, "Subject: bounced").replace(MAIL_ID.encode(), b"x"),
    "comments in a status": STATUS + b"Action: failed\nStatus: " + b"(" * (FULL - 1000),
    "fields in a status": STATUS + b"Status:\n" * 45_000,
    "blank lines in a status": STATUS + b"\n \n" * 9_000,
    "comments in From": b"From: " + b"(" * 990 + b"@ <a@b@c>\n" + reply().partition(b"\r\n")[2],
    "recurrences": reply(("SUMMARY", "RRULE:FREQ=SECONDLY;COUNT=999999999\n" * 900 + "SUMMARY")),
    "alarms": reply(
        ("SUMMARY", "BEGIN:VALARM\nTRIGGER:-PT0S\nREPEAT:999999999\nEND:VALARM\n" * 200 + "SUMMARY")
    ),
    "parameters of an attendee": reply(("ATTENDEE;", "ATTENDEE;" + 'A="b";' * 8000)),
    "quoted-printable": b"Content-Type: text/calendar\nContent-Transfer-Encoding: quoted-printable\n\n"
    + b"=" * FULL,
    "base64": b"Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n" + b"=A" * (FULL // 2),
    "uuencode": b"Content-Type: text/calendar\nContent-Transfer-Encoding: x-uuencode\n\nbegin 666 a\n"
    + (b"M" + b"a" * 60 + b"\n") * 15_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_read_takes_two_seconds_at_most(bomb):
    began = time.process_time()
    read_or_refuse(BOMBS[bomb])

    assert time.process_time() - began < SECONDS


def read_or_refuse(raw):
    """Read a message, letting pass the one error that the module promises."""
    try:
        return incoming.read_message(raw)
    except UnreadableMessage:
        return None


@given(st.binary(max_size=4000))
@example(b"Content-Type: text/calendar; charset=\xff\nContent-Transfer-Encoding: \xff\n\n")
@example(b"Content-Transfer-Encoding: x-uuencode\nContent-Type: text/calendar\n\nbegin 666\n\xff\n")
def test_read_raises_nothing_else_for_any_bytes(raw):
    read_or_refuse(raw)


HEADERS = st.sampled_from(
    [
        b"Content-Type: multipart/report; boundary=b",
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/rfc822-headers",
        b"Content-Type: text/calendar; method=REPLY",
        b"Content-Type: =?utf-8?q?multipart/mixed?=; boundary*=utf-8''%ff",
        b"Content-Transfer-Encoding: base64",
        b"Return-Path: <>",
        b"X-Failed-Recipients: ada@example.org, b@",
        b"Content-Disposition: attachment; filename*=utf-8''%ff.ics",
        b"Content-Type: text/calendar; charset=utf-16",
        b'Reply-To: (((a@b"',
        b"<ada@example.org>: 550 5.1.1 unknown",
        b"Content-Transfer-Encoding: \xe9",
        b"Content-Transfer-Encoding: uuencode",
        b"Action: failed",
        b"Status: 5.1.1",
        b"To: b+" + MAIL_ID.encode() + b"@example.eu",
        b"From: ada@example.org",
        b"--b",
        b"--b--",
        b"",
        b"BEGIN:VCALENDAR",
        b"METHOD:REPLY",
        b"BEGIN:VEVENT",
        b"UID;\xff:x",
        b"ATTENDEE;PARTSTAT=:mailto:ada@example.org",
        b"ATTENDEE;PARTSTAT=A,B:mailto:ada@example.org",
        b"DTSTAMP:99999999T999999Z",
        b"SEQUENCE:-1",
        b"END:VEVENT",
        b"END:VCALENDAR",
        b"END:",
    ]
)


@given(st.lists(st.one_of(HEADERS, st.binary(max_size=40)), max_size=60))
def test_read_raises_nothing_else_for_any_order_of_lines_that_mean_something(parts):
    read_or_refuse(b"\n".join(parts))


@given(
    st.sampled_from([postfix_bounce(), reply(), VACATION, kept("bounce-qmail-free-text"), kept("reply-bom")]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 40), st.binary(max_size=40)), max_size=8),
)
def test_read_raises_nothing_else_for_damaged_messages(raw, damages):
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]

    found = read_or_refuse(raw)

    assert found is None or all(value.isprintable() for value in values_of(found) if isinstance(value, str))


def values_of(record):
    """Return what a record holds, and the records in it."""
    values = [getattr(record, name) for name in record.__slots__]
    return values + [inner for failure in getattr(record, "failures", ()) for inner in values_of(failure)]

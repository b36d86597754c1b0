import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrations import incoming
from registrations.incoming import Bounce, CalendarReply, Unreadable
from tests.registrations.returned import MAIL_ID, VACATION, calendar, lines, postfix_bounce, reply

BOUNCE = Bounce(
    mail_id=MAIL_ID, status="5.1.1", is_hard=True, words="550 5.1.1 <ada@example.org>: User unknown"
)
REPLY = CalendarReply(
    uid="aaaaaaaabbbbbbbbccccccccdddddddd@localhost.localdomain",
    attendee="ada@example.org",
    sender="ada@example.org",
    answer="ACCEPTED",
    stamp=datetime(2020, 4, 21, 8, 0, tzinfo=UTC),
    sequence=1,
)
SECONDS = 2  # the worst time that the module promises; a busy machine gets no more


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(postfix_bounce(), id="by the address it came to"),
        pytest.param(postfix_bounce().replace(b"\r\n", b"\n"), id="with Unix line ends"),
        pytest.param(b"From <> Tue Apr 21 10:00:00 2020\n" + postfix_bounce(), id="with an envelope line"),
        pytest.param(postfix_bounce(to="webinars@example.eu"), id="by the message it returns"),
        pytest.param(
            postfix_bounce(to="webinars@example.eu", returned="Content-Type: text/rfc822-headers"),
            id="by the headers it returns",
        ),
        pytest.param(
            postfix_bounce(to=f"Bounces+{MAIL_ID.upper()}@EXAMPLE.EU"), id="by an address in capitals"
        ),
        pytest.param(
            postfix_bounce().replace(b"Action: failed", b"Action: FAILED"), id="with an action in capitals"
        ),
    ],
)
def test_read_finds_the_bounce_of_a_mail(raw):
    assert incoming.read(raw) == BOUNCE


@pytest.mark.parametrize(
    ("action", "status", "is_hard"),
    [
        ("failed", "5.2.1", True),
        ("failed", "5.7.1 (refused)", True),
        ("failed", "4.4.7", False),
        ("delayed", "4.4.1", False),
        ("delayed", "5.1.1", False),
    ],
)
def test_bounce_is_hard_when_it_failed_for_good(action, status, is_hard):
    bounce = incoming.read(postfix_bounce(action=action, status=status))

    assert (bounce.status, bounce.is_hard) == (status.split()[0], is_hard)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(VACATION, id="out of office"),
        pytest.param(postfix_bounce(action="delivered", status="2.0.0"), id="delivered"),
        pytest.param(postfix_bounce(action="relayed", status="2.0.0"), id="relayed"),
        pytest.param(postfix_bounce(status="gone"), id="no status"),
        pytest.param(
            postfix_bounce("somebody.else", to="webinars@example.eu"), id="about a mail that is not ours"
        ),
        pytest.param(
            postfix_bounce(to="webinars@example.eu", returned="Content-Type: text/plain"),
            id="our Message-ID in free text only",
        ),
        pytest.param(
            postfix_bounce().replace(b"message/delivery-status", b"text/plain"), id="a status in free text"
        ),
        pytest.param(
            postfix_bounce().replace(b"multipart/report", b"multipart/mixed"), id="a report that is none"
        ),
        pytest.param(b"", id="nothing"),
        pytest.param(b"Content-Type: multipart/report", id="an empty report"),
    ],
)
def test_read_ignores_what_is_no_bounce_of_ours(raw):
    assert incoming.read(raw) is None


def test_bounce_about_two_recipients_is_hard_when_one_failed_for_good():
    late = postfix_bounce(action="delayed", status="4.4.1")
    other = (
        b"User unknown\r\n\r\nFinal-Recipient: rfc822; b@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\n"
    )

    bounce = incoming.read(late.replace(b"    User unknown\r\n", b"    " + other))

    assert bounce == Bounce(mail_id=MAIL_ID, status="5.0.0", is_hard=True, words="")


def test_words_of_the_server_are_cut_and_made_harmless():
    words = "smtp; " + "\x00\x1b[31m\u202ered\xff " + "x" * 5000
    raw = postfix_bounce().replace(b"smtp; 550 5.1.1 <ada@example.org>:\r\n    User unknown", words.encode())

    bounce = incoming.read(raw)

    assert bounce.words.isprintable()
    assert (len(bounce.words), bounce.words[-3:], "\x1b" in bounce.words) == (450, "xxx", False)


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
    assert incoming.read(raw) == REPLY


def test_answer_without_sequence_answers_the_first_invitation():
    assert incoming.read(reply(("SEQUENCE:1\n", ""))).sequence == 0


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
        pytest.param(reply(sender="Ada"), id="no sender's address"),
        pytest.param(reply().replace(b"From: Ada", b"From: a@example.org\r\nFrom: Ada"), id="two From lines"),
        pytest.param(
            b"From: ada@example.org\r\nContent-Type: message/rfc822\r\n\r\n" + reply(), id="forwarded whole"
        ),
    ],
)
def test_read_ignores_what_is_no_answer_of_one_person(raw):
    assert incoming.read(raw) is None


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
        pytest.param(reply().ljust(incoming.MOST_BYTES + 1), id="too large a message"),
    ],
)
def test_read_refuses_what_it_cannot_make_sense_of(raw):
    with pytest.raises(Unreadable):
        incoming.read(raw)


@pytest.mark.parametrize(
    ("unit", "most", "words"),
    [
        (b"x", 1024 * 1024, "bytes"),
        (b"a: b\n", 50_000, "lines"),
        (b"\n\n", 10_000, "empty lines"),
        (b"\n--", 500, "boundaries"),
        (b"multipart/", 50, "containers"),
        (b"Message/", 50, "containers"),
    ],
)
def test_read_takes_as_much_as_its_limit_and_no_more(unit, most, words):
    incoming.read(unit * most)
    with pytest.raises(Unreadable) as refusal:
        incoming.read(unit * (most + 1))

    assert str(refusal.value) == f"{words}: more than {most}"


def test_read_refuses_the_type_of_a_part_that_takes_long_to_read():
    name = b"content-TYPE:"

    incoming.read(name + b" " * (2000 - len(name)))
    with pytest.raises(Unreadable) as refusal:
        incoming.read(b"x\n" + name + b"\n " * 1000)

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
FULL = incoming.MOST_BYTES - 1000
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
        return incoming.read(raw)
    except Unreadable:
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
    st.sampled_from([postfix_bounce(), reply(), VACATION]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 40), st.binary(max_size=40)), max_size=8),
)
def test_read_raises_nothing_else_for_damaged_messages(raw, damages):
    for at, length, put in damages:
        raw = raw[:at] + put + raw[at + length :]

    found = read_or_refuse(raw)

    assert found is None or all(value.isprintable() for value in vars_of(found) if isinstance(value, str))


def vars_of(record):
    return [getattr(record, name) for name in record.__slots__]

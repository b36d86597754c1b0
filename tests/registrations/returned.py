"""Messages as mail servers and calendars were seen to send them back."""

from base64 import b64decode, encodebytes
from pathlib import Path

MAIL_ID = "0123456789abcdef0123456789abcdef"
UID = "aaaaaaaabbbbbbbbccccccccdddddddd@localhost.localdomain"


def lines(text: str) -> bytes:
    """Return text as it comes off the wire."""
    return text.replace("\n", "\r\n").encode()


def postfix_bounce(
    mail_id: str = MAIL_ID,
    *,
    to: str | None = None,
    action: str = "failed",
    status: str = "5.1.1",
    returned: str = "Content-Type: message/rfc822",
) -> bytes:
    """Return what Postfix sends to the envelope sender; `returned` begins the part with the mail it returns."""
    recipient = f"bounces+{mail_id}@example.eu" if to is None else to
    return lines(f"""\
Return-Path: <>
Delivered-To: {recipient}
Date: Tue, 21 Apr 2020 10:00:00 +0200 (CEST)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {recipient}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4CmQ1s0Kkz.1587456000/mx.example.org"
Message-Id: <20200421080000.4CmQ1s0Kkz@mx.example.org>

This is a MIME-encapsulated message.

--4CmQ1s0Kkz.1587456000/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<ada@example.org>: host mail.example.org said: 550 5.1.1 User unknown

--4CmQ1s0Kkz.1587456000/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4CmQ1s0Kkz
Arrival-Date: Tue, 21 Apr 2020 10:00:00 +0200 (CEST)

Final-Recipient: rfc822; ada@example.org
Original-Recipient: rfc822;ada@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>:
    User unknown

--4CmQ1s0Kkz.1587456000/mx.example.org
Content-Description: Undelivered Message
{returned}

Received: from site.example.eu by mx.example.org; Tue, 21 Apr 2020 10:00:00 +0200
From: Your Cluster Team <webinars@localhost.localdomain>
To: ada@example.org
Subject: Invitation: Supply chains
Message-ID: <{mail_id}@localhost.localdomain>
Content-Type: text/plain

See you there.

--4CmQ1s0Kkz.1587456000/mx.example.org--
""")


def calendar(*changes: tuple[str, str], **fields: object) -> str:
    """Return the calendar with which Thunderbird answers; `changes` replaces text in it."""
    values = {
        "uid": UID,
        "attendee": "ada@example.org",
        "answer": "ACCEPTED",
        "stamp": "20200421T080000Z",
        "sequence": 1,
        **fields,
    }
    text = """\
BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:{uid}
DTSTAMP:{stamp}
ORGANIZER;CN="Your Cluster Team":mailto:webinars@localhost.localdomain
ATTENDEE;CN="Person, Ada";PARTSTAT={answer};
 ROLE=REQ-PARTICIPANT:mailto:{attendee}
DTSTART;TZID=Europe/Brussels:20200428T103000
DTEND;TZID=Europe/Brussels:20200428T123000
SEQUENCE:{sequence}
SUMMARY:Supply chains
BEGIN:VALARM
ACTION:EMAIL
ATTENDEE:mailto:somebody.else@example.org
UID:of-the-alarm
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
""".format(**values)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def reply(*changes: tuple[str, str], sender: str = "Ada Person <ada@example.org>", **fields: object) -> bytes:
    """Return an answer to an invitation as a mail, the calendar as its last alternative."""
    return lines(f"""\
From: {sender}
To: Your Cluster Team <webinars@localhost.localdomain>
Subject: Accepted: Supply chains
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=UTF-8

Ada Person has accepted.

--inner
Content-Type: text/calendar; charset=UTF-8; method=REPLY
Content-Transfer-Encoding: 8bit

{calendar(*changes, **fields)}
--inner--

--outer--
""")


VACATION = lines("""\
From: Ada Person <ada@example.org>
To: bounces+0123456789abcdef0123456789abcdef@example.eu
Subject: Out of office: Invitation: Supply chains
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Type: text/plain

I am away. Action: failed. Status: 5.1.1
Message-ID: <0123456789abcdef0123456789abcdef@localhost.localdomain>
""")

KEPT = Path(__file__).parent / "returned_mails"


def kept(name: str, mail_id: str = MAIL_ID, *, uid: str = "", stamp: str = "") -> bytes:
    """Return a message that once went wrong, about another mail or, in its calendar, another session and moment."""
    raw = (KEPT / f"{name}.eml").read_bytes().replace(MAIL_ID.encode(), mail_id.encode())
    head, _blank, body = raw.partition(b"\r\n\r\n")
    if b"base64" not in head:
        return raw
    calendar = b64decode(body).replace(UID.encode(), (uid or UID).encode())
    calendar = calendar.replace(b"20200421T080000Z", stamp.encode() or b"20200421T080000Z")
    return head + b"\r\n\r\n" + encodebytes(calendar)


def report(*fields: str, says: str = "Sorry.", frame: str = "") -> bytes:
    """Return a report to our VERP address with one group of fields; `frame` replaces the type of its status part."""
    said = "\n".join(("Final-Recipient: rfc822; ada@example.org", "Action: failed", *fields))
    return lines(f"""\
Return-Path: <>
Delivered-To: bounces+{MAIL_ID}@example.eu
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

{says}

--b1
{frame or "Content-Type: message/delivery-status"}

Reporting-MTA: dns; mx.example.org

{said}

--b1--
""")


def words(text: str, *headers: str, sender: str = "MAILER-DAEMON@mx.example.org") -> bytes:
    """Return a message to our VERP address with the empty envelope sender and nothing but text in it."""
    more = "".join(f"{header}\n" for header in headers)
    return lines(f"""\
Return-Path: <>
Delivered-To: bounces+{MAIL_ID}@example.eu
From: {sender}
{more}Content-Type: text/plain; charset=utf-8

{text}
""")

"""Messages as mail servers and calendars were seen to send them back."""

MAIL_ID = "0123456789abcdef0123456789abcdef"


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
        "uid": "aaaaaaaabbbbbbbbccccccccdddddddd@localhost.localdomain",
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

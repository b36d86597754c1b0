"""Which messages say that a mail of ours was not delivered, in whatever way servers write it."""

import base64
import quopri

import pytest

from registrations import incoming
from registrations.incoming import Bounce, Failure
from tests.registrations.returned import MAIL_ID, VACATION, kept, lines, postfix_bounce, report, words

ADA = "ada@example.org"
UNKNOWN = "550 5.1.1 <ada@example.org>: User unknown"
BOUNCE = Bounce(MAIL_ID, (Failure(ADA, "5.1.1", UNKNOWN, is_dead=True),))
DEAD = ("Status: 5.1.1", f"Diagnostic-Code: smtp; {UNKNOWN}")
STATUS = "Content-Type: message/delivery-status"


def encoded(encoding, encode):
    """Return a report whose status part is encoded."""
    head, begins, rest = report(*DEAD).partition(b"Reporting-MTA")
    status, ends, tail = (begins + rest).partition(b"\r\n\r\n--b1--")
    head = head.replace(STATUS.encode(), f"{STATUS}\r\nContent-Transfer-Encoding: {encoding}".encode())
    return head + encode(status) + ends + tail


def wrapped(kind):
    """Return a report inside a container that a gateway put around it."""
    inner = report(*DEAD).partition(b"MIME-Version")
    return (
        inner[0]
        + f'Content-Type: {kind}; boundary="outer"\r\n\r\n--outer\r\nMIME-Version'.encode()
        + inner[2]
        + b"\r\n--outer\r\nContent-Type: text/plain\r\n\r\nScanned by the gateway.\r\n--outer--\r\n"
    )


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
            postfix_bounce(to="webinars@example.eu", returned="Content-Type: text/plain"),
            id="by the copy in its text",
        ),
        pytest.param(
            postfix_bounce(to=f"Bounces+{MAIL_ID.upper()}@EXAMPLE.EU"), id="by an address in capitals"
        ),
        pytest.param(
            postfix_bounce().replace(b"Action: failed", b"Action: FAILED"), id="with an action in capitals"
        ),
        pytest.param(encoded("base64", base64.encodebytes), id="status in base64"),
        pytest.param(encoded("quoted-printable", quopri.encodestring), id="status in quoted-printable"),
        pytest.param(wrapped("multipart/mixed"), id="in a disclaimer"),
        pytest.param(
            lines(f"Delivered-To: bounces+{MAIL_ID}@example.eu\nContent-Type: message/rfc822\n\n")
            + report(*DEAD),
            id="in a message",
        ),
        pytest.param(report(*DEAD, frame="Content-Type: message/global-delivery-status"), id="EAI status"),
        pytest.param(
            report(*DEAD, frame="Content-type:\n  Message/Delivery-Status; x=y"), id="a folded type"
        ),
        pytest.param(
            report(*DEAD).replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed"),
            id="a report that does not say so",
        ),
        pytest.param(
            report("Status: (bad address) 5 . 1 . 1 ", *DEAD[1:]).replace(
                b"Action: failed", b"Action : failed (for good)"
            ),
            id="spaces and comments",
        ),
        pytest.param(report("Status:", *DEAD[1:]), id="an empty status"),
        pytest.param(report("Status: gone", *DEAD[1:]), id="a status in words"),
        pytest.param(report(*DEAD[1:]), id="no status"),
        pytest.param(report(*DEAD).replace(b"Action: failed", b"Action: error"), id="OpenSMTPD: error"),
        pytest.param(report(*DEAD).replace(b"Action: failed\r\n", b""), id="no action"),
        pytest.param(report(*DEAD).replace(b"; ada@example.org", b";<ada@example.org>"), id="in angles"),
        pytest.param(
            report(*DEAD).replace(b"Final-Recipient: rfc822; ada", b"Original-Recipient: rfc822;ada"),
            id="the original recipient alone",
        ),
        pytest.param(
            report(*DEAD, "Status: 4.0.0", "Diagnostic-Code: smtp; 450 4.0.0 later"), id="fields twice"
        ),
    ],
)
def test_read_finds_the_bounce_of_a_mail(raw):
    assert incoming.read_message(raw) == BOUNCE


@pytest.mark.parametrize(
    ("name", "status", "is_dead"),
    [
        ("bounce-ok-control", "5.1.1", True),
        ("bounce-qmail-free-text", "5.1.1", True),
        ("bounce-exim-x-failed-recipients", "5.1.1", True),
        ("bounce-inside-disclaimer", "5.1.1", True),
        ("bounce-status-quoted-printable", "5.1.1", True),
        ("bounce-mailbox-full-5.2.2", "5.2.2", False),
        ("bounce-our-ip-listed-5.7.1", "5.7.1", False),
        ("bounce-expired-4xx-failed", "4.4.1", False),
    ],
)
def test_kept_bounce_is_read(name, status, is_dead):
    bounce = incoming.read_message(kept(name))

    said = [(failure.recipient, failure.status, failure.is_dead) for failure in bounce.failures]
    assert (bounce.mail_id, said, bounce.sender) == (MAIL_ID, [(ADA, status, is_dead)], "")


def test_bounce_of_a_member_of_an_alias_names_the_member():
    (failure,) = incoming.read_message(kept("bounce-member-of-alias")).failures

    assert failure == Failure("former.colleague@other.example", "5.1.1", "550 5.1.1 User unknown", True)


EXIM = """\
This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients.

  ada@example.org
    Unrouteable address
"""
GMAIL = """\
Delivery to the following recipient failed permanently:

     ada@example.org

Technical details of permanent failure:
The error that the other server returned was:
550 5.1.1 <ada@example.org>... User Unknown

----- Original message -----
To: somebody.else@example.org
"""
SENDMAIL = """\
   ----- The following addresses had permanent fatal errors -----
<ada@example.org>
    (reason: 553 5.3.0 <ada@example.org>... Addressee unknown)
"""
DOMINO = """\
Your message

  Subject: Invitation

was not delivered to:

  ada@example.org

because:

  User ada (ada@example.org) not listed in Domino Directory
"""
GROUPWISE = (
    "The message that you sent was undeliverable to the following:\n\tada@example.org (user not found)\n"
)
EXCHANGE = """\
Your message did not reach some or all of the intended recipients.

ada@example.org on 4/21/2020 10:00 AM
    The recipient name is not recognized
"""
YAHOO = (
    "Unable to deliver message to the following address(es).\n\n"
    "<ada@example.org>:\nThis user doesn't have a example.org account (ada@example.org) [-9]\n"
)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(
            words(EXIM, f"X-Failed-Recipients: {ADA}", "Subject: Mail delivery failed"), "", id="Exim"
        ),
        pytest.param(words(EXIM, "Subject: Mail delivery failed"), "", id="Exim, its header lost"),
        pytest.param(words(GMAIL), "5.1.1", id="Gmail"),
        pytest.param(words(SENDMAIL), "5.3.0", id="sendmail"),
        pytest.param(words(DOMINO), "", id="Domino"),
        pytest.param(words(GROUPWISE), "", id="Groupwise"),
        pytest.param(words(EXCHANGE), "", id="Exchange 2003"),
        pytest.param(words(YAHOO), "", id="Yahoo"),
        pytest.param(
            report(says=f"<{ADA}>: 550 5.1.1 User unknown", frame="Content-Type: text/plain"),
            "5.1.1",
            id="a status that is plain text",
        ),
        pytest.param(
            words("<html><body><p>The address <b>ada@example.org</b> couldn't be found.</p></body>").replace(
                b"text/plain", b"text/html"
            ),
            "",
            id="HTML alone",
        ),
        pytest.param(
            words(f"--other\n\n<{ADA}>: 550 5.1.1 User unknown\n--other--").replace(
                b"text/plain;", b'multipart/report; boundary="lost";'
            ),
            "5.1.1",
            id="a boundary that occurs nowhere",
        ),
    ],
)
def test_free_text_says_whose_address_is_dead(raw, status):
    bounce = incoming.read_message(raw)

    said = {failure.recipient: (failure.status, failure.is_dead) for failure in bounce.failures}
    assert (bounce.mail_id, said) == (MAIL_ID, {ADA: (status, True)})


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(words("Sorry.", "Subject: Rejected"), id="nobody named"),
        pytest.param(words(""), id="no words"),
        pytest.param(words("Sorry.", sender="gateway@mx.example.org"), id="from no daemon"),
        pytest.param(
            words("Sorry.", "Auto-Submitted: auto-replied", "Subject: Undelivered Mail"), id="automatic"
        ),
        pytest.param(report(frame="Content-Type: text/plain"), id="a report without a status"),
        pytest.param(
            words("Sorry.", "Subject: Undelivered").replace(b"Return-Path: <>\r\n", b""),
            id="no empty sender, but a daemon",
        ),
    ],
)
def test_whatever_came_to_the_address_of_a_mail_with_an_empty_sender_says_it_was_not_delivered(raw):
    bounce = incoming.read_message(raw)

    assert (bounce.mail_id, {failure.is_dead for failure in bounce.failures}) == (MAIL_ID, {False})


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(postfix_bounce(action="delayed", status="4.4.1"), id="delayed"),
        pytest.param(postfix_bounce(action="delayed", status="5.1.1"), id="delayed, whatever its status"),
        pytest.param(
            words(
                "This is a warning. Your message to ada@example.org has been delayed.",
                "Subject: Warning: message 1abc delayed 24 hours",
            ),
            id="Exim's warning",
        ),
    ],
)
def test_mail_that_is_late_has_not_failed(raw):
    assert incoming.read_message(raw) == Bounce(MAIL_ID, ())


RECEIPT = report("Disposition: automatic-action/MDN-sent-automatically; displayed").replace(
    b"delivery-status", b"disposition-notification"
)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(VACATION, id="out of office"),
        pytest.param(b"Return-Path: <>\r\n" + VACATION, id="out of office, empty sender"),
        pytest.param(
            words("I am away.", "X-Autoreply: yes", sender="ada@example.org"), id="marked as an answer"
        ),
        pytest.param(words("Weg.", "Subject: Abwesenheit: Einladung", sender=ADA), id="by its subject"),
        pytest.param(words("I am away.", "Precedence: bulk", sender=ADA), id="bulk"),
        pytest.param(RECEIPT, id="read"),
        pytest.param(postfix_bounce(action="delivered", status="2.0.0"), id="delivered"),
        pytest.param(postfix_bounce(action="relayed", status="2.0.0"), id="relayed"),
        pytest.param(
            postfix_bounce("somebody.else", to="webinars@example.eu"), id="about a mail that is not ours"
        ),
        pytest.param(kept("human-question"), id="somebody's question"),
        pytest.param(
            lines(f"From: ada@example.org\nIn-Reply-To: <{MAIL_ID}@example.eu>\n\nRejected? Status: 5.1.1"),
            id="somebody's answer",
        ),
        pytest.param(b"", id="nothing"),
        pytest.param(b"Content-Type: multipart/report", id="an empty report"),
    ],
)
def test_read_ignores_what_is_no_bounce_of_ours(raw):
    assert incoming.read_message(raw) is None


def test_mailbox_that_may_have_answered_by_itself_is_named():
    bounce = incoming.read_message(words("I am away.", sender="Ada <ada@example.org>"))

    assert bounce.sender == "Ada <ada@example.org>"


def test_bounce_says_of_each_recipient_what_became_of_them():
    late = postfix_bounce(action="delayed", status="4.4.1")
    other = (
        b"User unknown\r\n\r\nFinal-Recipient: rfc822; b@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\n"
    )

    bounce = incoming.read_message(late.replace(b"    User unknown\r\n", b"    " + other))

    assert bounce == Bounce(MAIL_ID, (Failure("b@example.org", "5.0.0", "", is_dead=False),))


def test_words_beside_a_vague_status_decide():
    says = f"<{ADA}>: host mx.example.org said: 550 User unknown (in reply to RCPT TO command)"

    (failure,) = incoming.read_message(report("Status: 5.0.0", says=says)).failures

    assert (failure.status, failure.words, failure.is_dead) == ("5.0.0", says, True)


def test_words_of_the_text_decide_where_those_of_the_status_have_no_code():
    says = f"<{ADA}>: host mx.example.org said: 550 User unknown (in reply to RCPT TO command)"
    raw = report("Status: 5.0.0", "Diagnostic-Code: x-unix; child exited", says=says)

    assert [failure.is_dead for failure in incoming.read_message(raw).failures] == [True]


def test_copy_of_our_mail_says_nothing_of_the_address():
    text = f"Sorry about {ADA}.\n\n--- Below this line is a copy of the message.\n\n550 5.1.1 User unknown"

    (failure,) = incoming.read_message(words(text)).failures

    assert (failure.recipient, failure.is_dead) == (ADA, False)


def test_words_of_the_server_are_cut_and_made_harmless():
    said = "smtp; " + "\x00\x1b[31m\u202ered\xff " + "x" * 5000
    raw = postfix_bounce().replace(b"smtp; 550 5.1.1 <ada@example.org>:\r\n    User unknown", said.encode())

    (failure,) = incoming.read_message(raw).failures

    assert failure.words.isprintable()
    assert (len(failure.words), failure.words[-3:], "\x1b" in failure.words) == (450, "xxx", False)

"""From frozen facts to the finished message (RFC 5322, RFC 6047): subject, text, HTML and calendar file."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext as _

from eligibility.countries import footnotes
from eligibility.explain import sentences
from eligibility.rules import Verdict
from registrations import ical
from registrations.mails.editor_texts import MailWords, fill
from registrations.mails.facts import appointment_of, facts_of
from registrations.mails.records import DecidedAgainst, RequestReceived, SessionCancelled, SessionRequested
from registrations.models import MailKind, OutgoingMail

TEMPLATES = "registrations/mail"
POLICY = SMTP.clone(cte_type="7bit")  # a relay would rewrite 8bit text and break DKIM's signature
CRLF = "\r\n"
UNSAFE_IN_SENDER = str.maketrans("", "", '@:,"')  # Microsoft takes such names for phishing


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a list of the text part, to be written as HTML."""

    is_list: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Sessions that have one verdict: its reasoning, and the footnotes of the country it names."""

    sessions: tuple[SessionRequested, ...]
    sentences: tuple[str, ...]
    footnotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a mail says, in the reader's language."""

    subject: str
    text: str
    html: str


def render(mail: OutgoingMail, now: datetime) -> bytes:
    """Return the finished message with CRLF line ends; `now` (aware) becomes its Date and its calendar's DTSTAMP.

    Takes only the row, and the Editors' text it was written under, if any; asks the database for nothing else. Rendered
    twice it differs (boundary), so the caller keeps what it got. Raises ValueError or HeaderParseError for what cannot
    stand in a header, ValueError for a row of an unknown kind, KeyError for one without its facts, DoesNotFit for a
    text that lacks what its kind of mail has to say.
    """
    wording = wording_for(mail)
    # A test is about nobody, and must get into nobody's calendar.
    appointment = None if mail.is_test else stamped_appointment(mail, now)
    body = EmailMessage(policy=POLICY)
    body.set_content(wording.text)
    body.add_alternative(wording.html, subtype="html")
    if appointment:
        _attach(ical.invite(appointment), appointment.method, body)
    return _head(_headers(mail, wording.subject, now)) + body.as_bytes()


def wording_for(mail: OutgoingMail) -> Wording:
    """Return subject, text and HTML of a mail; one template or Editors' text for each, the HTML follows the text."""
    with translation.override(mail.language):
        subject, text = _filled(mail, _values(mail))
        page = {"language": mail.language, "subject": subject, "blocks": _blocks(text)}
        html = Engine.get_default().render_to_string(f"{TEMPLATES}/base.html", page)
    return Wording(subject, text, html)


def _filled(mail: OutgoingMail, values: dict[str, Any]) -> tuple[str, str]:
    """Return subject and text in the active language; an Editors' text goes into the frame of its kind."""
    body = f"{mail.kind}.body.txt"
    words = _words(mail)
    if words.body:
        kind = MailKind(mail.kind)
        filled = fill(kind, words, values)
        subject = filled.subject
        text = _fill("edited.body.txt", values | {"frame": f"{TEMPLATES}/{body}", "edited": filled.body})
    else:
        subject, text = _fill(f"{mail.kind}.subject.txt", values), _fill(body, values)
    if mail.is_test:
        subject = _("[Test] %(subject)s") % {"subject": subject}
    return ical.plain_line(subject), _tidy(text)


def _words(mail: OutgoingMail) -> MailWords:
    """Return what Editors wrote for a mail: its text, or the words that are being tested; empty for the site's own."""
    if mail.is_test:
        return facts_of(mail).test or MailWords()
    return MailWords(mail.text.subject, mail.text.body) if mail.text else MailWords()


def _fill(template: str, values: dict[str, Any]) -> str:
    return Engine.get_default().render_to_string(f"{TEMPLATES}/{template}", Context(values, autoescape=False))


def _values(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the templates get: what the mail says, by name, with verdicts and reasons put into words.

    Of a mail whose facts were deleted nothing is left but the frame.
    """
    if not mail.facts:
        return {}
    facts = facts_of(mail)
    values = facts.by_name | {"test": mail.is_test}
    match facts.own:
        case RequestReceived(sessions=sessions):
            by_verdict = itertools.groupby(sessions, key=lambda session: session.verdict)
            values["judged"] = [_with_verdicts(verdict, tuple(about)) for verdict, about in by_verdict]
        case SessionCancelled(reasons=reasons) if reasons:
            values["reasons"] = reasons
        case DecidedAgainst(reasons=reasons, verdict=verdict):
            values |= {"reasons": reasons} if reasons else {}
            values |= {"judged": [_with_verdicts(verdict)]} if verdict else {}
    return values


def _with_verdicts(verdict: Verdict, sessions: Sequence[SessionRequested] = ()) -> Judged:
    """Return sessions that have one verdict, with its reasoning and the footnotes of the country it names."""
    notes = tuple(footnote.text for footnote in footnotes([verdict.country]))
    return Judged(tuple(sessions), tuple(sentences(verdict)), notes)


def _tidy(text: str) -> str:
    """Return text without the holes that template tags leave: paragraphs are one empty line apart."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _blocks(text: str) -> list[Block]:
    return [
        Block(is_list, tuple(line.removeprefix("- ") for line in lines))
        for paragraph in text.strip().split("\n\n")
        for is_list, lines in itertools.groupby(
            paragraph.splitlines(), key=lambda line: line.startswith("- ")
        )
    ]


def stamped_appointment(mail: OutgoingMail, now: datetime) -> ical.Appointment | None:
    """Return what a mail's calendar file tells, stamped `now` (aware), or None where it carries none."""
    frozen = appointment_of(mail)
    return replace(frozen, stamp=now) if frozen else None


def _attach(calendar: bytes, method: ical.Method, body: EmailMessage) -> None:
    """Add the calendar file twice, the same to the byte, as clients were seen to need it (RFC 6047, CalConnect).

    Once as the last alternative, where `method` must equal METHOD, once as an attachment that is not text/calendar, so
    that nobody sees two invitations. Base64, because the lines must arrive as they are.
    """
    body.add_alternative(calendar.decode(), subtype="calendar", params={"method": method.value}, cte="base64")
    body.add_attachment(
        calendar,
        maintype="application",
        subtype="ics",
        filename="invite.ics",
        params={"name": "invite.ics"},
    )


def _headers(mail: OutgoingMail, subject: str, now: datetime) -> dict[str, str | list[str]]:
    facts = facts_of(mail)
    headers: dict[str, str | list[str]] = {
        "From": _mailbox(facts.about.sender),
        "To": ical.mailto_address(mail.recipient),
        "Subject": subject,
        "Date": format_datetime(now.astimezone(UTC)),
        "Message-ID": mail.message_id,
    }
    if thread := facts.thread_id:
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers | {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
        "Content-Language": mail.language,
    }


def _mailbox(person: ical.Person) -> list[str]:
    """Return what is in front of an address and the address, which is never encoded (RFC 2047, section 5)."""
    name = " ".join(ical.plain_line(person.name).translate(UNSAFE_IN_SENDER).split())
    address = ical.mailto_address(person.email)
    return [name, f"<{address}>"] if _is_encoded(name) else [formataddr((name, address))]


def _head(headers: dict[str, str | list[str]]) -> bytes:
    """Return the header lines, folded and encoded; raise HeaderParseError for a value that would begin another header.

    By email.header and not by EmailMessage, which loses spaces between encoded words and garbles long Message-IDs.
    A value in parts is encoded part by part.
    """
    return "".join(
        f"{name}: {_header(name, [value] if isinstance(value, str) else value)}{CRLF}"
        for name, value in headers.items()
    ).encode("ascii")


LONGEST_WORD = 75  # of an encoded word (RFC 2047, section 2); Python lets a word be as long as its line


def _header(name: str, parts: list[str]) -> str:
    header = Header(header_name=name, maxlinelen=LONGEST_WORD)
    for part in parts:
        header.append(part, "utf-8" if _is_encoded(part) else "us-ascii")
    return header.encode(linesep=CRLF)


def _is_encoded(text: str) -> bool:
    """Return whether text goes out in encoded words: also what a reader would take for one (RFC 2047)."""
    return not text.isascii() or "=?" in text

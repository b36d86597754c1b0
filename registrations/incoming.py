"""Mail that comes back: from foreign bytes to a Bounce, a CalendarReply or nothing. Pure, with limits of size and time.

Anybody can write to a public address, so the limits are checked before anything takes a message apart, and what is read
claims no more than it says: the service that acts on it compares it with what we sent.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from icalendar.parser import Contentline

MOST_BYTES = 1024 * 1024
MOST_LINES = 50_000
MOST_CONTAINERS = 50  # the parser nests one generator in another for each multipart/… and message/…
MOST_BOUNDARIES = 500
MOST_EMPTY_LINES = 10_000  # in a delivery status each begins another set of fields
LONGEST_TYPE = 2_000  # Python before 3.14 reads the parameters of a Content-Type in quadratic time
LONGEST_FIELD = 1_000
LONGEST_WORDS = (
    450  # what is kept of a server's words, so that they fit a column with what stands before them
)
MOST_CALENDAR_BYTES = 64 * 1024
MOST_CALENDAR_LINES = 1_000
MOST_COMPONENTS = 50
DEEPEST_COMPONENT = 4

BOUNDARY_LINE = b"\n--"
CONTAINER = re.compile(rb"(?:multipart|message)/", re.IGNORECASE)
TYPE_FIELD = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
OUR_ID = "([0-9a-f]{32})"  # uuid4().hex, see mails/facts.py
VERP = re.compile(rf"\+{OUR_ID}@", re.IGNORECASE)
OUR_MESSAGE_ID = re.compile(rf"<{OUR_ID}@")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
ENVELOPE_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
ADDRESS = r"[^\s<>@,;:\"()\[\]\\]+@[^\s<>@,;:\"()\[\]\\]+"
ONE_SENDER = re.compile(rf"(?:(?:\"[^\"<>]*\"|[^\"<>@,;]*) ?<)?({ADDRESS})>?")
PROPERTY = re.compile(r"[A-Za-z0-9-]+")
CALENDAR, EVENT = ["VCALENDAR"], ["VCALENDAR", "VEVENT"]
WANTED = {"METHOD", "UID", "ATTENDEE", "DTSTAMP", "SEQUENCE", "RECURRENCE-ID"}

Fields = dict[str, list[str]]


class Unreadable(ValueError):
    """The message is beyond the limits, or no parser makes sense of it; the words name no person."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail server could not deliver a mail of ours (RFC 3464); hard is what another attempt would not change."""

    mail_id: str
    status: str
    is_hard: bool
    words: str


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Somebody answered an invitation (RFC 5546, section 3.2.3); `stamp` is UTC, `answer` a PARTSTAT in capitals."""

    uid: str
    attendee: str
    sender: str
    answer: str
    stamp: datetime
    sequence: int


def read(raw: bytes) -> Bounce | CalendarReply | None:
    """Return what a message says, None for all else that people and machines send (out of office, spam, thanks).

    Raises Unreadable and nothing else. Takes two seconds at most, whatever the bytes.
    """
    lines = raw[: MOST_BYTES + 1].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _refuse_bombs(raw, lines)
    try:
        message = message_from_bytes(lines, policy=compat32)
        return _bounce(message) if message.get_content_type() == "multipart/report" else _reply(message)
    except Unreadable:
        raise
    except Exception as error:  # the parsers have been seen to raise nearly anything
        raise Unreadable(type(error).__name__) from error


def _refuse_bombs(raw: bytes, lines: bytes) -> None:
    """Raise Unreadable for what would keep the parsers busy."""
    limits = (
        ("bytes", len(raw), MOST_BYTES),
        ("lines", lines.count(b"\n"), MOST_LINES),
        ("empty lines", lines.count(b"\n\n"), MOST_EMPTY_LINES),
        ("boundaries", lines.count(BOUNDARY_LINE), MOST_BOUNDARIES),
        ("containers", len(CONTAINER.findall(lines)), MOST_CONTAINERS),
        ("type", max((len(found[0]) for found in TYPE_FIELD.finditer(lines)), default=0), LONGEST_TYPE),
    )
    for what, count, most in limits:
        if count > most:
            raise Unreadable(f"{what}: more than {most}")


def _bounce(report: Message) -> Bounce | None:
    """Return the bounce of a report about one of our mails, which has one recipient; None for any other report."""
    parts = _parts(report)
    statuses = (part for part in parts if part.get_content_type() == "message/delivery-status")
    bounces = [bounce for part in statuses for bounce in _failures(part, _mail_id(report, parts))]
    return next((bounce for bounce in bounces if bounce.is_hard), bounces[0] if bounces else None)


def _failures(status: Message, mail_id: str) -> Iterator[Bounce]:
    """Yield what a delivery status says of each recipient whose mail failed or is late (RFC 3464, section 2.3)."""
    for fields in _parts(status):
        action, code = _field(fields, "Action").lower(), STATUS.match(_field(fields, "Status"))
        if mail_id and code and action in ("failed", "delayed"):
            words = _field(fields, "Diagnostic-Code").removeprefix("smtp;").strip()[:LONGEST_WORDS]
            yield Bounce(mail_id, code[0], action == "failed" and code[0].startswith("5"), words)


def _mail_id(report: Message, parts: list[Message]) -> str:
    """Return which mail of ours a report is about: by the address it came to, else by the mail it returns."""
    for name in ENVELOPE_RECIPIENTS:
        for value in _fields(report, name):
            if found := VERP.search(value):
                return found[1].lower()
    returned = (OUR_MESSAGE_ID.match(_returned_message_id(part)) for part in parts)
    return next((found[1] for found in returned if found), "")


def _returned_message_id(part: Message) -> str:
    """Return the Message-ID of the mail that a part of a report returns, whole or only its headers (RFC 6522)."""
    if part.get_content_type() == "message/rfc822":
        return "".join(_field(returned, "Message-ID") for returned in _parts(part)[:1])
    if part.get_content_type() == "text/rfc822-headers":
        headers = _content(part).partition(b"\n\n")[0]
        return _field(message_from_bytes(headers, policy=compat32), "Message-ID")
    return ""


def _reply(message: Message) -> CalendarReply | None:
    """Return the answer in the first calendar part that is a reply, None where there is none."""
    calendars = (part for part in _leaves(message) if _is_calendar(part))
    for part in calendars:
        event = _event(_content(part))
        if event["METHOD"] == ["METHOD:REPLY"]:
            return _answer(message, event)
    return None


def _answer(message: Message, event: Fields) -> CalendarReply | None:
    """Return the answer to one invitation by one person; ORGANIZER is not asked for, because Outlook leaves it out."""
    senders = _fields(message, "From")
    sender = ONE_SENDER.fullmatch(senders[0]) if len(senders) == 1 else None
    times = [len(event[name]) for name in ("UID", "ATTENDEE", "DTSTAMP")]
    if sender is None or times != [1, 1, 1] or len(event["SEQUENCE"]) > 1 or event["RECURRENCE-ID"]:
        return None
    _name, parameters, attendee = Contentline(event["ATTENDEE"][0]).parts()
    return CalendarReply(
        uid=_value(event["UID"][0]),
        attendee=_text(re.sub("^mailto:", "", attendee, flags=re.IGNORECASE)),
        sender=sender[1],
        answer=_text(str(parameters.get("PARTSTAT", ""))).upper(),
        stamp=datetime.strptime(_value(event["DTSTAMP"][0]), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
        sequence=int(_value(event["SEQUENCE"][0])[:9]) if event["SEQUENCE"] else 0,
    )


def _event(calendar: bytes) -> Fields:
    """Return the wanted lines of a calendar and its one event, unfolded, by name; none of what is nested deeper.

    Raises Unreadable for more than one calendar or event, and for what is beyond the limits.
    """
    if len(calendar) > MOST_CALENDAR_BYTES:
        raise Unreadable(f"calendar: more than {MOST_CALENDAR_BYTES} bytes")
    lines = re.sub(r"\r?\n[ \t]", "", calendar.decode(errors="replace")).splitlines()
    if len(lines) > MOST_CALENDAR_LINES:
        raise Unreadable(f"calendar: more than {MOST_CALENDAR_LINES} lines")
    fields: Fields = defaultdict(list)
    opened: list[list[str]] = []
    path: list[str] = []
    for line in lines:
        key, _colon, component = line.strip().upper().partition(":")
        if key == "BEGIN":
            path = [*path, component]
            opened.append(path)
        elif key == "END":
            path = path[:-1]
        elif path in (CALENDAR, EVENT) and (found := PROPERTY.match(line)) and found[0].upper() in WANTED:
            fields[found[0].upper()].append(line.strip())
        if len(opened) > MOST_COMPONENTS or len(path) > DEEPEST_COMPONENT:
            raise Unreadable("calendar: too many components")
    if (opened.count(CALENDAR), opened.count(EVENT)) != (1, 1):
        raise Unreadable("calendar: not one event")
    return fields


def _value(line: str) -> str:
    """Return the value of a calendar line; raise ValueError for one that is too long or no such line."""
    if len(line) > LONGEST_FIELD:
        raise ValueError("a line of the calendar is too long")
    return _text(Contentline(line).parts()[2])


def _parts(part: Message) -> list[Message]:
    """Return what a container holds; nothing where it claims to be one and is none."""
    inside = part.get_payload()
    return [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []


def _leaves(part: Message) -> Iterator[Message]:
    """Yield the parts that are no containers; not those of a message inside the message, which somebody else wrote."""
    if part.get_content_maintype() == "multipart":
        for inside in _parts(part):
            yield from _leaves(inside)
    else:
        yield part


def _is_calendar(part: Message) -> bool:
    return part.get_content_type() in ("text/calendar", "application/ics")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _field(part: Message, name: str) -> str:
    """Return a header field that must occur once, as plain text; "" otherwise."""
    values = _fields(part, name)
    return values[0] if len(values) == 1 else ""


def _fields(part: Message, name: str) -> list[str]:
    return [_text(value) for value in part.get_all(name, [])]


def _text(value: object) -> str:
    """Return foreign words on one line, cut, without anything that a database or a terminal would stumble over."""
    words = " ".join(str(value)[:LONGEST_FIELD].encode(errors="replace").decode().split())
    return "".join(letter for letter in words if letter.isprintable())

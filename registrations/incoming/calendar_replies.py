"""Answers to invitations: the one event of a calendar with METHOD:REPLY, and who sent it (RFC 5546, section 3.2.3)."""

import codecs
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.policy import default
from urllib.parse import unquote

from icalendar.parser import Contentline

from registrations.incoming.message_parts import (
    LONGEST_FIELD,
    UnreadableMessage,
    content,
    fields,
    leaves,
    plain_words,
)

MOST_CALENDAR_BYTES = 64 * 1024
MOST_CALENDAR_LINES = 1_000
MOST_COMPONENTS = 50
DEEPEST_COMPONENT = 4

CALENDAR_TYPES = ("text/calendar", "application/ics")
CALENDAR_NAME = re.compile(r"name[^;=]*=[^;]*\.ics\b", re.IGNORECASE)
BEGINS = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s{0,20}B\0?E\0?G\0?I\0?N\0?:\0?V\0?C\0?A\0?L")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHARSETS = ("utf-16", "utf-16le", "utf-16be", "iso-8859-1", "windows-1252")  # all else is read as UTF-8
ADDRESS = r"[^\s<>@,;:\"()\[\]\\]+@[^\s<>@,;:\"()\[\]\\]+"
LONE_ADDRESS = re.compile(rf"[^<>@]*<({ADDRESS})>|({ADDRESS})")
TWICE = re.compile(rf"({ADDRESS}) ?<\1>", re.IGNORECASE)
PROPERTY = re.compile(r"[A-Za-z0-9-]+")
CALENDAR, EVENT = ["VCALENDAR"], ["VCALENDAR", "VEVENT"]
WANTED = {"METHOD", "UID", "ATTENDEE", "DTSTAMP", "SEQUENCE", "RECURRENCE-ID"}

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Somebody answered an invitation; `stamp` is UTC, `answer` a PARTSTAT in capitals.

    `sender` is the one address in From, `reply_to` the one in Reply-To, "" without one.
    """

    uid: str
    attendee: str
    sender: str
    reply_to: str
    answer: str
    stamp: datetime
    sequence: int


def reply(message: Message) -> CalendarReply | None:
    """Return the answer in the first calendar part that is a reply, None where there is none."""
    for part in leaves(message):
        if _is_calendar(part):
            event = _event(_decoded(part))
            if [line.upper() for line in event["METHOD"]] == ["METHOD:REPLY"]:
                return _answer(message, event)
    return None


def _answer(message: Message, event: Fields) -> CalendarReply | None:
    """Return the answer to one invitation by one person; ORGANIZER is not asked for, because Outlook leaves it out."""
    sender = _one_address(fields(message, "From"))
    times = [len(event[name]) for name in ("UID", "ATTENDEE", "DTSTAMP")]
    if not sender or times != [1, 1, 1] or len(event["SEQUENCE"]) > 1 or event["RECURRENCE-ID"]:
        return None
    _name, parameters, attendee = Contentline(event["ATTENDEE"][0]).parts()
    return CalendarReply(
        uid=_value(event["UID"][0]),
        attendee=plain_words(unquote(re.sub("^mailto:", "", attendee, flags=re.IGNORECASE))),
        sender=sender,
        reply_to=_one_address(fields(message, "Reply-To")),
        answer=plain_words(str(parameters.get("PARTSTAT", ""))).upper(),
        stamp=datetime.strptime(_value(event["DTSTAMP"][0]), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
        sequence=int(_value(event["SEQUENCE"][0])[:9]) if event["SEQUENCE"] else 0,
    )


def _one_address(values: list[str]) -> str:
    """Return the one address in the one header field of a name, "" for none and where it could be another.

    With a single @ there is nothing to mistake, whatever is around it. Else the name may hold one too, and only what a
    strict parser takes without complaint counts: parsers have taken the wrong one (CVE-2023-27043).
    """
    if len(values) != 1:
        return ""
    value = TWICE.sub(r"\1", values[0])
    if value.count("@") == 1:
        found = LONE_ADDRESS.fullmatch(value)
        if found:
            return found[1] or found[2]
    header = default.header_factory("From", value)
    is_sound = all(type(defect).__name__ == "ObsoleteHeaderDefect" for defect in header.defects)
    addresses = [plain_words(address.addr_spec) for address in header.addresses] if is_sound else []
    return addresses[0] if len(addresses) == 1 and "@" in addresses[0] else ""


def _is_calendar(part: Message) -> bool:
    """Return whether a part is a calendar: by its type, its name or, where neither says anything, by how it begins."""
    kind = part.get_content_type()
    named = (str(part.get(name, "")) for name in ("Content-Disposition", "Content-Type"))
    if kind in CALENDAR_TYPES or any(CALENDAR_NAME.search(value) for value in named):
        return True
    return kind == "application/octet-stream" and BEGINS.match(content(part)) is not None


def _decoded(part: Message) -> str:
    """Return the text of a calendar part: by its byte order mark, else by the charset it declares.

    Raises Unreadable for one that is too large.
    """
    raw = content(part)
    if len(raw) > MOST_CALENDAR_BYTES:
        raise UnreadableMessage(f"calendar: more than {MOST_CALENDAR_BYTES} bytes")
    for mark, charset in MARKS:
        if raw.startswith(mark):
            return raw.decode(charset, "replace")
    declared = str(part.get_content_charset() or "").replace("utf-16-", "utf-16")
    return raw.decode(declared if declared in CHARSETS else "utf-8", "replace")


def _event(calendar: str) -> Fields:
    """Return the wanted lines of a calendar and its one event, unfolded, by name; none of what is nested deeper.

    Raises Unreadable for more than one calendar or event, and for what is beyond the limits.
    """
    lines = re.sub(r"\r?\n[ \t]", "", calendar).splitlines()
    if len(lines) > MOST_CALENDAR_LINES:
        raise UnreadableMessage(f"calendar: more than {MOST_CALENDAR_LINES} lines")
    found_fields: Fields = defaultdict(list)
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
            found_fields[found[0].upper()].append(line.strip())
        if len(opened) > MOST_COMPONENTS or len(path) > DEEPEST_COMPONENT:
            raise UnreadableMessage("calendar: too many components")
    if (opened.count(CALENDAR), opened.count(EVENT)) != (1, 1):
        raise UnreadableMessage("calendar: not one event")
    return found_fields


def _value(line: str) -> str:
    """Return the value of a calendar line; raise ValueError for one that is too long or no such line."""
    if len(line) > LONGEST_FIELD:
        raise ValueError("a line of the calendar is too long")
    return plain_words(Contentline(line).parts()[2])

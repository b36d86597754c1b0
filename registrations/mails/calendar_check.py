"""Reading a finished mail's calendar file back, as a calendar would, and comparing it with what it should say (D-52).

Pure: bytes and what is expected in, differences in words out. No word names a person or an address, so that staff may
read them anywhere. What real clients trip over is listed in RFC 5546, section 3.2, RFC 6047, section 2.4, and in
ical.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from typing import Any, cast

from django.utils.translation import gettext as _
from icalendar import Calendar, Component

from registrations import ical

ZONE = ical.BRUSSELS_TIMEZONE.to_ical()
LONGEST_LINE = 75  # octets (RFC 5545, section 3.1)
OPENS_A_CALENDAR = ("NAME", "X-WR-CALNAME")  # in Outlook: an empty new one instead of the appointment
Comparison = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a mail's calendar file has to say.

    `appointment` is the session as it is, or as the person was last told of it; `recipient` the one person who reads
    the mail, `sender` the address it comes from; `above` the SEQUENCE of the calendar mail before, which this one has
    to top, None for the first.
    """

    appointment: ical.Appointment
    recipient: str
    sender: str
    above: int | None = None


def calendar_differences(raw: bytes, expected: Expected) -> list[str]:
    """Return in words what a finished mail says that it should not, or leaves out; an empty list for a sound one."""
    try:
        return [words for words, holds in _checks(raw, expected) if not holds]
    except Exception:  # noqa: BLE001  # whatever the reader stumbles over, a calendar would too
        return [_("the calendar file cannot be read")]


def reads_back(data: bytes, appointment: ical.Appointment) -> bool:
    """Return whether a published calendar file says what its appointment says, read as the mails' files are (D-47)."""
    try:
        calendar = Calendar.from_ical(data.replace(ZONE, b"", 1))
        return all(holds for event in calendar.events for _words, holds in _event_checks(event, appointment))
    except Exception:  # noqa: BLE001  # whatever the reader stumbles over, a calendar would too
        return False


def _checks(raw: bytes, expected: Expected) -> Iterator[Comparison]:
    message = message_from_bytes(raw)
    yield from _envelope_checks(message, expected)
    invitations, attachments = _parts(message, "text/calendar"), _parts(message, "application/ics")
    yield _("not exactly one text/calendar part"), len(invitations) == 1
    yield _("not exactly one application/ics attachment"), len(attachments) == 1
    files = [cast(bytes, part.get_payload(decode=True)) for part in (*invitations, *attachments)]
    yield _("the two copies of the calendar file differ"), len(set(files)) == 1
    method = expected.appointment.method
    for part in invitations:
        yield _("method in the mail is not %s") % method, part.get_param("method") == method
        yield _("not one charset in the mail"), part["Content-Type"].lower().count("charset") == 1
    for data in set(files):
        yield from _calendar_checks(data, expected)


def _parts(message: Message, content_type: str) -> list[Message]:
    return [part for part in message.walk() if part.get_content_type() == content_type]


def _envelope_checks(message: Message, expected: Expected) -> Iterator[Comparison]:
    sender = ical.mailto_address(expected.sender)
    yield _("From is not the sender"), _addresses(message, "From") == [sender]
    recipient = ical.mailto_address(expected.recipient)
    yield _("To is not the recipient alone"), _addresses(message, "To", "Cc", "Bcc") == [recipient]


def _addresses(message: Message, *headers: str) -> list[str]:
    values = [str(value) for header in headers for value in message.get_all(header, [])]
    return [address for _name, address in getaddresses(values)]


def _calendar_checks(data: bytes, expected: Expected) -> Iterator[Comparison]:
    lines = data.split(b"\r\n")
    yield _("not all lines end in CRLF"), lines[-1] == b"" and b"\n" not in b"".join(lines)
    yield _("a line is too long"), all(len(line) <= LONGEST_LINE for line in lines)
    rest = data.replace(
        ZONE, b"", 1
    )  # what is equal to the byte need not be read, which takes a third of the time
    is_ours = rest != data and b"BEGIN:VTIMEZONE" not in rest
    yield _("VTIMEZONE is not the one with yearly rules"), is_ours
    calendar = Calendar.from_ical(rest)
    method = expected.appointment.method
    yield _("METHOD is not %s") % method, calendar.get("METHOD") == method
    yield _("it opens a calendar of its own"), not any(name in calendar for name in OPENS_A_CALENDAR)
    events = [part for part in calendar.subcomponents if part.name != "VTIMEZONE"]
    yield _("not exactly one VEVENT"), [part.name for part in events] == ["VEVENT"]
    for event in events:
        yield from _event_checks(event, expected.appointment)
        yield from _people_checks(event, expected)
        is_above = expected.above is None or event.get("SEQUENCE", 0) > expected.above
        yield _("SEQUENCE is not above the mail before"), is_above


def _event_checks(event: Component, appointment: ical.Appointment) -> Iterator[Comparison]:
    yield _("a property cannot be read"), not event.errors
    yield _("UID is not the session's"), event.get("UID") == appointment.uid
    yield _("SEQUENCE is not what was told"), event.get("SEQUENCE") == appointment.sequence
    yield _("DTSTAMP is missing"), _moment(event.get("DTSTAMP")) is not None
    for name, moment in (("DTSTART", appointment.starts_at), ("DTEND", appointment.ends_at)):
        value = event.get(name)
        yield _("%s is not in the zone of the file") % name, _zone(value) == ical.BRUSSELS_ZONE.key
        yield _("%s is not the session's") % name, _moment(value) == moment
    for name, text in (("SUMMARY", appointment.summary), ("LOCATION", appointment.place)):
        yield _("%s is not the session's") % name, event.get(name) == ical.plain_line(text)
    fitting = "CANCELLED" if appointment.is_off else "CONFIRMED"
    yield _("STATUS does not fit METHOD"), event.get("STATUS") == fitting
    yield _("an alarm for what is cancelled"), not (appointment.is_off and event.walk("VALARM"))


def _people_checks(event: Component, expected: Expected) -> Iterator[Comparison]:
    organiser = ical.mailto_address(expected.appointment.organiser.email)
    yield _("%s is not the session's") % "ORGANIZER", event.get("ORGANIZER") == f"mailto:{organiser}"
    recipient = ical.mailto_address(expected.recipient)
    yield _("ATTENDEE is not the recipient alone"), event.get("ATTENDEE") == f"mailto:{recipient}"


def _moment(value: Any) -> datetime | None:
    """Return a property's moment in UTC; None where it is missing, a day, or floating with its reader."""
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        return None
    return moment.astimezone(UTC)


def _zone(value: Any) -> str | None:
    return value.params.get("TZID") if hasattr(value, "params") else None

"""Write calendar files (RFC 5545, RFC 5546): appointments in, bytes out, without Django.

What real clients need beyond the standards is said where it is done.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText
from icalendar.enums import CLASS, CUTYPE, PARTSTAT, ROLE, STATUS, TRANSP

from registrations.domains import ascii_domain

BRUSSELS_ZONE = ZoneInfo("Europe/Brussels")
PRODUCT = "-//European Commission//Cluster webinars//EN"
REFRESH = "PT1H"
REMIND = timedelta(minutes=-15)

# Outlook reads one yearly rule each way and no RDATE; Thunderbird reads only the first RDATE. So the zone is
# a constant with the two rules that have held since 1996, not what a library derives from the tz database.
BRUSSELS_RULES = """\
BEGIN:VTIMEZONE
TZID:Europe/Brussels
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
BRUSSELS_TIMEZONE = Timezone.from_ical(BRUSSELS_RULES)

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Method(StrEnum):
    """What a calendar file asks for (RFC 5546, section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


def has_one_clock_time(moment: datetime) -> bool:
    """Return whether an aware moment is one on Brussels' clocks: calendar files give the time of day, not the moment.

    When the clocks go back an hour comes twice, and what says 02:30 may be read as either; when they go forward an hour
    is left out, and nothing can be written in it.
    """
    here = moment.astimezone(UTC).astimezone(BRUSSELS_ZONE)
    is_there = moment.tzinfo is not BRUSSELS_ZONE or moment.replace(tzinfo=None) == here.replace(tzinfo=None)
    return is_there and here.replace(fold=0).utcoffset() == here.replace(fold=1).utcoffset()


def plain_line(text: str) -> str:
    """Return text on one line, without control characters and direction overrides."""
    kept = (
        letter
        for letter in " ".join(text.split())
        if letter not in BIDI_CONTROLS and unicodedata.category(letter) != "Cc"
    )
    return "".join(kept)


def mailto_address(address: str) -> str:
    """Return an email address with its domain in punycode, as mailto: and mail headers need it.

    Raises ValueError where the address cannot be written so.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not local.isascii() or plain_line(local) != local or " " in local:
        raise ValueError("an email address must be an ASCII name, an @ and a domain")
    return f"{local}@{ascii_domain(domain)}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a calendar file: an address, and a name or nothing."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One session as one calendar file tells it; all moments are aware.

    `uid` and `organiser` stay the same for ever, `sequence` rises with every change that is sent, `stamp` is the
    moment this file is made for. `attendee` is the one person an invitation goes to, None in a published file.
    """

    method: Method
    uid: str
    sequence: int
    stamp: datetime
    created: datetime
    changed: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    place: str
    url: str
    organiser: Person
    attendee: Person | None = None
    called_off: bool = False

    def __post_init__(self) -> None:
        """Refuse, with ValueError, what calendars would misread."""
        moments = (self.stamp, self.created, self.changed, self.starts_at, self.ends_at)
        if any(moment.utcoffset() is None for moment in moments):
            raise ValueError("an appointment needs aware moments: a naive one floats with its reader")
        if self.ends_at <= self.starts_at:
            raise ValueError("an appointment ends after it starts")
        if self.sequence < 0:
            raise ValueError("a SEQUENCE starts at 0")
        if self.called_off and self.method == Method.REQUEST:
            raise ValueError("nobody is invited to what was called off")
        if (self.attendee is None) != (self.method == Method.PUBLISH):
            raise ValueError("an invitation has one attendee, a published file none (RFC 5546, section 3.2)")

    @property
    def is_off(self) -> bool:
        """Return whether the file says that the appointment does not take place."""
        return self.called_off or self.method == Method.CANCEL

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON data, from which `from_json` makes an equal appointment."""
        moments = {name: getattr(self, name).isoformat() for name in APPOINTMENT_MOMENTS}
        return {**asdict(self), **moments, "method": self.method.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the appointment that `as_json` wrote."""
        return cls(
            **{
                **data,
                **{name: datetime.fromisoformat(data[name]) for name in APPOINTMENT_MOMENTS},
                "method": Method(data["method"]),
                "organiser": Person(**data["organiser"]),
                "attendee": Person(**data["attendee"]) if data["attendee"] else None,
            }
        )


APPOINTMENT_MOMENTS = ("stamp", "created", "changed", "starts_at", "ends_at")


def invite(appointment: Appointment) -> bytes:
    """Return one appointment as one calendar file: what a mail carries and a download gives.

    It holds nothing but the appointment: a calendar name makes Outlook open an empty new calendar.
    """
    calendar = _calendar(appointment.method)
    calendar.add_component(_event(appointment))
    return bytes(calendar.to_ical())


def feed(appointments: Iterable[Appointment], *, name: str, description: str) -> bytes:
    """Return published appointments as one calendar to subscribe to.

    Clients are asked to look again every hour; most look less often.
    """
    calendar = _calendar(Method.PUBLISH)
    # All as vText: the library writes NAME and X- properties without escaping otherwise.
    calendar.add("name", vText(plain_line(name)))
    calendar.add("x-wr-calname", vText(plain_line(name)))
    calendar.add("x-wr-caldesc", vText(plain_line(description)))
    calendar.add("refresh-interval", vText(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText(REFRESH))
    for appointment in appointments:
        calendar.add_component(_event(appointment))
    return bytes(calendar.to_ical())


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    calendar.add_component(BRUSSELS_TIMEZONE)
    return calendar


def _event(appointment: Appointment) -> Event:
    event = Event.new(
        uid=appointment.uid,
        sequence=appointment.sequence,
        stamp=appointment.stamp.astimezone(UTC),
        created=appointment.created.astimezone(UTC),
        last_modified=appointment.changed.astimezone(UTC),
        start=appointment.starts_at.astimezone(BRUSSELS_ZONE),
        end=appointment.ends_at.astimezone(BRUSSELS_ZONE),
        summary=plain_line(appointment.summary),
        description="\n".join(map(plain_line, appointment.description.splitlines())),
        location=plain_line(appointment.place),
        url=appointment.url,
        organizer=_address(appointment.organiser),
        attendees=[_attendee(appointment.attendee)] if appointment.attendee else [],
        status=STATUS.CANCELLED if appointment.is_off else STATUS.CONFIRMED,
        classification=CLASS.PUBLIC,
        transparency=TRANSP.TRANSPARENT if appointment.is_off else TRANSP.OPAQUE,
    )
    event.add("x-microsoft-disallow-counter", vText("TRUE"))
    if not appointment.is_off:
        event.add_component(_alarm(appointment))
    return event


def _address(person: Person) -> vCalAddress:
    return vCalAddress.new(mailto_address(person.email), cn=_common_name(person))


def _attendee(person: Person) -> vCalAddress:
    """Return somebody who is asked to answer: without these words Gmail and Outlook show no buttons."""
    return vCalAddress.new(
        mailto_address(person.email),
        cn=_common_name(person),
        cutype=CUTYPE.INDIVIDUAL,
        role=ROLE.REQ_PARTICIPANT,
        partstat=PARTSTAT.NEEDS_ACTION,
        rsvp=True,
    )


def _common_name(person: Person) -> str | None:
    """Return the name without what RFC 6868 would escape: most clients show the escapes (“^'”) as they are."""
    return plain_line(person.name).replace('"', "'").replace("^", "") or None


def _alarm(appointment: Appointment) -> Alarm:
    alarm = Alarm.new(description=plain_line(appointment.summary))
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", REMIND)
    return alarm

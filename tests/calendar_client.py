"""A simulated calendar: what a client by RFC 5546 makes of the mails it gets, and a backend that keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from django.core.mail.backends.base import BaseEmailBackend
from icalendar import Calendar

sent: list[bytes] = []  # what KeepingBackend was given, as the bytes that would have gone to the mail server


class KeepingBackend(BaseEmailBackend):
    """Keep the bytes of every mail."""

    def send_messages(self, email_messages):
        """Keep them, in order."""
        sent.extend(message.message().as_bytes(linesep="\r\n") for message in email_messages)
        return len(email_messages)


@dataclass(frozen=True)
class Invite:
    """One calendar object, as its mail brought it; `attendees` and `recipient` are addresses in lower case."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    organiser: str
    attendees: tuple[str, ...]
    sender: str
    recipient: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def read(cls, raw: bytes) -> Self | None:
        """Return what a mail carries, None where it carries no calendar; both copies must be one to the byte."""
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        if not parts:
            return None
        [part], [copy] = parts, list(message.iter_attachments())
        assert part.get_payload(decode=True) == copy.get_payload(decode=True)
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        [event] = calendar.walk("VEVENT")
        assert part["Content-Type"].params["method"] == calendar["METHOD"]
        attendees = event.get("ATTENDEE", [])
        return cls(
            method=str(calendar["METHOD"]),
            uid=str(event["UID"]),
            sequence=int(event["SEQUENCE"]),
            stamp=event["DTSTAMP"].dt,
            organiser=_address(event["ORGANIZER"]),
            attendees=tuple(map(_address, attendees if isinstance(attendees, list) else [attendees])),
            sender=message["From"].addresses[0].addr_spec.lower(),
            recipient=", ".join(address.addr_spec.lower() for address in message["To"].addresses),
            title=str(event["SUMMARY"]),
            place=str(event["LOCATION"]),
            starts_at=event.start.astimezone(UTC),
            ends_at=event.end.astimezone(UTC),
        )

    @property
    def age(self) -> tuple[int, datetime]:
        """Return what decides which of two objects of one UID is newer (RFC 5546, section 2.1.5)."""
        return self.sequence, self.stamp

    @property
    def seen(self) -> tuple[str, str, datetime, datetime]:
        """Return what the person sees of it in the calendar."""
        return self.title, self.place, self.starts_at, self.ends_at


def _address(value: str) -> str:
    return value.lower().removeprefix("mailto:")


class ClientCalendar:
    """The calendar of one mailbox; it knows nothing but the mails it gets."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.newest: dict[str, Invite] = {}

    def receive(self, invites: Iterable[Invite]) -> Self:
        """Take calendar objects in, in this order; return the calendar."""
        for invite in invites:
            if invite.attendees == (self.address,):
                self._apply(invite)
        return self

    def _apply(self, invite: Invite) -> None:
        """Add, update or remove by RFC 5546, sections 3.2.2 and 3.2.5.

        A CANCEL that comes before its REQUEST is remembered, so that the older REQUEST finds it.
        """
        known = self.newest.get(invite.uid)
        if known is None or (
            invite.organiser == known.organiser
            and (invite.age > known.age or (invite.method == "CANCEL" and invite.age == known.age))
        ):
            self.newest[invite.uid] = invite

    def standing(self) -> dict[str, tuple[str, str, datetime, datetime]]:
        """Return what stands in the calendar, by UID."""
        return {uid: invite.seen for uid, invite in self.newest.items() if invite.method == "REQUEST"}


class SharedCalendar(ClientCalendar):
    """One calendar behind several addresses, as of a mailbox that is forwarded; it matches by UID alone.

    `by_sequence` says whether it asks which of two objects is newer, or takes them as they come.
    """

    def __init__(self, *, by_sequence: bool) -> None:
        super().__init__(address="")
        self.by_sequence = by_sequence

    def receive(self, invites: Iterable[Invite]) -> Self:
        """Take calendar objects in, in this order, to whomever they went; return the calendar."""
        for invite in invites:
            if self.by_sequence:
                self._apply(invite)
            else:
                self.newest[invite.uid] = invite
        return self

"""What mails say, as plain JSON, taken from the models when it is written; words are found when it is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.utils import translation

from registrations import ical, links
from registrations.appointments import (
    appointment_for,
    attendee_for,
    cancellation_for,
    organiser,
)
from registrations.mails.editor_texts import MailWords
from registrations.mails.records import (
    NOTHING_ELSE,
    AboutSession,
    AgendaPublished,
    ConfirmLink,
    ContestAnswered,
    ContestReceived,
    DateWithdrawn,
    DecidedAgainst,
    FollowUpLinks,
    Invitation,
    JoiningLink,
    Left,
    LeftAddress,
    LeftSession,
    LinksAskedFor,
    NothingElse,
    RequestReceived,
    SessionCancelled,
    SessionChanged,
    SessionFacts,
    StaffDeadline,
    StaffDigest,
    ToPerson,
    ToStaff,
    Undecided,
    WebinarFacts,
    of_session,
)
from registrations.models import MailKind, OutgoingMail, Registration, Seat, own_domain
from webinar_site.foundation.records import Record, read_as_one_of

# What only a kind of mail says; of several records the first that fits a row.
OWN_FACTS: Mapping[MailKind, tuple[type[Record], ...]] = {
    MailKind.CONFIRM_ADDRESS: (ConfirmLink,),
    MailKind.CONFIRM_NEW_ADDRESS: (ConfirmLink,),
    MailKind.ADDRESS_CHANGED: (NothingElse,),
    MailKind.ADDRESS_LEFT: (LeftAddress, NothingElse),
    MailKind.ALREADY_REGISTERED: (NothingElse,),
    MailKind.MANAGE_LINK: (LinksAskedFor,),
    MailKind.RECEIVED: (RequestReceived,),
    MailKind.INVITATION: (Invitation,),
    MailKind.PLACE_KEPT: (NothingElse,),
    MailKind.SESSION_CHANGED: (SessionChanged,),
    MailKind.DATE_WITHDRAWN: (DateWithdrawn,),
    MailKind.SESSION_CANCELLED: (SessionCancelled,),
    MailKind.WAITLISTED: (NothingElse,),
    MailKind.REJECTED: (DecidedAgainst,),
    MailKind.PUT_BACK: (DecidedAgainst,),
    MailKind.CONTEST_RECEIVED: (ContestReceived,),
    MailKind.CONTEST_ANSWERED: (ContestAnswered,),
    MailKind.CANCELLED: (DecidedAgainst,),
    MailKind.WITHDRAWN: (LeftSession, Left),
    MailKind.ERASED: (Left,),
    MailKind.AGENDA: (AgendaPublished,),
    MailKind.UNDECIDED: (Undecided,),
    MailKind.REMINDER: (JoiningLink,),
    MailKind.FOLLOW_UP: (FollowUpLinks,),
    MailKind.STAFF_DIGEST: (StaffDigest,),
    MailKind.STAFF_DEADLINE: (StaffDeadline,),
}
InCalendar = (
    Invitation
    | SessionChanged
    | DateWithdrawn
    | SessionCancelled
    | DecidedAgainst
    | LeftSession
    | LeftAddress
)


@dataclass(frozen=True, slots=True)
class MailFacts:
    """All that a mail says: whom it is to, what only its kind says, and of a test the words that are tested."""

    about: ToPerson | ToStaff
    own: Record
    test: MailWords | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, from which `from_json` makes an equal record: all in one."""
        test = {"test": {"subject": self.test.subject, "body": self.test.body}} if self.test else {}
        return {**self.about.to_json(), **self.own.to_json(), **test}

    @classmethod
    def from_json(cls, kind: MailKind, data: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote for a kind of mail, now or in an earlier release; raise KeyError for a hole."""
        return cls(
            about=ToStaff.from_json(data)
            if kind.is_to_staff
            else read_as_one_of((AboutSession, ToPerson), data),
            own=read_as_one_of(OWN_FACTS[kind], data),
            test=MailWords(**data["test"]) if "test" in data else None,
        )

    @property
    def session(self) -> SessionFacts | None:
        """Return the session that a mail to a person is about, if it is about one."""
        return self.about.session if isinstance(self.about, AboutSession) else None

    @property
    def thread_id(self) -> str:
        """Return the Message-ID of the invitation that the mail comes after, "" where it comes after none."""
        return self.about.thread_id if isinstance(self.about, AboutSession) else ""

    @property
    def appointment(self) -> ical.Appointment | None:
        """Return what the mail's calendar file tells, None where it carries none."""
        return self.own.calendar if isinstance(self.own, InCalendar) else None

    @property
    def by_name(self) -> dict[str, Any]:
        """Return everything by the names that templates use."""
        return {
            each.name: getattr(part, each.name) for part in (self.about, self.own) for each in fields(part)
        }


def facts_of(mail: OutgoingMail) -> MailFacts:
    """Return what a mail says; raise KeyError where that was deleted."""
    return MailFacts.from_json(MailKind(mail.kind), mail.facts)


def appointment_of(mail: OutgoingMail) -> ical.Appointment | None:
    """Return what a mail's calendar file tells, None where it carries none, or what it said was deleted."""
    return facts_of(mail).appointment if mail.facts else None


def is_cancellation(mail: OutgoingMail) -> bool:
    """Return whether a mail takes a session out of a calendar."""
    appointment = appointment_of(mail)
    return appointment is not None and appointment.method == ical.Method.CANCEL


def write_mail(
    kind: MailKind, registration: Registration, now: datetime, own: Record = NOTHING_ELSE
) -> OutgoingMail:
    """Return an unsaved row about a registration, told once unless the caller gives it another dedupe key.

    It is written in the language that its person registered in (D-78).
    """
    return _row(kind, registration, now, MailFacts(_about(registration), own))


def write_about(kind: MailKind, seat: Seat, now: datetime, own: Record = NOTHING_ELSE) -> OutgoingMail:
    """Return an unsaved row about one session of somebody's, told once at this moment."""
    person = _about(seat.registration)
    about = AboutSession(
        name=person.name,
        reference=person.reference,
        manage_url=person.manage_url,
        sender=person.sender,
        webinar=person.webinar,
        session=of_session(seat.session),
        thread_id=seat.thread_id,
    )
    mail = _row(kind, seat.registration, now, MailFacts(about, own))
    mail.seat = seat
    mail.dedupe_key = f"{kind}:{seat.pk}:{now:%Y%m%dT%H%M%S.%f}"
    return mail


def request(seat: Seat, now: datetime) -> ical.Appointment:
    """Return the appointment that puts a session into somebody's calendar, under the SEQUENCE it has now."""
    registration = seat.registration
    with translation.override(registration.language):
        return appointment_for(
            seat.session, method=ical.Method.REQUEST, stamp=now, attendee=attendee_for(registration)
        )


def cancel_if_invited(seat: Seat, now: datetime) -> ical.Appointment | None:
    """Return the appointment that takes a session out of somebody's calendar, or None where it is in none."""
    if not seat.is_invited:
        return None
    with translation.override(seat.registration.language):
        return cancellation_for(seat, stamp=now)


def _row(kind: MailKind, registration: Registration, now: datetime, facts: MailFacts) -> OutgoingMail:
    return OutgoingMail(
        kind=kind,
        registration=registration,
        recipient=registration.email,
        language=registration.language,
        facts=facts.to_json(),
        dedupe_key=f"{kind}:{registration.pk}",
        message_id=f"<{uuid4().hex}@{own_domain()}>",
        created_at=now,
        due_at=now,
    )


def _about(registration: Registration) -> ToPerson:
    webinar = registration.webinar
    return ToPerson(
        name=ical.plain_line(registration.full_name),
        reference=registration.reference,
        manage_url=links.page("manage", registration.manage_token),
        sender=organiser(webinar),
        webinar=WebinarFacts(
            title=webinar.title,
            signature=webinar.signature,
            contact=webinar.contact_email,
            url=links.page("webinar", webinar.slug),
            my_link_url=links.page("my_link", webinar.slug),
        ),
    )

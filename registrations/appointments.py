"""From a session to the appointment that mail, download and feed all tell: one UID, one organiser, one SEQUENCE (D-44).

The UID is the session's from the start, the organiser from the first invitation on: calendars know an event by both, so
neither follows a setting that is changed later.
"""

from copy import copy
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from registrations import ical, links
from registrations.models import Registration, Seat, Webinar, WebinarSession


def organiser(webinar: Webinar) -> ical.Person:
    """Return who mails come from: DEFAULT_FROM_EMAIL, by its own name or the webinar's signature."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return ical.Person(address, name or webinar.signature)


def attendee_for(registration: Registration) -> ical.Person:
    """Return the one person an invitation goes to."""
    return ical.Person(registration.email, registration.full_name)


def organiser_of(session: WebinarSession) -> ical.Person:
    """Return the ORGANIZER of a session's entries: as first told, else who mails come from now (D-46)."""
    if session.organiser_email:
        return ical.Person(session.organiser_email, session.organiser_name)
    return organiser(session.webinar)


def appointment_for(
    session: WebinarSession, *, method: ical.Method, stamp: datetime, attendee: ical.Person | None = None
) -> ical.Appointment:
    """Return a dated session as it is, in the active language; `attendee` is given exactly for REQUEST and CANCEL.

    `stamp` is the moment the file is made for (aware); with `session.changed_at` a download stays the same until the
    session changes. Raises ValueError where a calendar could not tell it.
    """
    if session.starts_at is None or session.ends_at is None:
        raise ValueError("a session without a date has no place in a calendar")
    return ical.Appointment(
        method=method,
        uid=session.calendar_uid,
        sequence=session.sequence,
        stamp=stamp,
        created=session.created_at,
        changed=session.changed_at,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        summary=session.title,
        description=_description(session.webinar),
        place=session.place,
        url=links.page("my_link", session.webinar.slug),
        organiser=organiser_of(session),
        attendee=attendee,
        called_off=session.is_cancelled,
    )


def cancellation_for(seat: Seat, *, stamp: datetime) -> ical.Appointment:
    """Return what takes a session out of the calendar of somebody who was invited, as they were last told of it."""
    told = seat.told
    if told is None:
        raise ValueError("there is nothing to cancel: this person was never invited")
    as_told = copy(seat.session)
    as_told.title, as_told.place = told["title"], told["place"]
    as_told.starts_at = datetime.fromisoformat(told["starts_at"])
    as_told.ends_at = datetime.fromisoformat(told["ends_at"])
    attendee = attendee_for(seat.registration)
    return appointment_for(as_told, method=ical.Method.CANCEL, stamp=stamp, attendee=attendee)


def _description(webinar: Webinar) -> str:
    """Say how to join and where to read on; no personal link, because people put invitations into shared calendars."""
    return _(
        "To join, use the link in your invitation, or have it sent to you again:\n"
        "%(my_link)s\n\n%(title)s\n%(page)s\n\nQuestions: %(contact)s"
    ) % {
        "my_link": links.page("my_link", webinar.slug),
        "title": webinar.title,
        "page": links.page("webinar", webinar.slug),
        "contact": webinar.contact_email,
    }

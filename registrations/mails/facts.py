"""What mails say, as plain JSON, taken from the models when it is written; words are found when it is rendered."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.translation import override

from registrations import ical, links
from registrations.appointments import (
    appointment_for,
    attendee_for,
    cancellation_for,
    organiser,
)
from registrations.models import MailKind, OutgoingMail, Registration, Seat, WebinarSession, own_domain

Facts = dict[str, Any]


def write(kind: MailKind, registration: Registration, now: datetime, **facts: Any) -> OutgoingMail:
    """Return an unsaved row about a registration, told once unless the caller gives it another dedupe key.

    It is written in the language that its person registered in (D-78).
    """
    return OutgoingMail(
        kind=kind,
        registration=registration,
        recipient=registration.email,
        language=registration.language,
        facts=_about(registration) | facts,
        dedupe_key=f"{kind}:{registration.pk}",
        message_id=f"<{uuid4().hex}@{own_domain()}>",
        created_at=now,
        due_at=now,
    )


def write_about(kind: MailKind, seat: Seat, now: datetime, **facts: Any) -> OutgoingMail:
    """Return an unsaved row about one session of somebody's, told once at this moment."""
    mail = write(
        kind, seat.registration, now, session=of_session(seat.session), thread_id=seat.thread_id, **facts
    )
    mail.seat = seat
    mail.dedupe_key = f"{kind}:{seat.pk}:{now:%Y%m%dT%H%M%S.%f}"
    return mail


def of_session(session: WebinarSession) -> Facts:
    """Return what mails say of a session; its moments are ISO 8601, None while the date is to be confirmed."""
    return {
        "title": session.title,
        "place": session.place,
        "starts_at": session.starts_at.isoformat() if session.starts_at else None,
        "ends_at": session.ends_at.isoformat() if session.ends_at else None,
    }


def request(seat: Seat, now: datetime) -> Facts:
    """Return the appointment that puts a session into somebody's calendar, under the SEQUENCE it has now."""
    registration = seat.registration
    with override(registration.language):
        appointment = appointment_for(
            seat.session, method=ical.Method.REQUEST, stamp=now, attendee=attendee_for(registration)
        )
    return appointment.as_json()


def cancel_if_invited(seat: Seat, now: datetime) -> Facts | None:
    """Return the appointment that takes a session out of somebody's calendar, or None where it does not stand."""
    if not seat.is_invited:
        return None
    with override(seat.registration.language):
        return cancellation_for(seat, stamp=now).as_json()


def _about(registration: Registration) -> Facts:
    webinar = registration.webinar
    sender = organiser(webinar)
    return {
        "name": ical.plain_line(registration.full_name),
        "reference": registration.reference,
        "manage_url": links.page("manage", registration.manage_token),
        "sender": {"email": sender.email, "name": sender.name},
        "webinar": {
            "title": webinar.title,
            "signature": webinar.signature,
            "contact": webinar.contact_email,
            "url": links.page("webinar", webinar.slug),
            "my_link_url": links.page("my_link", webinar.slug),
        },
    }

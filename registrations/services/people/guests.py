"""Guests: speakers, moderators and colleagues whom staff invite, outside eligibility."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from registrations.models import Action, Kind, Registration, Seat, Webinar, WebinarSession, email_key
from registrations.models.history_facts import GuestNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_sessions
from registrations.services.notifications.batch import TOLD_FIELDS, Notifications
from registrations.services.people.submission import write_keys
from registrations.states import RegistrationState, SeatState
from webinar_site.foundation import bulk


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody staff invite: a speaker, a moderator, a colleague; `sessions` are ids, `country` an ISO code."""

    first_name: str
    last_name: str
    email: str
    organisation: str
    organisation_type: str
    country: str
    sessions: tuple[int, ...]
    title: str = ""
    position: str = ""
    language: str = "en"


@transaction.atomic
def invite_guest(webinar_id: int, *, guest: Guest, by: User, now: datetime) -> Registration:
    """Give somebody places outside eligibility and invite them at once. Raises AlreadyRegistered, UnknownSession."""
    webinar = Webinar.objects.get(pk=webinar_id)
    key = email_key(guest.email)
    if webinar.registrations.active().filter(email_key=key).exists():
        raise errors.AlreadyRegistered
    sessions = _lock_sessions_for(guest, webinar, now)
    registration = _guest_registration(webinar, guest, key, now)
    seats = [
        Seat(
            registration=registration,
            session=session,
            state=SeatState.APPROVED,
            decided_by=by,
            decided_at=now,
        )
        for session in sessions.values()
    ]
    Seat.objects.bulk_create(seats)
    notifications = Notifications(now)
    for seat in seats:
        notifications.approved(seat)
    bulk.update_rows(seats, TOLD_FIELDS)
    facts = GuestNoted(tuple(session.number for session in sessions.values()))
    log.record(Action.GUEST_INVITED, at=now, by=by, registration=registration, webinar=webinar, facts=facts)
    notifications.post()
    return registration


def _lock_sessions_for(guest: Guest, webinar: Webinar, now: datetime) -> dict[int, WebinarSession]:
    sessions = lock_sessions(guest.sessions)
    if not sessions or len(sessions) != len(set(guest.sessions)):
        raise errors.UnknownSession
    if any(
        session.webinar_id != webinar.pk or not session.can_be_chosen(now) for session in sessions.values()
    ):
        raise errors.UnknownSession
    return sessions


def _guest_registration(webinar: Webinar, guest: Guest, key: str, now: datetime) -> Registration:
    registration = Registration(
        webinar=webinar,
        kind=Kind.GUEST,
        state=RegistrationState.ACTIVE,
        language=guest.language,
        title=guest.title,
        first_name=guest.first_name,
        last_name=guest.last_name,
        email=guest.email,
        email_key=key,
        organisation=guest.organisation,
        organisation_type=guest.organisation_type,
        position=guest.position,
        country=guest.country,
        confirmed_at=now,
    )
    write_keys(registration)
    registration.save(force_insert=True)
    return registration

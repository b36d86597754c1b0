"""Mails to look at before anybody gets them: each kind, about an invented person or a real one; nothing is saved."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import gettext as _

from eligibility import register as eligibility_register
from registrations import links, mails
from registrations.mails.facts import write_mail
from registrations.mails.kinds import place_to_join
from registrations.mails.records import FollowUpLinks, LinksAskedFor, QueueToLookAt, of_session
from registrations.models import (
    AddressChange,
    AgendaLine,
    AgendaVersion,
    Contest,
    Kind,
    MailKind,
    OrganisationType,
    OutgoingMail,
    Registration,
    Seat,
    SessionState,
    Webinar,
    WebinarSession,
)
from registrations.services.verdicts import assessment
from registrations.states import RegistrationState

AHEAD = timedelta(days=14)
LENGTH = timedelta(hours=2)
LATER = timedelta(hours=1)
Sample = Callable[[Seat, datetime], OutgoingMail]


def invented_seat(webinar: Webinar, language: str, now: datetime) -> Seat:
    """Return an unsaved seat of an unsaved person, whose links lead nowhere: nobody has their tokens."""
    person = Registration(
        webinar=webinar,
        language=language,
        state=RegistrationState.ACTIVE,
        first_name="Ada",
        last_name="Sample",
        email="ada.sample@example.org",
        organisation="Sample Cluster",
        organisation_type=OrganisationType.CLUSTER,
        country="BE",
    )
    return seat_of(person, webinar, now)


def seat_of(person: Registration, webinar: Webinar, now: datetime) -> Seat:
    """Return somebody's first seat, or an unsaved one in the webinar's first session; assessed, if it is not yet."""
    seat = person.seats.select_related("session").first() if person.pk else None
    if seat is None:
        seat = Seat(session=webinar.sessions.first() or WebinarSession(number=1, title=_("A session")))
    seat.registration, seat.session.webinar = person, webinar
    if seat.verdict_data is None:
        person.kind = Kind.PARTICIPANT  # in memory only: a guest has no verdict to show
        register = eligibility_register.current(webinar.audience.key)
        assessment.assess_seat(seat, register, today=assessment.brussels_day(now))
    return seat


def sample_mail(kind: MailKind, seat: Seat, now: datetime) -> OutgoingMail:
    """Return an unsaved mail of a kind about a seat: as if its session had a date, and had been moved before.

    What staff or the person would write is invented. The seat is not changed.
    """
    mail = SAMPLES[kind](_as_if_invited(seat, now), now)
    mail.language = seat.registration.language
    return mail


def _as_if_invited(seat: Seat, now: datetime) -> Seat:
    """Return a copy of a seat whose session has a date, and whose person was told of it an hour off."""
    seat, session = copy(seat), copy(seat.session)
    session.state = SessionState.PLANNED
    session.created_at, session.changed_at = session.created_at or now, session.changed_at or now
    if session.starts_at is None or session.ends_at is None:
        session.starts_at = now.replace(minute=0, second=0, microsecond=0) + AHEAD
        session.ends_at = session.starts_at + LENGTH
    seat.session = session
    seat.reason = _("The reason that staff give is written here.")
    seat.told_method = "REQUEST"
    starts_at, ends_at = session.starts_at - LATER, session.ends_at - LATER
    seat.told = replace(of_session(session), starts_at=starts_at, ends_at=ends_at).to_json()
    return seat


def _undated(seat: Seat) -> Seat:
    """Return a seat whose session has no date any more."""
    seat.session.starts_at = seat.session.ends_at = None
    return seat


def _links(seat: Seat, now: datetime) -> OutgoingMail:
    """Return the mail with the links of a person who has this one place."""
    return write_mail(MailKind.MANAGE_LINK, seat.registration, now, LinksAskedFor((place_to_join(seat),)))


def _answered(seat: Seat, now: datetime) -> OutgoingMail:
    answer = _("The answer that staff give is written here.")
    return mails.contest_answered(Contest(pk=0, seat=seat, answer=answer), now)


def _agenda(seat: Seat, now: datetime) -> OutgoingMail:
    before, after = ([_line(seat, time, title) for time, title in lines] for lines in AGENDAS)
    return mails.agenda(
        seat.registration, AgendaVersion(number=2, items=after), AgendaVersion(number=1, items=before), now
    )


def _moving(seat: Seat) -> AddressChange:
    """Return an unsaved wish of a seat's person to be written to at another address, whose link leads nowhere."""
    return AddressChange(pk=0, registration=seat.registration, email=seat.registration.email)


def _reminder(seat: Seat, now: datetime) -> OutgoingMail:
    return mails.reminder(seat, now, hours_before=24, useful_until=now + AHEAD)


def _follow_up(seat: Seat, now: datetime) -> OutgoingMail:
    recording, slides, feedback = (
        f"https://example.org/{name}" for name in ("recording", "slides", "feedback")
    )
    return mails.follow_up(seat, now, FollowUpLinks(recording, slides, feedback, again=False), told_by=None)


def _digest(seat: Seat, now: datetime) -> OutgoingMail:
    with translation.override(seat.registration.language):
        waiting = QueueToLookAt(_("places to decide"), 3, links.desk())
    return mails.daily_summary(_colleague(), assessment.brussels_day(now), [waiting], now)


def _deadline(seat: Seat, now: datetime) -> OutgoingMail:
    return mails.staff_deadline(_colleague(), seat.session, QueueToLookAt("", 3, links.desk()), now)


def _colleague() -> User:
    """Return an unsaved member of staff."""
    return User(pk=0, username="ada", first_name="Ada", last_name="Sample", email="ada.sample@example.org")


AGENDAS: Sequence[Sequence[tuple[str, str]]] = (
    (("10:30", "Welcome"), ("11:00", "A case")),
    (("10:45", "Welcome"), ("12:00", "Questions")),
)


def _line(seat: Seat, time: str, title: str) -> AgendaLine:
    session = seat.session
    return AgendaLine(
        session=session.number, session_title=session.title, time=time, title=title, speakers=""
    )


SAMPLES: dict[MailKind, Sample] = {
    MailKind.CONFIRM_ADDRESS: lambda seat, now: mails.confirm_address(seat.registration, now),
    MailKind.ALREADY_REGISTERED: lambda seat, now: mails.already_registered(seat.registration, now),
    MailKind.MANAGE_LINK: _links,
    MailKind.RECEIVED: lambda seat, now: mails.received(seat.registration, [seat], now),
    MailKind.INVITATION: mails.invitation,
    MailKind.PLACE_KEPT: lambda seat, now: mails.place_kept(_undated(seat), now),
    MailKind.SESSION_CHANGED: mails.session_changed,
    MailKind.DATE_WITHDRAWN: lambda seat, now: mails.date_withdrawn(_undated(seat), now),
    MailKind.SESSION_CANCELLED: lambda seat, now: mails.session_cancelled(seat, seat.reason, now),
    MailKind.REJECTED: mails.rejected,
    MailKind.PUT_BACK: mails.put_back,
    MailKind.CONTEST_RECEIVED: lambda seat, now: mails.contest_received(Contest(pk=0, seat=seat), now),
    MailKind.CONTEST_ANSWERED: _answered,
    MailKind.CANCELLED: mails.cancelled,
    MailKind.WITHDRAWN: lambda seat, now: mails.withdrawn(seat.registration, now, seat=seat),
    MailKind.ERASED: lambda seat, now: mails.erased(seat.registration, now),
    MailKind.AGENDA: _agenda,
    MailKind.UNDECIDED: mails.undecided,
    MailKind.WAITLISTED: mails.waitlisted,
    MailKind.CONFIRM_NEW_ADDRESS: lambda seat, now: mails.confirm_new_address(_moving(seat), now),
    MailKind.ADDRESS_CHANGED: lambda seat, now: mails.address_changed(_moving(seat), now),
    MailKind.ADDRESS_LEFT: lambda seat, now: mails.address_left(_moving(seat), now, seat),
    MailKind.REMINDER: _reminder,
    MailKind.FOLLOW_UP: _follow_up,
    MailKind.STAFF_DIGEST: _digest,
    MailKind.STAFF_DEADLINE: _deadline,
}

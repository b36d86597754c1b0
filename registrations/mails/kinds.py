"""One function per kind of mail; each returns one unsaved row with frozen facts, and nothing is sent.

`now` is an aware datetime. The caller has set the new state, has raised the session's SEQUENCE where a calendar part
goes along, and still has on the seat what its person was told before. With `job`, the mail belongs to that BulkJob.
"""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from django.utils import translation
from django.utils.translation import gettext as _

from registrations import links
from registrations.mails.facts import cancel_if_invited, request, write_about, write_mail
from registrations.mails.records import (
    AgendaPublished,
    ChangedAgenda,
    ChangedLine,
    ConfirmLink,
    ContestAnswered,
    ContestReceived,
    DateWithdrawn,
    DecidedAgainst,
    Invitation,
    Left,
    LeftAddress,
    LeftSession,
    LinksAskedFor,
    PlaceToJoin,
    RequestReceived,
    SessionAgenda,
    SessionCancelled,
    SessionChanged,
    SessionFacts,
    SessionRequested,
    Undecided,
    of_session,
)
from registrations.models import (
    AddressChange,
    AgendaLine,
    AgendaVersion,
    BulkJob,
    Contest,
    MailKind,
    OutgoingMail,
    ReasonCode,
    Registration,
    Seat,
    Webinar,
    agenda_changes,
)
from registrations.states import SeatState
from registrations.times import clock, session_time


def confirm_address(registration: Registration, now: datetime, *, again: bool = False) -> OutgoingMail:
    """Ask whoever reads this address to confirm that they want to take part; `again`, at most once an hour.

    It repeats nothing that was typed into the form, which must not carry anybody's words to strangers. Whom staff
    entered is told so.
    """
    link = ConfirmLink(links.page("confirm", registration.confirm_token), registration.entered_by_staff)
    mail = write_mail(MailKind.CONFIRM_ADDRESS, registration, now, link)
    if again:
        mail.dedupe_key = _hourly_key(mail, now)
    return mail


def confirm_new_address(change: AddressChange, now: datetime) -> OutgoingMail:
    """Ask whoever reads a new address to confirm that a registration is to move there; repeats nobody's words."""
    link = ConfirmLink(links.page("confirm", change.token))
    mail = write_mail(MailKind.CONFIRM_NEW_ADDRESS, change.registration, now, link)
    mail.recipient = change.email
    return _of_change(mail, change)


def address_changed(change: AddressChange, now: datetime) -> OutgoingMail:
    """Tell the new address that the registration is there, with its new link."""
    return _of_change(write_mail(MailKind.ADDRESS_CHANGED, change.registration, now), change)


def address_left(change: AddressChange, now: datetime, seat: Seat | None = None) -> OutgoingMail:
    """Tell the old address, which the registration still has, that it moves away; with a seat, clear the calendar."""
    if seat is None:
        return _of_change(write_mail(MailKind.ADDRESS_LEFT, change.registration, now), change)
    return write_about(MailKind.ADDRESS_LEFT, seat, now, LeftAddress(cancel_if_invited(seat, now)))


def already_registered(registration: Registration, now: datetime) -> OutgoingMail:
    """Tell somebody who sent the form again that they are registered; at most once an hour."""
    mail = write_mail(MailKind.ALREADY_REGISTERED, registration, now)
    mail.dedupe_key = _hourly_key(mail, now)
    return mail


def manage_link(registration: Registration, now: datetime) -> OutgoingMail:
    """Send somebody the link to their own page and the joining links of what is still to come.

    At most once an hour, unless places changed.
    """
    open_seats = registration.seats.open().select_related("session")
    to_come = [seat for seat in open_seats if seat.session.can_be_chosen(now)]
    places = tuple(place_to_join(seat) for seat in to_come if seat.is_approved)
    mail = write_mail(
        MailKind.MANAGE_LINK, registration, now, LinksAskedFor(places, nothing_awaited=not to_come)
    )
    mail.dedupe_key = _hourly_key(mail, now)
    if places:  # asked for again after an approval or a move, it says something else
        said = json.dumps([place.to_json() for place in places])
        mail.dedupe_key += f":{sha256(said.encode()).hexdigest()[:8]}"
    return mail


def place_to_join(seat: Seat) -> PlaceToJoin:
    """Return what a mail says of a place, with its joining link."""
    told = of_session(seat.session)
    return PlaceToJoin(told.title, told.place, told.starts_at, told.ends_at, _join_url(seat))


def received(registration: Registration, seats: Iterable[Seat], now: datetime) -> OutgoingMail:
    """Confirm that a request was received: by when they will hear, and what the country lists say."""
    asked_for = [_asked_for(seat, now) for seat in seats]
    return write_mail(
        MailKind.RECEIVED,
        registration,
        now,
        RequestReceived(
            decide_by=registration.webinar.promised_day(now),
            ask_review=registration.ask_review,
            all_closed=all(session.is_closed for session in asked_for),
            sessions=tuple(asked_for),
        ),
    )


def _asked_for(seat: Seat, now: datetime) -> SessionRequested:
    told, verdict = of_session(seat.session), seat.verdict
    assert verdict is not None  # noqa: S101 -- only guests have none, and they ask for nothing
    is_closed = not seat.session.can_be_chosen(now)
    return SessionRequested(told.title, told.place, told.starts_at, told.ends_at, verdict, is_closed)


def invitation(seat: Seat, now: datetime, *, again: bool = False) -> OutgoingMail:
    """Invite somebody to a dated session: joining link and calendar entry.

    `again` says that they were invited before, and that the entry may have gone since by no act of theirs.
    """
    own = Invitation(_join_url(seat), request(seat, now), again)
    mail = write_about(MailKind.INVITATION, seat, now, own)
    mail.dedupe_key = _sequence_key(mail, seat)
    return mail


def place_kept(seat: Seat, now: datetime) -> OutgoingMail:
    """Tell somebody that they have a place in a session whose date is to be confirmed."""
    return write_about(MailKind.PLACE_KEPT, seat, now)


def session_changed(seat: Seat, now: datetime, job: BulkJob | None = None) -> OutgoingMail:
    """Tell somebody with a place what the session was and what it is now, and move it in their calendar."""
    was = _told(seat) or replace(of_session(seat.session), starts_at=None, ends_at=None)
    own = SessionChanged(was, _join_url(seat), request(seat, now))
    mail = write_about(MailKind.SESSION_CHANGED, seat, now, own)
    return _of_job(mail, seat, job)


def date_withdrawn(seat: Seat, now: datetime, job: BulkJob | None = None) -> OutgoingMail:
    """Tell somebody that the date no longer holds, that they keep their place, and clear their calendar."""
    own = DateWithdrawn(_told(seat), cancel_if_invited(seat, now))
    mail = write_about(MailKind.DATE_WITHDRAWN, seat, now, own)
    return _of_job(mail, seat, job)


def session_cancelled(seat: Seat, reason: str, now: datetime, job: BulkJob | None = None) -> OutgoingMail:
    """Tell somebody with a place or a request that the session is cancelled, and why."""
    own = SessionCancelled(reason, cancel_if_invited(seat, now))
    mail = write_about(MailKind.SESSION_CANCELLED, seat, now, own)
    return _of_job(mail, seat, job)


def waitlisted(seat: Seat, now: datetime) -> OutgoingMail:
    """Tell somebody that all places are taken, and that a free one comes to them by itself."""
    return write_about(MailKind.WAITLISTED, seat, now)


def rejected(seat: Seat, now: datetime) -> OutgoingMail:
    """Tell somebody that they get no place (any more), why, and how to have it looked at again."""
    return write_about(MailKind.REJECTED, seat, now, _decided_against(seat, now))


def put_back(seat: Seat, now: datetime) -> OutgoingMail:
    """Tell somebody that the decision was taken back and will be taken again, and why."""
    return write_about(MailKind.PUT_BACK, seat, now, _decided_against(seat, now))


def contest_received(contest: Contest, now: datetime) -> OutgoingMail:
    """Tell somebody that their objection is looked at, and by when they will hear, where a day is named."""
    own = ContestReceived(contest.seat.registration.webinar.promised_day(now))
    mail = write_about(MailKind.CONTEST_RECEIVED, contest.seat, now, own)
    mail.dedupe_key = f"{MailKind.CONTEST_RECEIVED}:{contest.pk}"
    return mail


def contest_answered(contest: Contest, now: datetime) -> OutgoingMail:
    """Tell somebody what staff answer to their objection, where the answer itself changes nothing; told once."""
    mail = write_about(MailKind.CONTEST_ANSWERED, contest.seat, now, ContestAnswered(contest.answer))
    mail.dedupe_key = f"{MailKind.CONTEST_ANSWERED}:{contest.pk}"
    return mail


def cancelled(seat: Seat, now: datetime) -> OutgoingMail:
    """Tell somebody that staff cancelled their place or request, and why."""
    return write_about(MailKind.CANCELLED, seat, now, _decided_against(seat, now))


def withdrawn(registration: Registration, now: datetime, seat: Seat | None = None) -> OutgoingMail:
    """Confirm that somebody left one session, or the webinar, as they wished."""
    if seat is None:
        return write_mail(MailKind.WITHDRAWN, registration, now, Left(left=True))
    own = LeftSession(not registration.is_active, cancel_if_invited(seat, now))
    return write_about(MailKind.WITHDRAWN, seat, now, own)


def erased(registration: Registration, now: datetime) -> OutgoingMail:
    """Confirm that somebody's data are erased: the last mail to them, wiped as soon as it is finished."""
    mail = write_mail(MailKind.ERASED, registration, now, Left(left=True))
    mail.wipe = True
    return mail


def agenda(
    registration: Registration,
    version: AgendaVersion,
    previous: AgendaVersion | None,
    now: datetime,
    job: BulkJob | None = None,
) -> OutgoingMail:
    """Send the published agenda, with what changed since the version this person was last told of (D-39).

    Each session has its day and time as they are now; the webinar's sessions are best loaded with it.
    """
    with translation.override(registration.language):
        programme = _programme(version.items, registration.webinar)
        changes = _changes(previous.items, version.items) if previous else None
    own = AgendaPublished(programme, changes, links.page("agenda", registration.webinar.slug))
    mail = write_mail(MailKind.AGENDA, registration, now, own)
    mail.dedupe_key = f"{MailKind.AGENDA}:{registration.pk}:{version.number}"
    mail.job = job
    return mail


def undecided(seat: Seat, now: datetime) -> OutgoingMail:
    """Tell somebody, with regret, that nobody decided about their request, or no place became free, before the end."""
    return write_about(MailKind.UNDECIDED, seat, now, Undecided(seat.state == SeatState.WAITLISTED))


def _programme(items: Sequence[AgendaLine], webinar: Webinar) -> tuple[SessionAgenda, ...]:
    """Return the agenda session by session, with its day and time, each line as it is read in the active language."""
    when = {
        session.number: session_time(session.starts_at, session.ends_at) for session in webinar.sessions.all()
    }
    by_session = itertools.groupby(items, key=lambda item: (item["session"], item["session_title"]))
    return tuple(
        SessionAgenda(title=title, when=when.get(number, ""), lines=tuple(map(_line, items)))
        for (number, title), items in by_session
    )


def _changes(old: Sequence[AgendaLine], new: Sequence[AgendaLine]) -> ChangedAgenda:
    changes = agenda_changes(old, new)
    return ChangedAgenda(
        added=tuple(map(_line_of_session, changes.added)),
        removed=tuple(map(_line_of_session, changes.removed)),
        changed=tuple(
            ChangedLine(_line_of_session(was), _line_of_session(now)) for was, now in changes.changed
        ),
    )


def _line_of_session(item: AgendaLine) -> str:
    return f"{item['session_title']}{_(': ')}{_line(item)}"


def _line(item: AgendaLine) -> str:
    time = clock(item["time"]) if item["time"] else ""
    speakers = f"({item['speakers']})" if item["speakers"] else ""
    return " ".join(part for part in (time, item["title"], speakers) if part)


def _decided_against(seat: Seat, now: datetime) -> DecidedAgainst:
    """Return why it was decided so: code and words; and what the lists say, where the reason rests on them."""
    is_corrected = seat.reason_code == ReasonCode.CORRECTED and seat.needs_override
    rests_on_lists = is_corrected or seat.reason_code == ReasonCode.COUNTRY
    calendar, verdict = cancel_if_invited(seat, now), seat.verdict if rests_on_lists else None
    return DecidedAgainst(calendar, seat.reason, seat.reason_code, verdict)


def _told(seat: Seat) -> SessionFacts | None:
    """Return what a person was told of a session last, None where they were not invited."""
    return SessionFacts.from_json(seat.told) if seat.told else None


def _join_url(seat: Seat) -> str:
    return links.page("join", seat.join_token)


def _hourly_key(mail: OutgoingMail, now: datetime) -> str:
    """Return a key for one mail an hour; it holds a start of the link, because another address has another link."""
    link = mail.registration.manage_token[:6] if mail.registration else ""
    return f"{mail.kind}:{mail.registration_id}:{link}:{now:%Y%m%dT%H}"


def _of_change(mail: OutgoingMail, change: AddressChange) -> OutgoingMail:
    """Return a mail about a change of address, told once for each change."""
    mail.dedupe_key = f"{mail.kind}:{change.pk}"
    return mail


def _sequence_key(mail: OutgoingMail, seat: Seat) -> str:
    return f"{mail.kind}:{seat.pk}:{seat.session.sequence}"


def _of_job(mail: OutgoingMail, seat: Seat, job: BulkJob | None) -> OutgoingMail:
    """Return a mail of a session's change: told once under each SEQUENCE, however often a chunk is repeated."""
    mail.job = job
    mail.dedupe_key = _sequence_key(mail, seat)
    return mail

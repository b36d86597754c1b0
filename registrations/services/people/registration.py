"""What a person does: register, edit, withdraw, ask for links; `confirming` has the rest."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from eligibility import register as eligibility_register
from eligibility.records import Register
from eligibility.rules import Outcome
from registrations import mails, outbox
from registrations.models import (
    CONSENTS,
    Action,
    LegalText,
    OutgoingMail,
    Override,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
    email_key,
)
from registrations.models.history_facts import EditNoted
from registrations.services import errors
from registrations.services.decisions import automatic
from registrations.services.history import log
from registrations.services.locks import lock_address, lock_registration, lock_seats, lock_sessions
from registrations.services.notifications.batch import TOLD_FIELDS, Notifications
from registrations.services.people import confirmation
from registrations.services.people.offers import Offer, find_offer
from registrations.services.people.submission import (
    KEYS,
    Submission,
    add_access_needs,
    set_access_needs,
    write_answers,
)
from registrations.services.questions import marks
from registrations.services.texts.legal_texts import as_shown
from registrations.services.verdicts import assessment
from registrations.states import (
    OPEN_SEATS,
    Move,
    RegistrationState,
    SeatState,
    require_registration_move,
    require_seat_move,
)
from webinar_site.foundation import bulk

JUDGED_ANSWERS = {"country", "organisation_type"}


@transaction.atomic
def register(webinar_id: int, *, submission: Submission, now: datetime) -> None:
    """Take somebody's request and mail them a link that proves the address.

    It replaces earlier ones of the same person; sent twice within some minutes it is one (D-14). Says the same for a
    new and for a known address; the difference is told by mail only. Raises RegistrationClosed, UnknownSession,
    NotEligible (unless a review by staff was asked for), TextChanged.
    """
    lock_address(webinar_id, email_key(submission.email))
    offer = find_offer(pk=webinar_id)
    if offer is None or not offer.webinar.is_open(now):
        raise errors.RegistrationClosed
    registration = _request(offer, submission, now)
    seats = [
        Seat(registration=registration, session=session)
        for session in choose_sessions(offer.webinar, submission.sessions, now)
    ]
    _assess(seats, offer.register, now)
    _refuse_if_not_eligible(seats, submission.ask_review)
    known = _of_address(registration)
    active = next((row for row in known if row.is_active), None)
    if active is not None:
        outbox.post([mails.already_registered(active, now)])
        return
    if not known or confirmation.replace_requests(known, registration, submission, now):
        _save_new(registration, seats, submission)
        log.record_person(Action.REGISTERED, registration, now, seats)
        outbox.post_first(mails.confirm_address(registration, now))


def _request(offer: Offer, submission: Submission, now: datetime) -> Registration:
    """Return the unsaved registration of somebody who sent the form; raise TextChanged."""
    language = submission.language
    registration = Registration(
        webinar=offer.webinar,
        email=submission.email,
        email_key=email_key(submission.email),
        language=language,
        privacy_text=as_shown(offer.texts, LegalText.Kind.PRIVACY, submission.privacy_text, language),
        privacy_acknowledged_at=now,
        consent_text=as_shown(offer.texts, LegalText.Kind.CONSENTS, submission.consent_text, language),
        **{name: getattr(submission, name) for name in CONSENTS},
    )
    write_answers(registration, submission)
    return registration


def _of_address(registration: Registration) -> list[Registration]:
    """Return what there is under the address of an unsaved request: who is active, and requests of the same person."""
    of_person = Q(state=RegistrationState.UNCONFIRMED, person_key=registration.person_key)
    rows = registration.webinar.registrations.filter(email_key=registration.email_key)
    return list(rows.filter(Q(state=RegistrationState.ACTIVE) | of_person))


@transaction.atomic
def edit(registration_id: int, *, submission: Submission, now: datetime) -> Registration:
    """Take over new answers; a new country or type of organisation is assessed again.

    Where a seat stays eligible, its decision stays; otherwise it goes back to `requested` and a mail says why. Sessions
    can be added and dropped. The address stays. Raises RegistrationEnded, RegistrationClosed, UnknownSession,
    NotEligible.
    """
    registration = _lock_to_edit(registration_id, submission.sessions)
    changed = write_answers(registration, submission)
    seats = {seat.session_id: seat for seat in lock_seats(registration.seats.all(), registration)}
    notifications = Notifications(now)
    if JUDGED_ANSWERS & set(changed) and not registration.is_guest:
        _assess_again(registration, [*seats.values()], notifications, now)
    added = _add_sessions(registration, seats, submission.sessions, now)
    _refuse_if_not_eligible(added, submission.ask_review)
    dropped = [
        seat for pk, seat in seats.items() if pk not in submission.sessions and _can_be_dropped(seat, now)
    ]
    for seat in dropped:
        _drop(seat, notifications)
    set_access_needs(registration, submission.access_needs)
    if changed or added or dropped:
        registration.save(update_fields=[*changed, *KEYS])
        if "question" in changed:
            marks.reset_mark(registration, now)
        _save_seats([*seats.values(), *added])
        _record_edit(registration, changed, added, dropped, now)
        notifications.post()
        automatic.decide_at_once(registration, [seat.pk for seat in added], now)
    return registration


def _lock_to_edit(registration_id: int, wanted: Iterable[int]) -> Registration:
    """Lock and re-read an active registration, and its sessions that count places; raise RegistrationEnded."""
    registration = lock_registration(registration_id)
    if not registration.is_active:
        raise errors.RegistrationEnded
    if registration.webinar.auto_approve:  # of added sessions too: all locked in the order of their ids
        lock_sessions({*wanted, *registration.seats.values_list("session_id", flat=True)})
    return registration


def _record_edit(
    registration: Registration, changed: list[str], added: list[Seat], dropped: list[Seat], now: datetime
) -> None:
    """Record which answers changed, by name only, and the states of the seats now."""
    facts = EditNoted(
        changed=tuple(changed),
        added=tuple(seat.session.number for seat in added),
        dropped=tuple(seat.session.number for seat in dropped),
        seats=log.states_of(registration.seats.select_related("session")),
    )
    webinar = registration.webinar
    log.record(Action.EDITED, at=now, actor="person", registration=registration, webinar=webinar, facts=facts)


@transaction.atomic
def withdraw(registration_id: int, *, now: datetime) -> Registration:
    """Take somebody off all sessions, at their own wish, and out of their calendar.

    Somebody who withdraws twice is told nothing new. Raises RegistrationEnded when the address was never confirmed.
    """
    registration = lock_registration(registration_id)
    if registration.state == RegistrationState.WITHDRAWN:
        return registration
    if not registration.is_active:
        raise errors.RegistrationEnded
    registration.state = require_registration_move(Move.WITHDRAW, registration.state)
    registration.ended_at = now
    registration.save(update_fields=["state", "ended_at"])
    registration.seats.rejected().update(flagged_at=None)
    seats = [seat for seat in lock_seats(registration.seats.all(), registration) if _is_open(seat)]
    notifications = Notifications(now)
    for seat in seats:
        seat.state = require_seat_move(Move.CANCEL, seat.state)
        seat.flagged_at = None
    invited = [seat for seat in seats if seat.is_invited]
    for seat in invited:
        notifications.ended(seat, _withdrawn)
    if not invited:
        notifications.mail(mails.withdrawn(registration, now))
    _save_seats(seats)
    log.record_person(Action.WITHDRAWN, registration, now, seats)
    notifications.post()
    return registration


@transaction.atomic
def send_links(webinar_id: int, *, email: str, now: datetime) -> None:
    """Mail somebody their links, or once more the one that confirms their newest request; say nothing either way."""
    try:
        key = email_key(email)
    except ValueError:
        return
    registration = Registration.objects.active().filter(webinar_id=webinar_id, email_key=key).first()
    if registration is not None:
        outbox.post([mails.manage_link(registration, now)])
    elif (waiting := confirmation.newest_waiting(webinar_id, key, now)) is not None:
        outbox.post([mails.confirm_address(waiting, now, again=True)])


def choose_sessions(webinar: Webinar, wanted: Iterable[int], now: datetime) -> list[WebinarSession]:
    """Return a webinar's sessions by their ids, if all of them can still be chosen; else raise UnknownSession."""
    ids = set(wanted)
    sessions = [
        session for session in webinar.sessions.all() if session.pk in ids and session.can_be_chosen(now)
    ]
    if not ids or len(sessions) != len(ids):
        raise errors.UnknownSession
    return sessions


def _assess_by_lists_in_force(seats: list[Seat], now: datetime) -> None:
    if seats:
        _assess(seats, eligibility_register.current(seats[0].registration.webinar.audience.key), now)


def _assess(seats: list[Seat], register_: Register, now: datetime) -> None:
    for seat in seats:
        assessment.assess_seat(seat, register_, today=assessment.brussels_day(now))


def _refuse_if_not_eligible(seats: list[Seat], ask_review: bool) -> None:
    refused = [seat for seat in seats if seat.outcome == Outcome.NOT_ELIGIBLE]
    if refused and not ask_review:
        raise errors.NotEligible(
            tuple((seat.session, verdict) for seat in refused if (verdict := seat.verdict))
        )


def _save_new(registration: Registration, seats: list[Seat], submission: Submission) -> None:
    registration.save(force_insert=True)
    Seat.objects.bulk_create(seats)
    add_access_needs(registration, submission.access_needs)


def _add_sessions(
    registration: Registration, seats: dict[int, Seat], wanted: Iterable[int], now: datetime
) -> list[Seat]:
    """Return seats, assessed, for the sessions that the person did not have; a cancelled one is asked for again."""
    new = [pk for pk in wanted if pk not in seats or seats[pk].state == SeatState.CANCELLED]
    if not new:
        return []
    if not registration.webinar.is_open(now):
        raise errors.RegistrationClosed
    added = []
    for session in choose_sessions(registration.webinar, new, now):
        seat = seats.pop(session.pk, None) or Seat(registration=registration, session=session)
        if seat.pk:
            seat.state = require_seat_move(Move.PUT_BACK, seat.state)
            seat.give_reason("")
        added.append(seat)
    _assess_by_lists_in_force(added, now)
    return added


def _assess_again(
    registration: Registration, seats: list[Seat], notifications: Notifications, now: datetime
) -> None:
    open_seats = [seat for seat in seats if seat.state != SeatState.CANCELLED]
    _assess_by_lists_in_force(open_seats, now)
    _refuse_if_not_eligible(open_seats, registration.ask_review)
    # Nobody may confirm what a colleague asked for in view of other answers.
    Override.objects.unconfirmed().filter(seat__in=open_seats).delete()
    for seat in open_seats:
        if seat.state in (SeatState.APPROVED, SeatState.WAITLISTED) and seat.needs_override:
            seat.state = require_seat_move(Move.PUT_BACK, seat.state)
            seat.override = None
            seat.give_reason(_reason_for_new_decision(registration))
            notifications.ended(seat, mails.put_back)
        assessment.flag(seat, now, by_lists=False)


def _reason_for_new_decision(registration: Registration) -> str:
    with translation.override(registration.language):  # it is mailed, whatever language the page was read in
        return _("The country or type of organisation was changed, so the decision has to be taken again.")


def _drop(seat: Seat, notifications: Notifications) -> None:
    seat.state = require_seat_move(Move.CANCEL, seat.state)
    seat.flagged_at = None
    notifications.ended(seat, _withdrawn)


def _withdrawn(seat: Seat, now: datetime) -> OutgoingMail:
    return mails.withdrawn(seat.registration, now, seat=seat)


def _is_open(seat: Seat) -> bool:
    return seat.state in OPEN_SEATS


def _can_be_dropped(seat: Seat, now: datetime) -> bool:
    return _is_open(seat) and seat.session.can_be_chosen(now)


DECIDED = ("state", "reason_code", "reason", "override", "flagged_at")
SEAT_FIELDS = (*DECIDED, *assessment.VERDICT_FIELDS, *TOLD_FIELDS)


def _save_seats(seats: list[Seat]) -> None:
    Seat.objects.bulk_create([seat for seat in seats if not seat.pk])
    bulk.update_rows([seat for seat in seats if seat.pk], SEAT_FIELDS)

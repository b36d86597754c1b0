"""What a person does: register, confirm, edit, withdraw, ask for links."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from eligibility import register as eligibility_register
from eligibility.rules import Outcome
from registrations import mails, outbox
from registrations.models import (
    Action,
    HistoryEntry,
    LegalText,
    OutgoingMail,
    Override,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
    email_key,
)
from registrations.services import automatic, errors, judging, questioning, recording
from registrations.services.legal_texts import as_shown
from registrations.services.locking import lock_registration, lock_seats, lock_sessions
from registrations.services.submission import (
    CONSENTS,
    KEYS,
    Submission,
    set_access_needs,
    write_answers,
)
from registrations.services.telling import TOLD_FIELDS, Telling
from registrations.states import (
    OPEN_SEATS,
    Move,
    RegistrationState,
    SeatState,
    require_registration_move,
    require_seat_move,
)

CONFIRM_WITHIN = timedelta(days=7)
JUDGED_ANSWERS = {"country", "organisation_type"}


@transaction.atomic
def register(webinar_id: int, *, submission: Submission, now: datetime) -> None:
    """Take somebody's request and mail them a link that proves the address.

    Says the same for a new and for a known address; the difference is told by mail only. Raises RegistrationClosed,
    UnknownSession, NotEligible (unless a human look was asked for), TextChanged.
    """
    webinar = Webinar.objects.select_related("audience").prefetch_related("sessions").get(pk=webinar_id)
    if not webinar.is_open(now):
        raise errors.RegistrationClosed
    registration = Registration(
        webinar=webinar,
        email=submission.email,
        email_key=email_key(submission.email),
        language=submission.language,
        privacy_text=as_shown(LegalText.Kind.PRIVACY, submission.privacy_text, submission.language),
        privacy_acknowledged_at=now,
        consent_text=as_shown(LegalText.Kind.CONSENTS, submission.consent_text, submission.language),
        **{name: getattr(submission, name) for name in CONSENTS},
    )
    write_answers(registration, submission)
    seats = [
        Seat(registration=registration, session=session)
        for session in choose_sessions(webinar, submission.sessions, now)
    ]
    _judge_or_refuse(seats, now)
    known = _active_with(webinar, registration.email_key)
    if known is not None:
        outbox.post([mails.already_registered(known, now)])
        return
    _save_new(registration, seats, submission)
    _record_person(Action.REGISTERED, registration, now, seats)
    outbox.post([mails.confirm_address(registration, now)])


@dataclass(frozen=True, slots=True)
class Consents:
    """What somebody whom staff entered says when confirming: to what they agree, and the ids of the texts they were shown."""

    share_contact: bool = False
    contact_me: bool = False
    privacy_text: int | None = None
    consent_text: int | None = None


@transaction.atomic
def confirm(token: str, *, now: datetime, consents: Consents | None = None) -> Registration:
    """Prove an address by its link: staff see the request from now on, and other submissions of it expire.

    Somebody who confirms twice is not told off. Raises LinkNotValid, and PrivacyNotAcknowledged where staff entered the
    registration and its person gives no `consents`.
    """
    found = Registration.objects.filter(confirm_token=token).values("webinar", "email_key").first()
    if found is None:
        raise errors.LinkNotValid
    of_address = Registration.objects.select_for_update().filter(**found).order_by("id")
    rows = list(of_address.exclude(state__in=[RegistrationState.WITHDRAWN, RegistrationState.EXPIRED]))
    registration = next((row for row in rows if row.confirm_token == token), None)
    if registration is not None and registration.is_active:
        return registration
    if registration is None or registration.created_at < now - CONFIRM_WITHIN:
        raise errors.LinkNotValid
    if any(row.is_active for row in rows):
        raise errors.LinkNotValid
    given = _give_consents(registration, consents, now) if registration.entered_by_staff else ()
    registration.state = require_registration_move(Move.CONFIRM, registration.state)
    registration.confirmed_at = now
    registration.save(update_fields=["state", "confirmed_at", *given])
    expire([row for row in rows if row is not registration], now)
    seats = list(registration.seats.select_related("session"))
    _record_person(Action.CONFIRMED, registration, now, seats)
    decided = automatic.decide_at_once(registration, [seat.pk for seat in seats], now)
    left = [seat for seat in seats if seat.pk not in decided]
    if left:  # who has heard about every session is not told to wait
        outbox.post([mails.received(registration, left, now)])
    return registration


def _give_consents(registration: Registration, consents: Consents | None, now: datetime) -> tuple[str, ...]:
    """Set what a person says about their data, with the texts they read; return the names of the columns."""
    if consents is None:
        raise errors.PrivacyNotAcknowledged
    language = registration.language
    registration.privacy_text = as_shown(LegalText.Kind.PRIVACY, consents.privacy_text, language)
    registration.consent_text = as_shown(LegalText.Kind.CONSENTS, consents.consent_text, language)
    registration.privacy_acknowledged_at = now
    registration.share_contact, registration.contact_me = consents.share_contact, consents.contact_me
    return ("privacy_text", "consent_text", "privacy_acknowledged_at", "share_contact", "contact_me")


@transaction.atomic
def edit(registration_id: int, *, submission: Submission, now: datetime) -> Registration:
    """Take over new answers; a new country or type of organisation is judged anew.

    Where a seat stays eligible its decision stands; otherwise it goes back to `requested` and a mail says why. Sessions
    can be added and dropped. The address stays. Raises RegistrationEnded, RegistrationClosed, UnknownSession, NotEligible.
    """
    registration = _lock_to_edit(registration_id, submission.sessions)
    changed = write_answers(registration, submission)
    seats = {seat.session_id: seat for seat in lock_seats(registration.seats.all(), registration)}
    telling = Telling(now)
    if JUDGED_ANSWERS & set(changed) and not registration.is_guest:
        _judge_anew(registration, [*seats.values()], telling, now)
    added = _add_sessions(registration, seats, submission.sessions, now)
    _refuse_if_not_eligible(added, submission.ask_review)
    dropped = [
        seat for pk, seat in seats.items() if pk not in submission.sessions and _can_be_dropped(seat, now)
    ]
    for seat in dropped:
        _drop(seat, telling)
    set_access_needs(registration, submission.access_needs)
    if changed or added or dropped:
        registration.save(update_fields=[*changed, *KEYS])
        if "question" in changed:
            questioning.reset_mark(registration, now)
        _save_seats([*seats.values(), *added])
        _record_edit(registration, changed, added, dropped, now)
        telling.post()
        automatic.decide_at_once(registration, [seat.pk for seat in added], now)
    return registration


def _lock_to_edit(registration_id: int, wanted: Iterable[int]) -> Registration:
    """Lock and re-read an active registration, and the sessions whose places may be counted; raise RegistrationEnded."""
    registration = lock_registration(registration_id)
    if not registration.is_active:
        raise errors.RegistrationEnded
    if registration.webinar.auto_approve:  # of added sessions too: all locked in the order of their ids
        lock_sessions({*wanted, *registration.seats.values_list("session_id", flat=True)})
    return registration


def _record_edit(
    registration: Registration, changed: list[str], added: list[Seat], dropped: list[Seat], now: datetime
) -> None:
    """Record which answers changed, by name only, and where the seats stand now."""
    facts = {
        "changed": changed,
        "added": [seat.session.number for seat in added],
        "dropped": [seat.session.number for seat in dropped],
        "seats": states_of(registration.seats.select_related("session")),
    }
    webinar = registration.webinar
    recording.record(
        Action.EDITED, at=now, actor="person", registration=registration, webinar=webinar, facts=facts
    )


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
    registration.seats.filter(state=SeatState.REJECTED).update(flagged_at=None)
    seats = [seat for seat in lock_seats(registration.seats.all(), registration) if _is_open(seat)]
    telling = Telling(now)
    for seat in seats:
        seat.state = require_seat_move(Move.CANCEL, seat.state)
        seat.flagged_at = None
    invited = [seat for seat in seats if seat.is_invited]
    for seat in invited:
        telling.ended(seat, _withdrawn)
    if not invited:
        telling.mail(mails.withdrawn(registration, now))
    _save_seats(seats)
    _record_person(Action.WITHDRAWN, registration, now, seats)
    telling.post()
    return registration


@transaction.atomic
def send_links(webinar_id: int, *, email: str, now: datetime) -> None:
    """Mail somebody their links, if the address is registered; say nothing either way."""
    try:
        key = email_key(email)
    except ValueError:
        return
    registration = Registration.objects.filter(
        webinar_id=webinar_id, email_key=key, state=RegistrationState.ACTIVE
    ).first()
    if registration is not None:
        outbox.post([mails.manage_link(registration, now)])


def choose_sessions(webinar: Webinar, wanted: Iterable[int], now: datetime) -> list[WebinarSession]:
    """Return a webinar's sessions by their ids, if all of them can still be chosen; else raise UnknownSession."""
    ids = set(wanted)
    sessions = [
        session for session in webinar.sessions.all() if session.pk in ids and session.can_be_chosen(now)
    ]
    if not ids or len(sessions) != len(ids):
        raise errors.UnknownSession
    return sessions


def _judge_or_refuse(seats: list[Seat], now: datetime) -> None:
    _judge(seats, now)
    _refuse_if_not_eligible(seats, seats[0].registration.ask_review)


def _judge(seats: list[Seat], now: datetime) -> None:
    if not seats:
        return
    register_ = eligibility_register.current(seats[0].registration.webinar.audience.key)
    for seat in seats:
        judging.judge(seat, register_, today=judging.brussels_day(now))


def _refuse_if_not_eligible(seats: list[Seat], ask_review: bool) -> None:
    refused = [seat for seat in seats if seat.outcome == Outcome.NOT_ELIGIBLE]
    if refused and not ask_review:
        raise errors.NotEligible(
            tuple((seat.session, verdict) for seat in refused if (verdict := seat.verdict))
        )


def _active_with(webinar: Webinar, key: str) -> Registration | None:
    return webinar.registrations.filter(email_key=key, state=RegistrationState.ACTIVE).first()


def _save_new(registration: Registration, seats: list[Seat], submission: Submission) -> None:
    registration.save(force_insert=True)
    Seat.objects.bulk_create(seats)
    set_access_needs(registration, submission.access_needs)


def _add_sessions(
    registration: Registration, seats: dict[int, Seat], wanted: Iterable[int], now: datetime
) -> list[Seat]:
    """Return seats, judged, for the sessions that the person did not have; one that was cancelled is asked for again."""
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
    _judge(added, now)
    return added


def _judge_anew(registration: Registration, seats: list[Seat], telling: Telling, now: datetime) -> None:
    open_seats = [seat for seat in seats if seat.state != SeatState.CANCELLED]
    _judge(open_seats, now)
    _refuse_if_not_eligible(open_seats, registration.ask_review)
    # Nobody may confirm what a colleague asked for in view of other answers.
    Override.objects.unconfirmed().filter(seat__in=open_seats).delete()
    for seat in open_seats:
        if seat.state in (SeatState.APPROVED, SeatState.WAITLISTED) and seat.needs_override:
            seat.state = require_seat_move(Move.PUT_BACK, seat.state)
            seat.override = None
            seat.give_reason(_reason_for_new_decision(registration))
            telling.ended(seat, mails.put_back)
        judging.flag(seat, now, by_lists=False)


def _reason_for_new_decision(registration: Registration) -> str:
    with override(registration.language):  # it is mailed, whatever language the page was read in
        return _("The country or type of organisation was changed, so the decision has to be taken again.")


def _drop(seat: Seat, telling: Telling) -> None:
    seat.state = require_seat_move(Move.CANCEL, seat.state)
    seat.flagged_at = None
    telling.ended(seat, _withdrawn)


def _withdrawn(seat: Seat, now: datetime) -> OutgoingMail:
    return mails.withdrawn(seat.registration, now, seat=seat)


def _is_open(seat: Seat) -> bool:
    return seat.state in OPEN_SEATS


def _can_be_dropped(seat: Seat, now: datetime) -> bool:
    return _is_open(seat) and seat.session.can_be_chosen(now)


DECIDED = ("state", "reason_code", "reason", "override", "flagged_at")
SEAT_FIELDS = (*DECIDED, *judging.VERDICT_FIELDS, *TOLD_FIELDS)


def _save_seats(seats: list[Seat]) -> None:
    Seat.objects.bulk_create([seat for seat in seats if not seat.pk])
    Seat.objects.bulk_update([seat for seat in seats if seat.pk], SEAT_FIELDS)


def states_of(seats: Iterable[Seat]) -> list[dict[str, object]]:
    """Return where seats stand, as the history notes it."""
    return [
        {
            "session": seat.session.number,
            "state": seat.state,
            "outcome": seat.outcome,
            "publication": seat.publication_number,
        }
        for seat in seats
    ]


def _record_person(action: Action, registration: Registration, now: datetime, seats: list[Seat]) -> None:
    recording.record(
        action,
        at=now,
        actor="person",
        registration=registration,
        webinar=registration.webinar,
        facts={"seats": states_of(seats)},
    )


def expire(rows: list[Registration], now: datetime) -> None:
    """End submissions that were never confirmed; the rows are locked by the caller."""
    for row in rows:
        row.state = require_registration_move(Move.EXPIRE, row.state)
        row.ended_at = now
    Registration.objects.bulk_update(rows, ["state", "ended_at"])
    HistoryEntry.objects.bulk_create(
        [recording.entry(Action.EXPIRED, at=now, registration=row, webinar_id=row.webinar_id) for row in rows]
    )


def expire_unconfirmed(now: datetime, *, limit: int = 500) -> int:
    """End up to `limit` submissions whose address was not confirmed in time; return how many."""
    with transaction.atomic():
        stale = Registration.objects.filter(
            state=RegistrationState.UNCONFIRMED, created_at__lt=now - CONFIRM_WITHIN
        )
        rows = list(stale.select_for_update(skip_locked=True).order_by("id")[:limit])
        expire(rows, now)
    return len(rows)

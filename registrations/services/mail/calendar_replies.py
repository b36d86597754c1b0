"""Answers to invitations: noted for the person invited, kept for staff where somebody else sent them."""

from datetime import datetime, timedelta
from enum import Enum, auto

from django.contrib.auth.models import User
from django.db import transaction

from registrations.incoming import CalendarReply
from registrations.models import (
    Action,
    PartStat,
    Registration,
    RegistrationQuerySet,
    Seat,
    UnplacedAnswer,
    WebinarSession,
    email_key,
)
from registrations.models.history_facts import CalendarAnswerNoted
from registrations.services.history import log
from registrations.services.locks import lock_seats, lock_session

CLOCKS_DIFFER = timedelta(days=1)  # an answer dated later would overrule every true one
MOST_UNPLACED = 200  # a session's; anybody who has seen its UID may write any number


class ReplyOutcome(Enum):
    """What became of an answer."""

    NOTED = auto()
    UNPLACED = auto()
    DROPPED = auto()


def take_reply(reply: CalendarReply, now: datetime) -> ReplyOutcome:
    """Note what somebody answered, if they are who was invited to a session of ours and it is their newest answer.

    A sender's address can be forged, so an answer is shown to staff and changes nothing else (D-48). One whose sender
    is not whom it names as invited goes on a list for staff. `now` is aware; the caller's transaction holds both.
    """
    uid, _at, domain = reply.uid.rpartition("@")
    attendee, senders = _key(reply.attendee), {_key(reply.sender), _key(reply.reply_to)} - {""}
    is_answer = reply.answer.lower() in PartStat and reply.stamp <= now + CLOCKS_DIFFER
    is_ours = WebinarSession.objects.filter(uid=uid, uid_domain=domain).exists()
    if not (is_ours and is_answer and attendee and senders):
        return ReplyOutcome.DROPPED
    is_own = attendee in senders
    seat = _lock_seat(uid, attendee) if is_own else None
    if seat is None:
        is_known = is_own and _registered(uid).filter(email_key=attendee).exists()
        return ReplyOutcome.DROPPED if is_known else _keep_for_staff(reply, uid, now)
    if not _is_news(reply, seat):
        return ReplyOutcome.DROPPED
    seat.answer, seat.answered_at = PartStat(reply.answer.lower()), reply.stamp
    seat.save(update_fields=["answer", "answered_at"])
    facts = CalendarAnswerNoted(seat.answer, reply.stamp, reply.sequence)
    log.record(Action.INVITATION_ANSWERED, at=now, seat=seat, facts=facts)
    return ReplyOutcome.NOTED


@transaction.atomic
def settle_replies(answer_ids: list[int], *, by: User, now: datetime) -> int:
    """Take answers that could not be placed off the staff's list for good; return how many were still on it.

    `now` is an aware datetime.
    """
    rows = UnplacedAnswer.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "session", "registration"
    )
    found = list(rows.filter(pk__in=answer_ids).order_by("pk"))
    for row in found:
        log.record(
            Action.ANSWER_SETTLED,
            at=now,
            by=by,
            registration=row.registration,
            session=row.session,
            webinar_id=row.session.webinar_id,
            facts=CalendarAnswerNoted(row.answer, row.answered_at),
        )
    UnplacedAnswer.objects.filter(pk__in=[row.pk for row in found]).delete()
    return len(found)


def _key(address: str) -> str:
    """Return the key of an address, "" for what is none."""
    try:
        return email_key(address)
    except ValueError:
        return ""


def _lock_seat(uid: str, key: str) -> Seat | None:
    """Lock the seat that an answer is about, of an active registration."""
    seats = Seat.objects.of_active_people().filter(session__uid=uid, registration__email_key=key)
    return next(iter(lock_seats(seats)), None)


def _is_news(reply: CalendarReply, seat: Seat) -> bool:
    """Return whether a reply is about the time that the person was last told, and later than any answer before it.

    A new title or place raises the SEQUENCE too, and leaves an answer as good as it was.
    """
    since = seat.told_sequence if seat.told_time_sequence is None else seat.told_time_sequence
    is_about_this_time = seat.is_invited and reply.sequence >= (since or 0)
    return is_about_this_time and (seat.answered_at is None or reply.stamp > seat.answered_at)


def _keep_for_staff(reply: CalendarReply, uid: str, now: datetime) -> ReplyOutcome:
    """Put an answer on the list of those that could not be placed; a sender's later one replaces an earlier."""
    session = WebinarSession.objects.filter(uid=uid).first()
    if session is None:
        return ReplyOutcome.DROPPED
    registration = _lock_whose(reply, uid)
    lock_session(session.pk)
    kept = UnplacedAnswer.objects.filter(session=session)
    row = kept.filter(attendee=reply.attendee[:254], sender=reply.sender[:254]).first()
    if (row is not None and row.answered_at >= reply.stamp) or (
        row is None and kept.count() >= MOST_UNPLACED
    ):
        return ReplyOutcome.DROPPED
    row = row or UnplacedAnswer(session=session, attendee=reply.attendee[:254], sender=reply.sender[:254])
    row.registration = registration
    row.answer, row.answered_at, row.received_at = PartStat(reply.answer.lower()), reply.stamp, now
    row.save()
    return ReplyOutcome.UNPLACED


def _lock_whose(reply: CalendarReply, uid: str) -> Registration | None:
    """Lock the registration of whom an answer names as invited, else of its sender; None where both are unknown."""
    for key in (_key(reply.attendee), _key(reply.sender)):
        active = _registered(uid).active().filter(email_key=key)
        if found := active.select_for_update(no_key=True, of=("self",)).first():
            return found
    return None


def _registered(uid: str) -> RegistrationQuerySet:
    """Return whoever is or was registered for the webinar of a session."""
    return Registration.objects.filter(webinar__sessions__uid=uid)

"""Mail that comes back: bounces mark addresses, answers from calendars are noted; nobody loses a place by either."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registrations import inbox, incoming
from registrations.models import Action, Answer, OutgoingMail, Registration, Seat, email_key
from registrations.services import errors, recording
from registrations.services.locking import lock_seats
from registrations.states import RegistrationState

CLOCKS_DIFFER = timedelta(days=1)  # an answer dated later would stand against every true one

State = OutgoingMail.State
logger = logging.getLogger(__name__)


class Result(models.TextChoices):
    """What became of one message."""

    BOUNCED = "bounced", _("bounced")
    LATE = "late", _("late or refused for now")
    ANSWERED = "answered", _("answered in a calendar")
    DROPPED = "dropped", _("about nothing of ours, or known before")
    IGNORED = "ignored", _("other mail")
    UNREADABLE = "unreadable", _("unreadable")
    FAILED = "failed", _("failed, to be read again")


def take_returns(letters: Iterable[inbox.Letter], *, dry_run: bool) -> Iterator[Result]:
    """Deal with messages one by one, each in a transaction of its own, and yield what became of each.

    One that fails is left where it is, and the others go on. With `dry_run` nothing is changed anywhere.
    """
    for letter in letters:
        try:
            result = take_return(letter.raw, now=timezone.now(), dry_run=dry_run)
        except Exception as error:  # noqa: BLE001  # one message must not hold up the others
            logger.error("A returned mail cannot be dealt with: %s", type(error).__name__)  # no personal data
            result = Result.FAILED
        if not dry_run and result is not Result.FAILED:
            letter.done()
        yield result


def take_return(raw: bytes, *, now: datetime, dry_run: bool = False) -> Result:
    """Do what one message proves, and say what that was; the same message again changes nothing. `now` is aware.

    Whoever sent it is told nothing, whatever comes of it. With `dry_run` the changes are taken back.
    """
    try:
        message = incoming.read(raw)
    except incoming.Unreadable:
        return Result.UNREADABLE
    with transaction.atomic():
        result = _take(message, now)
        transaction.set_rollback(dry_run)
    return result


@transaction.atomic
def retry_address(registration_id: int, *, by: User, now: datetime) -> Registration:
    """Let mail go again to an address that bounced, in every registration that has it; `now` is an aware datetime.

    Mails that were held back meanwhile stay unsent. Raises AddressNotBounced.
    """
    key = Registration.objects.values_list("email_key", flat=True).get(pk=registration_id)
    marked = {row.pk: row for row in _lock_addressed(key) if row.bounced_at}
    if registration_id not in marked:
        raise errors.AddressNotBounced
    for row in marked.values():
        since, row.bounced_at, row.bounce_reply = row.bounced_at, None, ""
        row.save(update_fields=["bounced_at", "bounce_reply"])
        recording.record(
            Action.ADDRESS_RETRIED,
            at=now,
            by=by,
            registration=row,
            webinar_id=row.webinar_id,
            facts={"bounced_at": since},
        )
    return marked[registration_id]


def _take(message: incoming.Bounce | incoming.CalendarReply | None, now: datetime) -> Result:
    if isinstance(message, incoming.Bounce):
        return _take_bounce(message, now)
    if isinstance(message, incoming.CalendarReply):
        return _take_answer(message, now)
    return Result.IGNORED


def _take_bounce(bounce: incoming.Bounce, now: datetime) -> Result:
    """Mark the mail and its address, if the bounce is final and about a mail that a server has had from us.

    It may name another recipient than we wrote to (an alias, a forwarding), and proves only that somebody says so who
    has received the mail; so it stops mail, which staff can undo, and touches nothing else.
    """
    ours = OutgoingMail.objects.filter(message_id__startswith=f"<{bounce.mail_id}@", attempts__gt=0)
    mail = ours.exclude(state=State.DROPPED).defer("raw", "facts").first()
    if mail is None or not mail.recipient:  # not ours, or the person is erased
        return Result.DROPPED
    if not bounce.is_hard:
        return Result.LATE
    return _mark_bounced(mail, bounce, now)


def _mark_bounced(mail: OutgoingMail, bounce: incoming.Bounce, now: datetime) -> Result:
    """Mark a mail as bounced, and every registration that has its address by now."""
    addressed = _lock_addressed(email_key(mail.recipient))
    words = f"{bounce.status} {bounce.words}".strip()
    unmarked = OutgoingMail.objects.filter(pk=mail.pk).exclude(state=State.BOUNCED)
    if not unmarked.update(state=State.BOUNCED, due_at=None, claim=None, reply=words):
        return Result.DROPPED  # the same message was read before, perhaps just now by another process
    for row in addressed:
        if row.bounced_at is None:
            row.bounced_at, row.bounce_reply = now, words
            row.save(update_fields=["bounced_at", "bounce_reply"])
            recording.record(
                Action.BOUNCED,
                at=now,
                registration=row,
                webinar_id=row.webinar_id,
                facts={"mail": mail.pk, "status": bounce.status},
            )
    return Result.BOUNCED


def _lock_addressed(key: str) -> list[Registration]:
    """Lock and re-read every registration of an address, in the order of their ids."""
    return list(Registration.objects.select_for_update().filter(email_key=key).order_by("id"))


def _take_answer(reply: incoming.CalendarReply, now: datetime) -> Result:
    """Note what somebody answered, if they are who was invited to a session of ours and it is their newest answer.

    A sender's address can be forged, so an answer is shown to staff and changes nothing else.
    """
    seat = _lock_answered_seat(reply)
    if seat is None or not _is_news(reply, seat, now):
        return Result.DROPPED
    seat.answer, seat.answered_at = Answer(reply.answer.lower()), reply.stamp
    seat.save(update_fields=["answer", "answered_at"])
    recording.record(
        Action.INVITATION_ANSWERED,
        at=now,
        seat=seat,
        facts={"answer": seat.answer, "stamp": reply.stamp, "sequence": reply.sequence},
    )
    return Result.ANSWERED


def _lock_answered_seat(reply: incoming.CalendarReply) -> Seat | None:
    """Lock the seat that a reply is about: UID, attendee and sender must all be those of the invitation."""
    uid, _at, domain = reply.uid.rpartition("@")
    try:
        key, sender = email_key(reply.attendee), email_key(reply.sender)
    except ValueError:
        return None
    if key != sender:
        return None
    seats = Seat.objects.filter(
        session__uid=uid,
        session__uid_domain=domain,
        registration__email_key=key,
        registration__state=RegistrationState.ACTIVE,
    )
    return next(iter(lock_seats(seats)), None)


def _is_news(reply: incoming.CalendarReply, seat: Seat, now: datetime) -> bool:
    """Return whether a reply answers the newest invitation, and later than any answer before it."""
    return (
        reply.answer.lower() in Answer
        and seat.is_invited
        and reply.sequence >= (seat.told_sequence or 0)
        and reply.stamp <= now + CLOCKS_DIFFER
        and (seat.answered_at is None or reply.stamp > seat.answered_at)
    )

"""Mail that comes back: what a bounce or a calendar's answer proves; nobody loses a place by either (D-59)."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registrations import inbox, incoming
from registrations.models import Action, OutgoingMail, Registration, email_key
from registrations.models.history_facts import ReturnNoted
from registrations.services.history import log
from registrations.services.mail import calendar_replies
from registrations.services.mail.mailboxes import note_read
from webinar_site.foundation.database_faults import ends_everything

State = OutgoingMail.State
logger = logging.getLogger(__name__)


class ReturnResult(models.TextChoices):
    """What became of one message."""

    BOUNCED = "bounced", _("bounced")
    RETURNED = "returned", _("not delivered, the address not being the reason")
    LATE = "late", _("late")
    ANSWERED = "answered", _("answered in a calendar")
    UNPLACED = "unplaced", _("answered by somebody else than the person invited")
    DROPPED = "dropped", _("about nothing of ours, or known before")
    IGNORED = "ignored", _("other mail")
    UNREADABLE = "unreadable", _("unreadable")
    FAILED = "failed", _("failed, to be read again")


REPLY_RESULTS = {
    calendar_replies.ReplyOutcome.NOTED: ReturnResult.ANSWERED,
    calendar_replies.ReplyOutcome.UNPLACED: ReturnResult.UNPLACED,
    calendar_replies.ReplyOutcome.DROPPED: ReturnResult.DROPPED,
}


def take_messages(messages: Iterable[inbox.ReturnedMessage], *, dry_run: bool) -> Iterator[ReturnResult]:
    """Deal with messages one by one, each in a transaction of its own, and yield what became of each.

    One that fails is to be read again, and the others go on; where the database is gone, its error ends them all. With
    `dry_run` nothing is changed anywhere.
    """
    for message in messages:
        result = None if message.raw is None else _take_safely(message.raw, dry_run)
        if message.position is not None and not dry_run:
            note_read(message.position, again=result is ReturnResult.FAILED)
        if result is not None:
            yield result


def _take_safely(raw: bytes, dry_run: bool) -> ReturnResult:
    try:
        return take_message(raw, now=timezone.now(), dry_run=dry_run)
    except Exception as error:  # one message must not hold up the others
        if ends_everything(error):
            raise
        logger.error("A returned mail cannot be dealt with: %s", type(error).__name__)  # no personal data
        return ReturnResult.FAILED


def take_message(raw: bytes, *, now: datetime, dry_run: bool = False) -> ReturnResult:
    """Do what one message proves, and say what that was; the same message again changes nothing. `now` is aware.

    Whoever sent it is told nothing, whatever comes of it. With `dry_run` the changes are taken back.
    """
    try:
        message = incoming.read_message(raw)
    except incoming.UnreadableMessage:
        return ReturnResult.UNREADABLE
    with transaction.atomic():
        result = _take(message, now)
        transaction.set_rollback(dry_run)
    return result


def _take(message: incoming.Bounce | incoming.CalendarReply | None, now: datetime) -> ReturnResult:
    if isinstance(message, incoming.Bounce):
        return _take_bounce(message, now)
    if isinstance(message, incoming.CalendarReply):
        return REPLY_RESULTS[calendar_replies.take_reply(message, now)]
    return ReturnResult.IGNORED


def _take_bounce(bounce: incoming.Bounce, now: datetime) -> ReturnResult:
    """Mark the mail as not delivered and, where our own recipient's address is dead, the address with it.

    It must be about a mail that a server has had from us. It proves only that somebody says so who has received the
    mail; so it stops mail, which staff can undo, and touches nothing else.
    """
    ours = OutgoingMail.objects.taken_by_a_server().filter(message_id__startswith=f"<{bounce.mail_id}@")
    mail = ours.defer("raw", "facts").first()
    if mail is None or not mail.recipient:  # not ours, or the person is erased
        return ReturnResult.DROPPED
    if mail.recipient.casefold() in bounce.sender.casefold():  # it arrived: their mailbox answered by itself
        return ReturnResult.IGNORED
    if not bounce.failures:
        return ReturnResult.LATE
    key = email_key(mail.recipient)
    own = [failure for failure in bounce.failures if _is_at(failure.recipient, key)]
    dead = next((failure for failure in own if failure.is_dead), None)
    if dead is not None:
        return _mark_bounced(mail, dead, now)
    return _mark_returned(mail, (own or bounce.failures)[0], now)


def _is_at(address: str, key: str) -> bool:
    """Return whether an address of a report, which may be none, is that of a key."""
    try:
        return email_key(address) == key
    except ValueError:
        return False


def _mark_returned(mail: OutgoingMail, failure: incoming.Failure, now: datetime) -> ReturnResult:
    """Mark a mail as not delivered; its address goes on being written to."""
    registration = Registration.objects.select_for_update(no_key=True).filter(mails=mail).first()
    if not _mark(mail, State.RETURNED, failure, now):
        return ReturnResult.DROPPED
    if registration is not None:
        facts = ReturnNoted(mail.pk, failure.status)
        log.record(
            Action.MAIL_RETURNED,
            at=now,
            registration=registration,
            webinar_id=registration.webinar_id,
            facts=facts,
        )
    return ReturnResult.RETURNED


def _mark_bounced(mail: OutgoingMail, failure: incoming.Failure, now: datetime) -> ReturnResult:
    """Mark a mail as bounced, and every registration that has its address by now."""
    key = email_key(mail.recipient)
    addressed = list(Registration.objects.select_for_update(no_key=True).filter(email_key=key).order_by("id"))
    if not _mark(mail, State.BOUNCED, failure, now):
        return ReturnResult.DROPPED
    for row in addressed:
        if row.bounced_at is None:
            row.bounced_at, row.bounce_reply = now, _words_of(failure)
            row.save(update_fields=["bounced_at", "bounce_reply"])
            log.record(
                Action.BOUNCED,
                at=now,
                registration=row,
                webinar_id=row.webinar_id,
                facts=ReturnNoted(mail.pk, failure.status),
            )
    return ReturnResult.BOUNCED


def _mark(mail: OutgoingMail, state: str, failure: incoming.Failure, now: datetime) -> bool:
    """Give a mail the state a bounce proves; False where the same was read before, perhaps just now by another process.

    That an address is dead may come after other news of the same mail, never the other way round.
    """
    known = {State.BOUNCED, State(state)}
    columns = {"due_at": None, "claim": None, "reply": _words_of(failure), "returned_at": now}
    unmarked = OutgoingMail.objects.filter(pk=mail.pk).exclude(state__in=known)
    return bool(unmarked.update(state=state, **columns))


def _words_of(failure: incoming.Failure) -> str:
    """Return a server's words under its code; what they say of nothing is said."""
    words = f"{failure.status} {failure.words}".strip()
    return words or str(_("The mail server gives no reason."))

"""Sending what is due: claim, render once, SMTP, mark. The only module that talks to the mail server (D-51).

Each step is committed before the next; no transaction is open while a mail is rendered or the mail server spoken to. A
worker that is killed between the server's “accepted” and our mark leaves its row claimed; when the lease runs out the
same bytes, with the same Message-ID, go out again. So nothing is lost, and one kill repeats at most one mail.
"""

import logging
import random
import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import ical, mails, rate_limits, vetting
from registrations.models import OutgoingMail

LEASE = timedelta(seconds=120)  # longer than a mail server may take for all steps of one mail
MOST_ATTEMPTS = 10
SOON = timedelta(minutes=1)  # by then a bulk job that is about to tell a change has told it
CLOSING = 421  # the code a server says before it hangs up (RFC 5321, section 3.8)

State = OutgoingMail.State
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Delivered:
    """How many mails a drain sent, gave up, put off, and left out: overtaken by a later mail, or too late."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryFailure:
    """Why a mail was not taken: in whose words, whether for good, and whether the server takes any other now."""

    reply: str
    is_final: bool = False
    ends_drain: bool = False


class StoredMessage(EmailMessage):
    """A finished message, in the shape that Django's mail backends send; its bytes go out as they are stored."""

    def __init__(self, mail: OutgoingMail) -> None:
        # In ASCII already, because Django would encode a domain by IDNA 2003.
        super().__init__(from_email=mails.envelope_sender(mail), to=[ical.mailto_address(mail.recipient)])
        self._raw = bytes(mail.raw or b"")

    def message(self) -> Self:  # type: ignore[override]
        """Return what a backend asks for the bytes."""
        return self

    def as_bytes(self, linesep: str = "\r\n") -> bytes:
        """Return the message as it was rendered, with the CRLF that SMTP wants."""
        return self._raw


def deliver(*, until: datetime | None, stop: Callable[[], bool]) -> Delivered:
    """Send what is due, oldest first, over one connection; return how many.

    Ends when nothing is due, at the moment `until` (aware; None for no end), when `stop` says so (it is asked before
    each mail), or when the mail server is gone: then the queue is left as it is. Runs in any number of workers at once.
    """
    delivered = Delivered()
    if not OutgoingMail.objects.due(timezone.now()).exists():
        return delivered
    connection = get_connection()
    try:
        connection.open()
        while not stop() and (until is None or timezone.now() < until):
            mail = _claim(timezone.now())
            if mail is None:
                break
            _deliver_one(mail, connection, delivered)
    except OSError as error:  # every smtplib.SMTPException is one
        # Its words may name somebody, so they are not logged.
        logger.warning("The mail server takes no mail now: %s", type(error).__name__)
    finally:
        with suppress(OSError):
            connection.close()
        rate_limits.forget(timezone.now())
    return delivered


def _claim(now: datetime) -> OutgoingMail | None:
    """Take the next due mail that no rate limit forbids; what one does forbid is put off."""
    while isinstance(taken := _take_next(now), rate_limits.Full):
        rate_limits.put_off(taken, now)
    return taken


@transaction.atomic
def _take_next(now: datetime) -> OutgoingMail | rate_limits.Full | None:
    """Claim the next due mail, so that for the length of a lease nobody else does; or say which limit forbids it.

    The attempt is counted here, so that a mail that kills its worker runs out of attempts.
    """
    mail = OutgoingMail.objects.due(now).select_for_update(no_key=True, skip_locked=True).first()
    if mail is None:
        return None
    if full := rate_limits.take(mail.recipient, now):
        return full
    mail.attempts += 1
    mail.state, mail.claim, mail.due_at = State.SENDING, uuid4(), now + LEASE
    mail.save(update_fields=["attempts", "state", "claim", "due_at"])
    return mail


def _deliver_one(mail: OutgoingMail, connection: BaseEmailBackend, delivered: Delivered) -> None:
    """Bring one claimed mail to the server and mark what came of it; raise OSError when the server is gone."""
    if mail.expires_at is not None and mail.expires_at <= timezone.now():
        _mark(mail, state=State.DROPPED, due_at=None, reply=_("Not sent: it came too late to be of use."))
        delivered.dropped += 1
        return
    if withheld := mails.why_withheld(mail):
        _mark(mail, state=State.WITHHELD, due_at=None, reply=withheld[:500])
        delivered.failed += 1
        return
    reply = _why_not(mail)
    if reply:
        _mark(mail, state=State.FAILED, due_at=None, reply=reply[:500])
        delivered.failed += 1
        return
    if not _passes(mail, delivered):
        return
    try:
        connection.send_messages([StoredMessage(mail)])
    except OSError as error:
        fault = _failure(error)
        if fault.is_final:
            _mark(mail, state=State.FAILED, due_at=None, reply=fault.reply)
            delivered.failed += 1
        else:
            _mark(mail, state=State.WAITING, due_at=timezone.now() + _wait(mail.attempts), reply=fault.reply)
            delivered.postponed += 1
        if fault.ends_drain:
            raise
    else:
        _mark(mail, state=State.SENT, due_at=None, reply="", sent_at=timezone.now())
        delivered.sent += 1


def _passes(mail: OutgoingMail, delivered: Delivered) -> bool:
    """Tell whether a rendered mail may go out now, as the session is; mark it where it may not."""
    vetted = vetting.vet(mail)
    reply = vetted.words[:500]
    match vetted.course:
        case vetting.VettingOutcome.BLOCK:
            logger.error("Mail %s does not say what it should and is held back.", mail.pk)
            _mark(mail, state=State.FAILED, due_at=None, reply=reply)
            delivered.failed += 1
        case vetting.VettingOutcome.DROP:
            _mark(mail, state=State.DROPPED, due_at=None, reply=reply)
            delivered.dropped += 1
        case vetting.VettingOutcome.WAIT:  # on our side, so it is no attempt
            attempts = mail.attempts - 1
            _mark(mail, state=State.WAITING, due_at=timezone.now() + SOON, attempts=attempts, reply=reply)
            delivered.postponed += 1
    return vetted.course is vetting.VettingOutcome.SEND


def _why_not(mail: OutgoingMail) -> str:
    """Make sure that a claimed mail has its bytes, rendered once and for ever; return why it cannot have them, or "".

    Outside the claim's transaction, because on SQLite every form would wait while a mail is rendered.
    """
    if mail.attempts > MOST_ATTEMPTS:
        return mail.reply or _("Given up: every attempt ended without an answer.")
    if mail.raw is not None:
        return ""
    try:
        mail.raw = mails.render(mail, timezone.now())
    except Exception as error:  # noqa: BLE001  # one mail that cannot be written must not hold up the others
        logger.error("Mail %s cannot be rendered: %s", mail.pk, type(error).__name__)  # no personal data
        return f"{type(error).__name__}: {error}"
    return "" if _claimed(mail).update(raw=mail.raw) else _("Another worker has it.")


def _failure(error: OSError) -> DeliveryFailure:
    """Tell what a mail server meant: 5xx about this recipient or message is final, all else may pass."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return DeliveryFailure(f"{type(error).__name__}: {error}"[:500], ends_drain=True)
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    about_us = isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError))
    return DeliveryFailure(
        f"{code} {text}"[:500],
        is_final=500 <= code < 600 and not about_us,
        ends_drain=about_us or code == CLOSING,
    )


def _wait(attempts: int) -> timedelta:
    """Return how long to wait before the next attempt: doubling (17 minutes after the tenth), scattered."""
    return timedelta(seconds=2**attempts) * random.uniform(0.5, 1.5)  # noqa: S311  # no secret


def _mark(mail: OutgoingMail, **columns: object) -> None:
    """Write down what came of a mail, unless the lease ran out and another worker has it now."""
    if not _claimed(mail).update(claim=None, **columns):
        logger.warning("Mail %s took longer than its lease; another worker has it.", mail.pk)


def _claimed(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    """Return the row, as long as the claim on it is ours."""
    return OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim)

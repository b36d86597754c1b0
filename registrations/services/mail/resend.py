"""Sending one mail again, as staff wish: the same content under a new Message-ID, as a row of its own."""

from datetime import datetime
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations.mails import is_cancellation
from registrations.models import Action, MailKind, OutgoingMail, Seat, own_domain
from registrations.models.history_facts import ResendNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_registration, lock_seats
from registrations.services.notifications.batch import Notifications


@transaction.atomic
def resend_mail(mail_id: int, *, by: User, now: datetime) -> OutgoingMail:
    """Send a mail again to the same person: same words, same calendar SEQUENCE; `now` is an aware datetime.

    Nothing new is told, so the seat stays as it is; but who keeps a place beside a cancellation is invited again.
    Raises MailNotResendable.
    """
    mail = _lock(mail_id)
    reason = why_not_resend(mail, now)
    if reason:
        raise errors.MailNotResendable(reason)
    first = mail.resend_of or mail
    again = OutgoingMail(
        kind=mail.kind,
        registration=mail.registration,
        seat=mail.seat,
        recipient=mail.recipient,
        language=mail.language,
        facts=mail.facts,
        text=mail.text,
        dedupe_key=f"resend:{first.pk}:{first.resends.count() + 1}",
        message_id=f"<{uuid4().hex}@{own_domain()}>",
        created_at=now,
        due_at=now,
        expires_at=mail.expires_at,
        resend_of=first,
    )
    _record(mail, by, now)
    notifications = Notifications(now)
    notifications.mail(again)
    if mail.seat is not None and is_cancellation(mail):
        notifications.leaves_calendar(mail.seat)
    notifications.post()
    return OutgoingMail.objects.get(message_id=again.message_id)  # rows written in bulk do not know their ids


def why_not_resend(mail: OutgoingMail, now: datetime) -> str:
    """Return why a mail cannot be sent again at this moment (aware), or "" where it can."""
    if MailKind(mail.kind).is_to_staff and not mail.is_test:
        return _("This mail went to staff; the start page says what waits now.")
    if mail.registration is None:
        return _("This is a test of a mail's text; send a new one from there.")
    if mail.due_at is not None:
        return _("This mail is still waiting to be sent.")
    if mail.expires_at is not None and mail.expires_at <= now:
        return _("This mail is of no use any more: its time has passed.")
    if mail.registration.has_ended:
        return _("This registration is no longer active.")
    if not mail.recipient:
        return _("What this mail said was deleted at the end of its period.")
    if mail.recipient != mail.registration.email:
        return _("This person's registration has moved to another address since.")
    if _is_overtaken(mail):
        return _("A later calendar mail to this person tells what holds now; send that one again.")
    if OutgoingMail.objects.unfinished().filter(resend_of=mail.resend_of_id or mail.pk).exists():
        return _("This mail is already being sent again.")
    return ""


def _is_overtaken(mail: OutgoingMail) -> bool:
    """Return whether a later calendar mail was written for the mail's seat, apart from what repeats it."""
    first = mail.resend_of_id or mail.pk
    later = OutgoingMail.objects.with_calendar_part().filter(seat=mail.seat_id, pk__gt=first)
    return mail.seat_id is not None and later.exclude(resend_of=first).exists()


def _lock(mail_id: int) -> OutgoingMail:
    """Lock what the mail is about (registration, session, seat), then re-read it; raises OutgoingMail.DoesNotExist."""
    found = OutgoingMail.objects.get(pk=mail_id)
    if found.seat_id is None and found.registration_id is not None:
        lock_registration(found.registration_id)
    elif found.seat_id is not None:
        lock_seats(Seat.objects.filter(pk=found.seat_id))
    return OutgoingMail.objects.select_related("registration", "seat__session", "resend_of", "text").get(
        pk=mail_id
    )


def _record(mail: OutgoingMail, by: User, now: datetime) -> None:
    log.record(
        Action.MAIL_RESENT,
        at=now,
        by=by,
        registration=mail.registration,
        session=mail.seat.session if mail.seat else None,
        webinar_id=mail.registration and mail.registration.webinar_id,
        facts=ResendNoted(mail.pk, mail.kind),
    )

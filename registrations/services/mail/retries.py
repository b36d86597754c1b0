"""Letting mail go again to addresses that bounced, and what was withheld meanwhile with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from registrations import outbox
from registrations.models import Action, HistoryEntry, OutgoingMail, Registration
from registrations.models.history_facts import RetryNoted
from registrations.services import errors
from registrations.services.history import log

MOST_RETRIED = 500  # registrations chosen at once

State = OutgoingMail.State


@dataclass(frozen=True, slots=True)
class Retried:
    """To how many addresses mail goes again, and how many withheld mails go out with it."""

    addresses: int
    mails: int


def bounced_with(registration_ids: Sequence[int]) -> QuerySet[Registration]:
    """Return every registration marked as bounced that has the address of one of these, itself included."""
    keys = Registration.objects.filter(pk__in=registration_ids[:MOST_RETRIED]).values("email_key")
    return Registration.objects.bounced().filter(email_key__in=keys).order_by("id")


def withheld_from(registrations: QuerySet[Registration]) -> QuerySet[OutgoingMail]:
    """Return the mails to these registrations' addresses that were withheld, and could still be sent."""
    return OutgoingMail.objects.withheld().filter(registration__in=registrations.order_by())


@transaction.atomic
def retry_addresses(
    registration_ids: Sequence[int], *, by: User, now: datetime, send_withheld: bool
) -> Retried:
    """Let mail go again to the addresses of these registrations, in every registration that has them.

    With `send_withheld` what was withheld meanwhile goes out now, as far as it still holds. Addresses that did not
    bounce are left alone. `now` is an aware datetime. Raises AddressNotBounced where none did, TooManyChosen.
    """
    if len(registration_ids) > MOST_RETRIED:
        raise errors.TooManyChosen(MOST_RETRIED)
    marked = list(bounced_with(registration_ids).select_for_update(no_key=True))
    if not marked:
        raise errors.AddressNotBounced
    entries = [_entry(row, by, now) for row in marked]
    ids = [row.pk for row in marked]
    Registration.objects.filter(pk__in=ids).update(bounced_at=None, bounce_reply="")
    HistoryEntry.objects.bulk_create(entries)
    sent = 0
    if send_withheld:
        again = {"state": State.WAITING, "due_at": now, "planned_at": now, "attempts": 0, "reply": ""}
        sent = withheld_from(Registration.objects.filter(pk__in=ids)).update(**again)
        outbox.wake_for_mail()
    return Retried(len({row.email_key for row in marked}), sent)


def _entry(row: Registration, by: User, now: datetime) -> HistoryEntry:
    return log.entry(
        Action.ADDRESS_RETRIED,
        at=now,
        by=by,
        registration=row,
        webinar_id=row.webinar_id,
        facts=RetryNoted(row.bounced_at),
    )

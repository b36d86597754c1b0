"""A person moves their registration to another address: asked for on their own page, confirmed from the new mailbox."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from registrations import mails, outbox
from registrations.models import (
    Action,
    AddressChange,
    OutgoingMail,
    Registration,
    Seat,
    email_key,
    new_token,
)
from registrations.models.addresses import AddressChangeQuerySet
from registrations.models.history_facts import AddressMoveNoted, AddressWishNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_registration, lock_seats
from registrations.services.notifications.batch import TOLD_FIELDS, Notifications
from registrations.services.people.confirmation import CONFIRM_WITHIN, SENT_TWICE, expire
from registrations.services.people.submission import KEYS, write_keys
from registrations.states import RegistrationState
from webinar_site.foundation import bulk

MOVED_FIELDS = (
    "email",
    "email_key",
    *KEYS,
    "confirm_token",
    "manage_token",
    "bounced_at",
    "bounce_reply",
)


@transaction.atomic
def ask_address_change(registration_id: int, *, email: str, now: datetime) -> None:
    """Keep somebody's wish for another address and mail that address a link that confirms it.

    Says the same for a new and for a known address; the difference is told by mail only, as when somebody registers.
    Raises RegistrationEnded, SameAddress.
    """
    registration = lock_registration(registration_id)
    if not registration.is_active:
        raise errors.RegistrationEnded
    key = email_key(email)
    if key == registration.email_key:
        raise errors.SameAddress
    known = _active_with(registration.webinar_id, key).first()
    if known is not None:
        outbox.post([mails.already_registered(known, now)])
        return
    asked = open_address_changes(now).filter(registration=registration, email=email)
    if asked.filter(asked_at__gt=now - SENT_TWICE).exists():  # sent twice: the mail is on its way
        return
    change = AddressChange.objects.create(registration=registration, email=email, email_key=key, asked_at=now)
    _record(Action.ADDRESS_ASKED, change, now, AddressWishNoted(change.pk))
    outbox.post([mails.confirm_new_address(change, now)])


def open_address_changes(now: datetime) -> AddressChangeQuerySet:
    """Return the changes that can still be confirmed at this moment (aware)."""
    return AddressChange.objects.open_since(now - CONFIRM_WITHIN)


def find_address_change(token: str, *, now: datetime) -> AddressChange:
    """Return the change that a link confirms, with its registration and webinar.

    Raises LinkNotValid where the link was used, overtaken or has run out, the registration has ended, or the address is
    taken by now.
    """
    found = open_address_changes(now).filter(token=token).select_related("registration__webinar").first()
    if found is None or _active_with(found.registration.webinar_id, found.email_key).exists():
        raise errors.LinkNotValid
    return found


@transaction.atomic
def confirm_address_change(token: str, *, now: datetime) -> Registration:
    """Move a registration to the address that its link proves: calendar entries go there, and leave the old mailbox.

    Whoever reads the old mails cannot act any more: all links of the registration and its seats are renewed (D-18).
    Sessions that are over stay in the old calendar, as what has been. Raises LinkNotValid.
    """
    others = _lock_both_addresses(token)
    change = find_address_change(token, now=now)
    registration = lock_registration(change.registration_id)
    change.registration = registration
    seats = lock_seats(registration.seats.all(), registration)
    notifications = Notifications(now)
    _leave(change, seats, notifications)
    expire([row for row in others if row.state == RegistrationState.UNCONFIRMED], now)
    _move(change, now)
    told = _arrive(change, seats, notifications)
    bulk.update_rows(seats, ["join_token", *TOLD_FIELDS])
    facts = AddressMoveNoted(change.pk, tuple(seat.session.number for seat in told))
    _record(Action.ADDRESS_CHANGED, change, now, facts)
    notifications.post()
    return registration


def _lock_both_addresses(token: str) -> list[Registration]:
    """Lock a link's registration and all of the address it moves to, in the order of their ids; return the latter."""
    asked = AddressChange.objects.filter(token=token).select_related("registration").first()
    if asked is None:
        raise errors.LinkNotValid
    of_address = Q(webinar=asked.registration.webinar_id, email_key=asked.email_key)
    rows = Registration.objects.select_for_update(no_key=True).filter(
        Q(pk=asked.registration_id) | of_address
    )
    return [row for row in rows.order_by("id") if row.pk != asked.registration_id]


def _leave(change: AddressChange, seats: Iterable[Seat], notifications: Notifications) -> None:
    """Tell the old address, while it still is the registration's, and take the sessions out of its calendar.

    A session just cancelled is among them: the job that tells of it finds the new address only.
    """
    standing = [seat for seat in seats if seat.is_invited and not seat.session.is_over(notifications.now)]

    def leaving(seat: Seat, now: datetime) -> OutgoingMail:
        return mails.address_left(change, now, seat)

    for seat in standing:
        notifications.ended(seat, leaving)
    if not standing:
        notifications.mail(mails.address_left(change, notifications.now))


def _move(change: AddressChange, now: datetime) -> None:
    registration = change.registration
    registration.email, registration.email_key = change.email, change.email_key
    write_keys(registration)
    registration.confirm_token, registration.manage_token = new_token(), new_token()
    registration.bounced_at, registration.bounce_reply = None, ""  # that was the old address
    change.confirmed_at = now
    try:
        with transaction.atomic():
            registration.save(update_fields=MOVED_FIELDS)
    except IntegrityError as taken:  # at this very moment: no row of that address was there to be locked
        raise errors.LinkNotValid from taken
    change.save(update_fields=["confirmed_at"])


def _arrive(change: AddressChange, seats: Iterable[Seat], notifications: Notifications) -> list[Seat]:
    """Tell the new address what the registration has there; return the seats it was told of."""
    notifications.mail(mails.address_changed(change, notifications.now))
    told = []
    for seat in seats:
        seat.join_token, seat.thread_id = new_token(), ""
        if seat.is_approved and seat.session.can_be_chosen(notifications.now):
            notifications.approved(seat)
            told.append(seat)
        elif seat.is_invited:  # over: it is in a calendar that is not this person's any more
            seat.told, seat.told_method = None, ""
    return told


def _active_with(webinar_id: int, key: str) -> "QuerySet[Registration]":
    return Registration.objects.active().filter(webinar=webinar_id, email_key=key)


def _record(action: Action, change: AddressChange, now: datetime, facts: AddressWishNoted) -> None:
    """Record what happened to a change; the addresses are in its row only."""
    log.record(
        action,
        at=now,
        actor="person",
        registration=change.registration,
        webinar=change.registration.webinar,
        facts=facts,
    )

"""Erasing people: what says something about them goes, for good; what names nobody stays for statistics and history.

models/personal_data.py says which column does which (Regulation (EU) 2018/1725, Article 19) (D-65).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from registrations import mails
from registrations.models import Action, MailKind, OutgoingMail, Override, Registration, Seat
from registrations.models.history_facts import ErasureNoted
from registrations.models.personal_data import ERASURES, MAIL_ERASURE, Erasure
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_registration, lock_seats
from registrations.services.notifications.batch import TOLD_FIELDS, Notifications
from registrations.states import (
    OPEN_SEATS,
    Move,
    RegistrationState,
    require_registration_move,
    require_seat_move,
)
from webinar_site.foundation import bulk

WIPED_AT_ONCE = 500
# What the person still has to hear, and their calendar: that the session is not theirs any more.
GOODBYES = Q(due_at__isnull=False) & (Q(facts__calendar__method="CANCEL") | Q(kind=MailKind.WITHDRAWN))


@transaction.atomic
def erase(registration_id: int, *, now: datetime, by: User | None = None, reason: str = "") -> Registration:
    """Erase somebody's registration, at their own wish or by a member of staff, and every other submission of theirs.

    Sessions to come leave their calendar first, and one last mail confirms it; both mails are wiped when they are sent.
    Where the address was never proven, or mail to it comes back, nobody is written to. Who is erased already stays so.
    `now` is an aware datetime. Raises ErasureNeedsReason where staff give none, Registration.DoesNotExist.
    """
    if by is not None and not reason.strip():
        raise errors.ErasureNeedsReason
    others = _lock_submissions(registration_id)
    registration = lock_registration(registration_id)
    if registration.is_erased:
        return registration
    seats = lock_seats(registration.seats.all(), registration)
    registration.state = require_registration_move(Move.ERASE, registration.state)
    notifications = Notifications(now)
    is_told = registration.confirmed_at is not None and registration.bounced_at is None
    _leave(seats, notifications, is_told=is_told)
    if is_told:
        notifications.mail(mails.erased(registration, now))
    wipe([registration.pk, *others], now, spared=GOODBYES if is_told else Q(pk__in=[]))
    _record(registration, others, notifications.now, by, reason)
    notifications.post()
    return Registration.objects.get(pk=registration_id)


def _lock_submissions(registration_id: int) -> list[int]:
    """Lock everything of a registration's address for its webinar, in the order of ids; return what else is erased.

    An active registration of that address is left alone: its person erases it from its own page.
    """
    asked = Registration.objects.values("webinar", "email_key").get(pk=registration_id)
    rows = (
        Registration.objects.select_for_update(no_key=True)
        .filter(Q(pk=registration_id) | Q(**asked))
        .order_by("id")
    )
    return [row.pk for row in rows if row.pk != registration_id and not row.is_active]


def _leave(seats: Sequence[Seat], notifications: Notifications, *, is_told: bool) -> None:
    """Give up the places in sessions that are not over; what has been stays, for statistics."""
    left = [
        seat for seat in seats if seat.state in OPEN_SEATS and not seat.session.is_over(notifications.now)
    ]
    for seat in left:
        if seat.is_invited and is_told:
            notifications.ended(seat, _goodbye)
        seat.state = require_seat_move(Move.CANCEL, seat.state)
    undone = [seat for seat in seats if not seat.is_approved]
    for seat in undone:
        seat.flagged_at = None
    bulk.update_rows(undone, ["state", "flagged_at", *TOLD_FIELDS])


def _goodbye(seat: Seat, now: datetime) -> OutgoingMail:
    mail = mails.withdrawn(seat.registration, now, seat=seat)
    mail.wipe = True
    return mail


def _record(
    registration: Registration, others: Iterable[int], now: datetime, by: User | None, reason: str
) -> None:
    """Record the erasure of each submission; only staff give a reason, and are told to name nobody in it."""
    for pk in (registration.pk, *others):
        log.record(
            Action.ERASED,
            at=now,
            by=by,
            actor="" if by else "person",
            registration_id=pk,
            webinar_id=registration.webinar_id,
            facts=ErasureNoted(reason.strip() if by else ""),
        )


def wipe(registration_ids: Sequence[int], now: datetime, *, spared: Q) -> None:
    """Take everything that says something about these people out of all tables; the rows are locked by the caller.

    Of their mails those that are `spared` still go out, and are wiped when they are finished; others that wait do not.
    The number of queries does not grow with the people. `now` is an aware datetime.
    """
    wipe_mails(registration_ids, spared=spared)
    Override.objects.unconfirmed().filter(seat__registration__in=registration_ids).delete()
    log.seal_reasons(registration_ids)
    for model, erasure in ERASURES.items():
        if model not in (Registration, OutgoingMail):
            _apply(erasure, _rows(model, erasure, registration_ids))
    ended = {"state": RegistrationState.ERASED, "ended_at": Coalesce("ended_at", Value(now))}
    erasure = ERASURES[Registration]
    _apply(erasure, _rows(Registration, erasure, registration_ids), **ended)


def wipe_mails(registration_ids: Sequence[int], *, spared: Q) -> None:
    """Empty the mails of these people: what waits is dropped, what is `spared` is emptied once it is finished."""
    of_people = OutgoingMail.objects.filter(registration__in=registration_ids)
    of_people.filter(spared).update(wipe=True)
    gone = of_people.filter(wipe=False)
    gone.unfinished().update(state=OutgoingMail.State.DROPPED, due_at=None, claim=None)
    gone.update(**MAIL_ERASURE.becomes)


def wipe_finished_mails() -> int:
    """Empty up to WIPED_AT_ONCE last mails of people who are erased, sent or given up; return how many."""
    finished = OutgoingMail.objects.finished().filter(wipe=True).order_by("pk")
    ids = list(finished.values_list("pk", flat=True)[:WIPED_AT_ONCE])
    if not ids:
        return 0
    return OutgoingMail.objects.filter(pk__in=ids).update(wipe=False, **MAIL_ERASURE.becomes)


def _rows(model: type[Model], erasure: Erasure, registration_ids: Sequence[int]) -> QuerySet[Any]:
    return model._default_manager.filter(**{f"{erasure.about}__in": registration_ids})


def _apply(erasure: Erasure, rows: QuerySet[Any], **further: object) -> None:
    """Do to some rows what the table of erasures says, and set `further` columns with it."""
    if erasure.goes:
        rows.delete()
        return
    if erasure.renewed:
        found = list(
            rows.only("pk", *erasure.renewed, *(["reference"] if rows.model is Registration else []))
        )
        for row in found:
            for column, make in erasure.renewed.items():
                setattr(row, column, make(row))
        bulk.update_rows(found, [*erasure.renewed])
    if erasure.becomes or further:
        rows.update(**erasure.becomes, **further)

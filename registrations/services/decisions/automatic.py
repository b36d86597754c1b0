"""Approving without staff: where a webinar's switch is on, whoever is eligible gets a free place at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from eligibility.rules import Outcome
from registrations.models import Action, Registration, Seat, Webinar
from registrations.services.decisions.moves import Decision, decide_locked
from registrations.services.history import log
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Notifications
from registrations.states import Move, SeatState


@transaction.atomic
def set_auto_approval(webinar_id: int, *, on: bool, by: User, now: datetime) -> Webinar:
    """Switch automatic approval on or off, from now on (aware): what waits already stays for staff."""
    webinar = Webinar.objects.select_for_update(no_key=True).get(pk=webinar_id)
    if webinar.auto_approve == on:
        return webinar
    webinar.auto_approve = on
    webinar.save(update_fields=["auto_approve"])
    action = Action.AUTO_APPROVAL_ON if on else Action.AUTO_APPROVAL_OFF
    log.record(action, at=now, by=by, webinar=webinar)
    return webinar


def waiting_though_eligible(webinar_id: int) -> QuerySet[Seat]:
    """Return the seats that the switch would have decided about, had it been on when they were asked for."""
    eligible = Seat.objects.to_decide().of_participants().eligible()
    return eligible.filter(registration__webinar=webinar_id)


def decide_at_once(registration: Registration, seat_ids: Collection[int], now: datetime) -> set[int]:
    """Approve what somebody has just asked for and is eligible for, or put it on the waiting list; return the seats.

    Nothing where the webinar's switch is off. What is not eligible, and what staff decided about before, is for staff:
    nobody gets past a rejection by asking again (D-26). The caller has locked the registration.
    """
    if not registration.webinar.auto_approve or registration.is_guest or not seat_ids:
        return set()
    seats = [
        seat
        for seat in lock_seats(Seat.objects.filter(pk__in=seat_ids), registration)
        if _is_for_the_switch(seat)
    ]
    refused = _refused_before(registration, seats)
    notifications = Notifications(now)
    undecided = [seat for seat in seats if seat.session_id not in refused]
    decided: set[int] = set()
    for move in (Move.APPROVE, Move.WAITLIST):
        decision = Decision(move, None, now)
        results = decide_locked(undecided, decision, notifications, shown=None) if undecided else []
        decided |= {result.seat.pk for result in results if result.changed}
        undecided = [result.seat for result in results if not result.changed]
    notifications.post()
    return decided


def _is_for_the_switch(seat: Seat) -> bool:
    is_new = seat.state == SeatState.REQUESTED and seat.decided_by_id is None and seat.flagged_at is None
    return is_new and seat.outcome == Outcome.ELIGIBLE


def _refused_before(registration: Registration, seats: Sequence[Seat]) -> set[int]:
    """Return the sessions from which staff turned the same address away in an earlier registration."""
    earlier = (
        Seat.objects.turned_away()
        .filter(
            session__in=[seat.session_id for seat in seats],
            registration__webinar=registration.webinar_id,
            registration__email_key=registration.email_key,
        )
        .exclude(registration=registration)
    )
    return set(earlier.values_list("session_id", flat=True))

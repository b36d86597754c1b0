"""The order of a session's waiting list: of asking, except where staff changed it, in writing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations.models import TURN, Action, HistoryEntry, Seat
from registrations.models.history_facts import PlaceOnListNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_session
from registrations.services.seats.shown_state import changes_in, require_as_shown
from webinar_site.foundation import bulk


@dataclass(frozen=True, slots=True)
class PositionRequest:
    """Which place, from 1, somebody is to have on a waiting list, which they were seen to have; who wants it and why.

    `shown` is how their seat was on the page.
    """

    position: int
    seen: int
    shown: str
    reason: str
    by: User
    now: datetime


def position_on_list(seat: Seat) -> tuple[int, int] | None:
    """Return a seat's place on its session's waiting list, from 1, and how many are on it; None if it is not."""
    waiting = list(Seat.objects.in_turn().filter(session=seat.session_id).values_list("pk", flat=True))
    return (waiting.index(seat.pk) + 1, len(waiting)) if seat.pk in waiting else None


def moves_on_list(seats: Sequence[Seat]) -> dict[int, list[HistoryEntry]]:
    """Return for each of these seats, all of one session, how staff moved it on the waiting list, newest first."""
    entries = HistoryEntry.objects.filter(
        action=Action.MOVED_ON_LIST,
        session__in={seat.session_id for seat in seats},
        registration__in=[seat.registration_id for seat in seats],
    )
    of_person: dict[int | None, list[HistoryEntry]] = defaultdict(list)
    for entry in entries.select_related("by").order_by("-pk"):
        of_person[entry.registration_id].append(entry)
    return {seat.pk: of_person[seat.registration_id] for seat in seats}


@transaction.atomic
def move_on_list(seat_id: int, *, turn: PositionRequest) -> None:
    """Give somebody another place on their session's waiting list; those between the two places move by one (D-31).

    Seats exchange turns, so nobody else's order changes, also of those who come onto the list later. Nobody is mailed.
    Raises ReasonNeeded, OrderNotChanged, ChangedMeanwhile.
    """
    if not turn.reason.strip():
        raise errors.ReasonNeeded
    session = lock_session(Seat.objects.values_list("session_id", flat=True).get(pk=seat_id))
    seat = Seat.objects.select_related("registration", "decided_by").get(pk=seat_id)
    seat.session = session
    turns = list(session.seats.in_turn().values_list("pk", TURN))
    waiting = [pk for pk, _turn in turns]
    _refuse(seat_id, waiting, turn)
    require_as_shown(changes_in([seat], {seat_id: turn.shown}))
    waiting.remove(seat_id)
    waiting.insert(turn.position - 1, seat_id)
    moved = [
        Seat(pk=pk, waiting_rank=None if pk == rank else rank)
        for pk, (before, rank) in zip(waiting, turns, strict=True)
        if pk != before
    ]
    bulk.update_rows(moved, ["waiting_rank"])
    facts = PlaceOnListNoted(reason=turn.reason, was=turn.seen, now=turn.position)
    log.record(Action.MOVED_ON_LIST, at=turn.now, by=turn.by, seat=seat, facts=facts)


def _refuse(seat_id: int, waiting: Sequence[int], turn: PositionRequest) -> None:
    if seat_id not in waiting:
        raise errors.OrderNotChanged(_("This person is not on the waiting list any more."))
    position = waiting.index(seat_id) + 1
    if position != turn.seen:
        raise errors.OrderNotChanged(
            _(
                "The waiting list has changed in the meantime: this person now has position "
                "%(position)d. What you wrote is still here."
            )
            % {"position": position}
        )
    if not 1 <= turn.position <= len(waiting):
        raise errors.OrderNotChanged(
            _("The waiting list has %(length)d positions.") % {"length": len(waiting)}
        )
    if turn.position == position:
        raise errors.OrderNotChanged(_("The person has this position already."))

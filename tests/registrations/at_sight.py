"""What staff decide on pages that show how things stand now: the services, told so; tests keep older pages."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User

from registrations import services
from registrations.models import Contest, Override, Registration, Seat
from registrations.states import Move


def standings(seat_ids: Iterable[int]) -> dict[int, str]:
    """Return how these seats stand now, as a page that is opened now carries it."""
    seats = Seat.objects.filter(pk__in=seat_ids).select_related("registration").order_by("pk")
    return {seat.pk: seat.standing for seat in seats}


def standing(seat_id: int) -> str:
    """Return how one seat stands now."""
    return Seat.objects.select_related("registration").get(pk=seat_id).standing


def sent(*seat_ids: int) -> str:
    """Return what a page that shows these seats now sends of them."""
    return ",".join(f"{pk}:{shown}" for pk, shown in standings(seat_ids).items())


def decide_seats(registration_id: int, *, seat_ids: Iterable[int], decision: services.decisions.Decision):
    """Decide about seats of one person."""
    return services.decisions.decide_seats(registration_id, shown=standings(seat_ids), decision=decision)


def start_bulk_decision(seat_ids: Iterable[int], **about):
    """Decide about many seats."""
    return services.decisions.start_bulk_decision(standings(seat_ids), **about)


def approve_all(people: Iterable[Registration], by: User, *, now: datetime):
    """Approve in bulk the only seat of each of these people."""
    decision = services.decisions.Decision(move=Move.APPROVE, by=by, now=now)
    return start_bulk_decision([person.seats.get().pk for person in people], decision=decision)


def request_override(seat_id: int, **about):
    """Ask for an exception."""
    return services.overrides.request_override(seat_id, shown=standing(seat_id), **about)


def request_overrides(seat_ids: Iterable[int], **about):
    """Ask for a batch of overrides."""
    return services.overrides.request_overrides(standings(seat_ids), **about)


def confirm_override(override_id: int, **about):
    """Confirm an override."""
    seat_id = Override.objects.filter(pk=override_id).values_list("seat_id", flat=True).first()
    return services.overrides.confirm_override(
        override_id, shown=standing(seat_id) if seat_id else "", **about
    )


def start_confirming(batch: UUID, **about):
    """Confirm a batch of overrides."""
    waiting = services.overrides.open_batch(batch).values_list("seat_id", flat=True)
    return services.overrides.start_confirming(batch, shown=standings(waiting), **about)


def move_on_list(seat_id: int, **turn):
    """Give somebody another place on the waiting list."""
    services.waiting_list.move_on_list(
        seat_id, turn=services.waiting_list.PositionRequest(**turn, shown=standing(seat_id))
    )


def answer_contest(contest_id: int, *, answer: str, put_back: bool, **about):
    """Answer a contest."""
    shown = standing(Contest.objects.get(pk=contest_id).seat_id)
    reply = services.contests.ContestReply(answer=answer, put_back=put_back, shown=shown)
    return services.contests.answer_contest(contest_id, reply=reply, **about)

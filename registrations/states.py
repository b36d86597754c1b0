"""States, and which move leads from where to where: the one table everybody asks."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrationState(TextChoices):
    """The state of one person's request; who takes part is decided per Seat."""

    UNCONFIRMED = "unconfirmed", _("address not confirmed")
    ACTIVE = "active", _("active")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    ERASED = "erased", _("erased")


class SeatState(TextChoices):
    """What is decided about one person in one session."""

    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    WAITLISTED = "waitlisted", _("on the waiting list")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")


class Move(TextChoices):
    """What somebody may do to a registration or a seat."""

    CONFIRM = "confirm", _("confirm the address")
    WITHDRAW = "withdraw", _("withdraw")
    EXPIRE = "expire", _("let expire")
    ERASE = "erase", _("erase")
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")
    PUT_BACK = "put_back", _("put back to requested")
    CANCEL = "cancel", _("cancel")
    WAITLIST = "waitlist", _("put on the waiting list")


State = RegistrationState | SeatState

REGISTRATION_MOVES: dict[Move, tuple[frozenset[RegistrationState], RegistrationState]] = {
    Move.CONFIRM: (frozenset({RegistrationState.UNCONFIRMED}), RegistrationState.ACTIVE),
    Move.WITHDRAW: (frozenset({RegistrationState.ACTIVE}), RegistrationState.WITHDRAWN),
    Move.EXPIRE: (frozenset({RegistrationState.UNCONFIRMED}), RegistrationState.EXPIRED),
    Move.ERASE: (frozenset(RegistrationState) - {RegistrationState.ERASED}, RegistrationState.ERASED),
}
SEAT_MOVES: dict[Move, tuple[frozenset[SeatState], SeatState]] = {
    Move.APPROVE: (
        frozenset({SeatState.REQUESTED, SeatState.REJECTED, SeatState.WAITLISTED}),
        SeatState.APPROVED,
    ),
    Move.WAITLIST: (frozenset({SeatState.REQUESTED}), SeatState.WAITLISTED),
    Move.REJECT: (
        frozenset({SeatState.REQUESTED, SeatState.APPROVED, SeatState.WAITLISTED}),
        SeatState.REJECTED,
    ),
    Move.PUT_BACK: (
        frozenset({SeatState.APPROVED, SeatState.REJECTED, SeatState.CANCELLED, SeatState.WAITLISTED}),
        SeatState.REQUESTED,
    ),
    Move.CANCEL: (
        frozenset({SeatState.REQUESTED, SeatState.APPROVED, SeatState.WAITLISTED}),
        SeatState.CANCELLED,
    ),
}
STAFF_MOVES = (Move.APPROVE, Move.WAITLIST, Move.REJECT, Move.PUT_BACK, Move.CANCEL)
MOVES_WITHOUT_REASON = (Move.APPROVE, Move.WAITLIST)
OPEN_SEATS = (SeatState.REQUESTED, SeatState.APPROVED, SeatState.WAITLISTED)
UNDECIDED_SEATS = (SeatState.REQUESTED, SeatState.WAITLISTED)
OPEN_REGISTRATIONS = (RegistrationState.UNCONFIRMED, RegistrationState.ACTIVE)


class IllegalMove(ValueError):
    """The move does not lead anywhere from this state; the message is fit to be shown."""

    def __init__(self, move: Move, state: State) -> None:
        super().__init__(
            _("“%(move)s” is not possible: this one is “%(state)s”.")
            % {"move": move.label, "state": state.label}
        )
        self.move = move
        self.state = state


def require_registration_move(move: Move, state: str) -> RegistrationState:
    """Return the state that the move leads to, or raise IllegalMove."""
    sources, target = REGISTRATION_MOVES[move]
    current = RegistrationState(state)
    if current not in sources:
        raise IllegalMove(move, current)
    return target


def require_seat_move(move: Move, state: str) -> SeatState:
    """Return the state that the move leads to, or raise IllegalMove."""
    sources, target = SEAT_MOVES[move]
    current = SeatState(state)
    if current not in sources:
        raise IllegalMove(move, current)
    return target


def seat_moves_from(states: Iterable[str]) -> list[Move]:
    """Return the staff's moves that are possible for at least one of these seat states, in the table's order."""
    present = {SeatState(state) for state in states}
    return [move for move in STAFF_MOVES if present & SEAT_MOVES[move][0]]

"""The table of moves."""

import pytest

from registrations.states import (
    IllegalMove,
    Move,
    RegistrationState,
    SeatState,
    require_registration_move,
    require_seat_move,
    seat_moves_from,
)

LEGAL_SEAT_MOVES = {
    (Move.APPROVE, SeatState.REQUESTED): SeatState.APPROVED,
    (Move.APPROVE, SeatState.REJECTED): SeatState.APPROVED,
    (Move.APPROVE, SeatState.WAITLISTED): SeatState.APPROVED,
    (Move.WAITLIST, SeatState.REQUESTED): SeatState.WAITLISTED,
    (Move.REJECT, SeatState.WAITLISTED): SeatState.REJECTED,
    (Move.PUT_BACK, SeatState.WAITLISTED): SeatState.REQUESTED,
    (Move.CANCEL, SeatState.WAITLISTED): SeatState.CANCELLED,
    (Move.REJECT, SeatState.REQUESTED): SeatState.REJECTED,
    (Move.REJECT, SeatState.APPROVED): SeatState.REJECTED,
    (Move.PUT_BACK, SeatState.APPROVED): SeatState.REQUESTED,
    (Move.PUT_BACK, SeatState.REJECTED): SeatState.REQUESTED,
    (Move.PUT_BACK, SeatState.CANCELLED): SeatState.REQUESTED,
    (Move.CANCEL, SeatState.REQUESTED): SeatState.CANCELLED,
    (Move.CANCEL, SeatState.APPROVED): SeatState.CANCELLED,
}
LEGAL_REGISTRATION_MOVES = {
    (Move.CONFIRM, RegistrationState.UNCONFIRMED): RegistrationState.ACTIVE,
    (Move.EXPIRE, RegistrationState.UNCONFIRMED): RegistrationState.EXPIRED,
    (Move.WITHDRAW, RegistrationState.ACTIVE): RegistrationState.WITHDRAWN,
    (Move.ERASE, RegistrationState.UNCONFIRMED): RegistrationState.ERASED,
    (Move.ERASE, RegistrationState.ACTIVE): RegistrationState.ERASED,
    (Move.ERASE, RegistrationState.WITHDRAWN): RegistrationState.ERASED,
    (Move.ERASE, RegistrationState.EXPIRED): RegistrationState.ERASED,
}
STAFF_MOVES = [Move.APPROVE, Move.WAITLIST, Move.REJECT, Move.PUT_BACK, Move.CANCEL]


@pytest.mark.parametrize("state", SeatState)
@pytest.mark.parametrize("move", STAFF_MOVES)
def test_require_seat_move_knows_every_pair(move, state):
    expected = LEGAL_SEAT_MOVES.get((move, state))

    if expected is None:
        with pytest.raises(IllegalMove):
            require_seat_move(move, state)
    else:
        assert require_seat_move(move, state) is expected


@pytest.mark.parametrize("state", RegistrationState)
@pytest.mark.parametrize("move", [Move.CONFIRM, Move.EXPIRE, Move.WITHDRAW, Move.ERASE])
def test_require_registration_move_knows_every_pair(move, state):
    expected = LEGAL_REGISTRATION_MOVES.get((move, state))

    if expected is None:
        with pytest.raises(IllegalMove):
            require_registration_move(move, state)
    else:
        assert require_registration_move(move, state) is expected


def test_illegal_move_says_what_is_not_possible_and_why():
    with pytest.raises(IllegalMove) as refusal:
        require_seat_move(Move.CANCEL, "rejected")

    assert str(refusal.value) == "“cancel” is not possible: this one is “rejected”."


def test_seat_moves_from_offers_what_any_seat_allows():
    assert seat_moves_from(["requested", "rejected"]) == [
        Move.APPROVE,
        Move.WAITLIST,
        Move.REJECT,
        Move.PUT_BACK,
        Move.CANCEL,
    ]
    assert seat_moves_from(["cancelled"]) == [Move.PUT_BACK]
    assert seat_moves_from([]) == []

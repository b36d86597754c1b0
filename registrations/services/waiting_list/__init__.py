"""Waiting list: its order, and giving a free place to who is next."""

from registrations.services.waiting_list.order import (
    PositionRequest,
    move_on_list,
    moves_on_list,
    position_on_list,
)

__all__ = [
    # Return a seat's position on its session's waiting list.
    "position_on_list",
    # Return how staff moved seats on the list.
    "moves_on_list",
    # Which position a person is to have, and why.
    "PositionRequest",
    # Give a person another position on the list.
    "move_on_list",
]

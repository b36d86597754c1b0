"""Waiting list: its order, and giving a free place to who is next."""

from registrations.services.waiting_list.order import Turn, move_on_list, moves_on_list, place_on_list

__all__ = [
    "Turn",
    "place_on_list",
    "moves_on_list",
    "move_on_list",
]

"""Seats: how many places a session has left, and whether a seat is still as it was shown."""

from registrations.services.seats.capacity import Places, on_the_waiting_list

__all__ = [
    "Places",
    "on_the_waiting_list",
]

"""Seats: how many places a session has left, what waits for a seat, and whether it is still as it was shown."""

from registrations.services.seats.capacity import Places
from registrations.services.seats.planned_seats import waiting_about, waiting_for
from registrations.services.seats.shown_state import SeatChange, Shown, changed_since

__all__ = [
    # How many places are left in each session.
    "Places",
    # How seats were when a page showed them.
    "Shown",
    # Return the seats that have changed since.
    "changed_since",
    # One seat that has changed, and what of it.
    "SeatChange",
    # Return the jobs that wait to decide about seats, by seat.
    "waiting_for",
    # Return the jobs that wait to decide about seats, with their counts.
    "waiting_about",
]

"""Decisions: what staff, or a webinar's switch, decide about seats."""

from registrations.services.decisions.automatic import set_auto_approval, waiting_though_eligible
from registrations.services.decisions.examples import ExampleMail, example_mails, mail_told
from registrations.services.decisions.job import start_bulk_decision
from registrations.services.decisions.moves import (
    Decision,
    SeatResult,
    decide_seats,
    preview_decision,
    why_not,
)

__all__ = [
    # What is decided: by whom, why and when.
    "Decision",
    # What a decision did, or would do, to one seat.
    "SeatResult",
    # Return what a decision would do to each seat; nothing changes.
    "preview_decision",
    # Return which mail a decision sends to a seat's person, in words.
    "mail_told",
    # The mail that a decision would send to one person.
    "ExampleMail",
    # Return the mails that a decision would send; nothing changes.
    "example_mails",
    # Return why a seat cannot make a move, or None.
    "why_not",
    # Decide about one person's seats, who is mailed at once.
    "decide_seats",
    # Decide about many seats, by a job that can be stopped for some minutes.
    "start_bulk_decision",
    # Switch automatic approval on or off.
    "set_auto_approval",
    # Return the seats that automatic approval would have decided about.
    "waiting_though_eligible",
]

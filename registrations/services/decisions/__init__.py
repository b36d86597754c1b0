"""Decisions: what staff, or a webinar's switch, decide about seats."""

from registrations.services.decisions.automatic import set_auto_approval, waiting_though_eligible
from registrations.services.decisions.examples import ExampleMail, example_mails
from registrations.services.decisions.moves import (
    Decision,
    SeatResult,
    decide_seats,
    preview_decision,
    why_not,
)

__all__ = [
    "set_auto_approval",
    "waiting_though_eligible",
    "Decision",
    "SeatResult",
    "decide_seats",
    "preview_decision",
    "why_not",
    "ExampleMail",
    "example_mails",
]

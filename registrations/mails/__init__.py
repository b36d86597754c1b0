"""Mails: what each says, frozen in a row when it is written, and the finished message made of it later.

Nothing here saves or sends; `outbox` and `delivery` do.
"""

from registrations.mails.facts import of_session
from registrations.mails.kinds import (
    agenda,
    already_registered,
    cancelled,
    confirm_address,
    contest_answered,
    date_withdrawn,
    invitation,
    manage_link,
    place_kept,
    put_back,
    received,
    rejected,
    session_cancelled,
    session_changed,
    undecided,
    withdrawn,
)
from registrations.mails.rendering import render

__all__ = [
    "agenda",
    "already_registered",
    "cancelled",
    "confirm_address",
    "contest_answered",
    "date_withdrawn",
    "invitation",
    "manage_link",
    "of_session",
    "place_kept",
    "put_back",
    "received",
    "rejected",
    "render",
    "session_cancelled",
    "session_changed",
    "undecided",
    "withdrawn",
]

"""Mails: what each says, frozen in a row when it is written, and the finished message made of it later.

Nothing here saves or sends; `outbox` and `delivery` do.
"""

from registrations.mails.editor_texts import problems_of, tidy
from registrations.mails.envelope import envelope_sender, why_withheld
from registrations.mails.facts import appointment_of, facts_of, is_cancellation
from registrations.mails.kinds import (
    address_changed,
    address_left,
    agenda,
    already_registered,
    cancelled,
    confirm_address,
    confirm_new_address,
    contest_answered,
    contest_received,
    date_withdrawn,
    erased,
    invitation,
    manage_link,
    place_kept,
    put_back,
    received,
    rejected,
    session_cancelled,
    session_changed,
    undecided,
    waitlisted,
    withdrawn,
)
from registrations.mails.records import QueueToLookAt, of_session
from registrations.mails.rendering import render, stamped_appointment, wording_for
from registrations.mails.session_mails import follow_up, reminder
from registrations.mails.staff import daily_summary, staff_deadline
from registrations.mails.standard_texts import standard_words

__all__ = [
    "QueueToLookAt",
    "address_changed",
    "address_left",
    "agenda",
    "already_registered",
    "appointment_of",
    "cancelled",
    "confirm_address",
    "confirm_new_address",
    "contest_answered",
    "contest_received",
    "daily_summary",
    "date_withdrawn",
    "envelope_sender",
    "erased",
    "facts_of",
    "follow_up",
    "invitation",
    "is_cancellation",
    "manage_link",
    "of_session",
    "place_kept",
    "problems_of",
    "put_back",
    "received",
    "rejected",
    "reminder",
    "render",
    "session_cancelled",
    "session_changed",
    "staff_deadline",
    "stamped_appointment",
    "standard_words",
    "tidy",
    "undecided",
    "waitlisted",
    "why_withheld",
    "withdrawn",
    "wording_for",
]

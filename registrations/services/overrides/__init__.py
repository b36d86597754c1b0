"""Overrides: approving or keeping seats against their verdict, by two members of staff."""

from registrations.services.overrides.expiry import has_lapsed, lapses_at, why_batch_lapsed, why_lapsed
from registrations.services.overrides.job import override_told, start_confirming
from registrations.services.overrides.report import override_requests, reported
from registrations.services.overrides.requests import (
    confirm_override,
    decline_batch,
    decline_override,
    open_batch,
    preview_overrides,
    preview_requests,
    request_override,
    request_overrides,
)

__all__ = [
    # Ask for an override of one seat; a second person has to confirm it.
    "request_override",
    # Return for which seats an override can be asked for; nothing changes.
    "preview_requests",
    # Ask for an override of many seats, with one reason.
    "request_overrides",
    # Return the overrides of a batch that nobody has answered yet.
    "open_batch",
    # Return what confirming would change; nothing changes.
    "preview_overrides",
    # Return which mail confirming sends to a seat's person, in words.
    "override_told",
    # Confirm one override, as the second person.
    "confirm_override",
    # Confirm a whole batch, as the second person.
    "start_confirming",
    # Decline one override; the seat stays as it is.
    "decline_override",
    # Decline a whole batch; the seats stay as they are.
    "decline_batch",
    # Return when a request can no longer be answered.
    "lapses_at",
    # Say whether a request can no longer be answered.
    "has_lapsed",
    # Return why a request that has lapsed cannot be answered.
    "why_lapsed",
    # Return why a batch can no longer be answered, or "".
    "why_batch_lapsed",
    # Return a webinar's requests, newest first.
    "override_requests",
    # Return what became of each request.
    "reported",
]

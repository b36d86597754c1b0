"""Overrides: approving or keeping seats against their verdict, by two members of staff."""

from registrations.services.overrides.expiry import has_lapsed, lapses_at, why_batch_lapsed, why_lapsed
from registrations.services.overrides.report import ReportedOverride, override_requests, reported
from registrations.services.overrides.requests import (
    confirm_override,
    decline_batch,
    decline_override,
    open_batch,
    preview_overrides,
    preview_requests,
    request_override,
    request_overrides,
    start_confirming,
    why_no_override,
)

__all__ = [
    "lapses_at",
    "has_lapsed",
    "why_lapsed",
    "why_batch_lapsed",
    "ReportedOverride",
    "override_requests",
    "reported",
    "why_no_override",
    "request_override",
    "request_overrides",
    "preview_requests",
    "preview_overrides",
    "confirm_override",
    "decline_override",
    "open_batch",
    "start_confirming",
    "decline_batch",
]

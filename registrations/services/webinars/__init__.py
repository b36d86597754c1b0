"""Webinars: making one ready, opening and closing registration, copying it."""

from registrations.services.webinars.copies import copy_webinar
from registrations.services.webinars.opening import Opening, close_registration, open_registration, opening_of
from registrations.services.webinars.readiness import Check, Readiness, readiness

__all__ = [
    "copy_webinar",
    "Opening",
    "open_registration",
    "close_registration",
    "opening_of",
    "Readiness",
    "Check",
    "readiness",
]

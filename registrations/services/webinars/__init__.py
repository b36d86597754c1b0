"""Webinars: making one ready, opening and closing registration, copying it."""

from registrations.services.webinars.checks import Check, Grade, Mend, check_readiness
from registrations.services.webinars.copies import copy_webinar
from registrations.services.webinars.opening import Opening, close_registration, open_registration, opening_of
from registrations.services.webinars.seeding import load_invitation, seed_registrations, sync_groups

__all__ = [
    # Return what was checked before registration opens.
    "check_readiness",
    # One thing that was checked, and what was found.
    "Check",
    # Where something is put right, as a key.
    "Mend",
    # The grades of what a check found.
    "Grade",
    # Return whether, and from when until when, registration is open.
    "opening_of",
    # From when and until when registration is to be open.
    "Opening",
    # Open registration, at once or by date.
    "open_registration",
    # Close registration at once.
    "close_registration",
    # Make a new, closed webinar like another.
    "copy_webinar",
    # Load the first invitation, for quickstart.
    "load_invitation",
    # Make the staff groups, with exactly their permissions.
    "sync_groups",
    # Add invented registrations, for load tests.
    "seed_registrations",
]

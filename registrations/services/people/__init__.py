"""People: registering, confirming, changing and withdrawing; guests; registrations from a list."""

from registrations.services.people.addresses import (
    ask_address_change,
    confirm_address_change,
    find_address_change,
    open_address_changes,
)
from registrations.services.people.confirmation import CONFIRM_WITHIN, Consents, confirm, find_request
from registrations.services.people.consents import Consent, consents_of, set_consent
from registrations.services.people.guests import Guest, invite_guest
from registrations.services.people.imports import (
    Candidate,
    CandidateReport,
    EnrolmentReport,
    Intake,
    check_import,
    start_import,
)
from registrations.services.people.limits import Attempt, Limit, count_attempts
from registrations.services.people.registration import edit, register, send_links, withdraw
from registrations.services.people.submission import Submission, own_answers

__all__ = [
    "ask_address_change",
    "open_address_changes",
    "find_address_change",
    "confirm_address_change",
    "CONFIRM_WITHIN",
    "find_request",
    "Consents",
    "confirm",
    "Consent",
    "consents_of",
    "set_consent",
    "Candidate",
    "CandidateReport",
    "EnrolmentReport",
    "check_import",
    "Intake",
    "start_import",
    "Guest",
    "invite_guest",
    "Limit",
    "Attempt",
    "count_attempts",
    "register",
    "edit",
    "withdraw",
    "send_links",
    "Submission",
    "own_answers",
]

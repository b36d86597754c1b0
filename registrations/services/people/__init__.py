"""People: registering, confirming, changing and withdrawing; guests; registrations from a list."""

from registrations.services.people.addresses import (
    ask_address_change,
    confirm_address_change,
    find_address_change,
    open_address_changes,
)
from registrations.services.people.confirmation import (
    CONFIRM_WITHIN,
    Consents,
    FoundRequest,
    LinkState,
    confirm,
    find_request,
)
from registrations.services.people.consents import consents_of, set_consent
from registrations.services.people.guests import Guest, invite_guest
from registrations.services.people.imports import (
    ImportLine,
    ImportLineReport,
    ImportReport,
    ImportRequest,
    check_import,
    start_import,
)
from registrations.services.people.limits import Attempt, Limit, count_attempts
from registrations.services.people.offers import Offer, find_offer
from registrations.services.people.registration import edit, register, send_links, withdraw
from registrations.services.people.submission import ANSWERS, Submission, own_answers

__all__ = [
    # What is counted: an act, who tries it, and how often they may.
    "Attempt",
    # How many attempts there may be within a span of time.
    "Limit",
    # Count attempts, and refuse the one that goes too far.
    "count_attempts",
    # What a webinar offers to whoever registers: sessions, lists, texts.
    "Offer",
    # Return it, by one query.
    "find_offer",
    # One filled-in form.
    "Submission",
    # The form's fields that are kept as they are.
    "ANSWERS",
    # Take a person's request, and mail a link that proves the address.
    "register",
    # How long that link can be used.
    "CONFIRM_WITHIN",
    # Return what a confirmation link leads to.
    "find_request",
    # The kinds of thing that it can lead to.
    "LinkState",
    # What it leads to, with the registration or request.
    "FoundRequest",
    # What a person whom staff entered agrees to when confirming.
    "Consents",
    # Prove an address; staff see the request from now on.
    "confirm",
    # Return a registration's state and all its answers.
    "own_answers",
    # Change a person's answers, and assess the country again if it changed.
    "edit",
    # Take a person off all sessions, at their own wish.
    "withdraw",
    # Mail a person their links; the page says the same for any address.
    "send_links",
    # Keep a person's wish for another address, and mail a link to it.
    "ask_address_change",
    # Return the address changes that can still be confirmed.
    "open_address_changes",
    # Return the address change that a link confirms.
    "find_address_change",
    # Move a registration, and its calendar entries, to the new address.
    "confirm_address_change",
    # Return a registration's consents.
    "consents_of",
    # Give or withdraw a consent.
    "set_consent",
    # A speaker, moderator or colleague whom staff invite.
    "Guest",
    # Give a guest places and invite them at once.
    "invite_guest",
    # One line of a list of people.
    "ImportLine",
    # What becomes of one line.
    "ImportLineReport",
    # What becomes of all lines.
    "ImportReport",
    # Return what an import would do; nothing changes.
    "check_import",
    # Who imports which lines.
    "ImportRequest",
    # Import the lines; a worker registers them and writes to each person.
    "start_import",
]

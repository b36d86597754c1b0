"""What can wait for staff: its keys, in words, and the list of the desk that shows it.

The start page and our mails to staff lead to the same lists. So their addresses are here, below both;
`services.reports`, which counts what waits, knows keys alone.
"""

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from eligibility.rules import Outcome
from registrations.models import OutgoingMail, SessionState
from registrations.states import RegistrationState, SeatState


class Waiting(TextChoices):
    """Something that can wait for a member of staff."""

    PROPOSALS = "proposals", _("proposals to confirm")
    SEATS = "seats", _("places to decide")
    SEATS_OF_SESSION = "seats_of_session", _("places to decide")
    REVIEWS = "reviews", _("of these to review: not eligible, or not for the lists to say")
    FLAGGED = "flagged", _("flagged: the verdict changed after the decision")
    OVERRIDES = "overrides", _("exceptions to confirm")
    OWN_LAPSED = "own_lapsed", _("exceptions you asked for that lapsed unanswered")
    CONTESTS = "contests", _("objections to be answered")
    ADDRESSES = "addresses", _("addresses that bounced")
    MANY_RETURNED = (
        "many_returned",
        _("mails not delivered within an hour: servers may be refusing all our mail, ask whoever runs ours"),
    )
    FAILED = "failed", _("mails failed")
    LATE = "late", _("mails waiting longer than 15 minutes")
    RETURNED = "returned", _("mails not delivered, their addresses not being the reason")
    ANSWERS = "answers", _("calendar answers that could not be placed")
    UNDATED = "undated", _("sessions without a date")
    ATTENDANCES = "attendances", _("sessions with attendances to match or to look at")
    HELD_JOBS = "held_jobs", _("bulk jobs to be released, which can still be stopped")
    RUNNING_JOBS = "running_jobs", _("bulk jobs under way")


TO_DECIDE = {"state__exact": SeatState.REQUESTED.value}
REFUSED = {"state__exact": OutgoingMail.State.RETURNED.value}
AWAITED = f"{RegistrationState.UNCONFIRMED.value},{RegistrationState.ACTIVE.value}"

# The list, by the name of its model, and what narrows it; {names} are what a key is about.
LISTS: dict[Waiting, tuple[str, dict[str, str]]] = {
    Waiting.PROPOSALS: (
        "eligibility_publicationproposal",
        {"publication__isempty": "1", "declined_at__isempty": "1"},
    ),
    Waiting.SEATS: ("registrations_seat", TO_DECIDE),
    Waiting.SEATS_OF_SESSION: ("registrations_seat", TO_DECIDE | {"session__id__exact": "{session}"}),
    Waiting.REVIEWS: (
        "registrations_seat",
        TO_DECIDE | {"outcome__in": f"{Outcome.NOT_ELIGIBLE.value},{Outcome.REVIEW.value}"},
    ),
    Waiting.FLAGGED: ("registrations_seat", {"flagged": "yes"}),
    Waiting.OVERRIDES: ("registrations_override", {"stands": "open"}),
    Waiting.OWN_LAPSED: (
        "registrations_override",
        {"stands": "lapsed", "requested_by__id__exact": "{user}"},
    ),
    Waiting.CONTESTS: ("registrations_contest", {"answered": "no"}),
    Waiting.ADDRESSES: ("registrations_registration", {"bounced": "yes", "state__in": AWAITED}),
    Waiting.MANY_RETURNED: ("registrations_outgoingmail", REFUSED),
    Waiting.FAILED: ("registrations_outgoingmail", {"state__exact": OutgoingMail.State.FAILED.value}),
    Waiting.LATE: ("registrations_outgoingmail", {"late": "yes"}),
    Waiting.RETURNED: ("registrations_outgoingmail", REFUSED),
    Waiting.ANSWERS: ("registrations_unplacedanswer", {}),
    Waiting.UNDATED: (
        "registrations_webinarsession",
        {"state__exact": SessionState.PLANNED.value, "dated": "no"},
    ),
    Waiting.ATTENDANCES: ("registrations_webinarsession", {"attendance": "open"}),
    Waiting.HELD_JOBS: ("registrations_bulkjob", {"kind__in": "{kinds}", "due_at__gt": "{now}"}),
    Waiting.RUNNING_JOBS: ("registrations_bulkjob", {"kind__in": "{kinds}", "due_at__lte": "{now}"}),
}


def list_of(what: Waiting, **about: object) -> str:
    """Return the address of the list that shows what waits; `about` names the session, the person or the moment."""
    name, filters = LISTS[what]
    address = reverse(f"admin:{name}_changelist")
    query = {column: value.format(**about) for column, value in filters.items()}
    return f"{address}?{urlencode(query)}" if query else address

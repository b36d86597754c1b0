"""What a person sends with the form, as values."""

from collections.abc import Iterable
from dataclasses import dataclass

from registrations.models import AccessNeed, Registration, person_key, search_key


@dataclass(frozen=True, slots=True)
class Submission:
    """One filled-in form: `country` is an ISO code (or XK), `sessions` are ids, `access_needs` measures."""

    first_name: str
    last_name: str
    email: str
    organisation: str
    organisation_type: str
    country: str
    sessions: tuple[int, ...]
    title: str = ""
    position: str = ""
    question: str = ""
    access_needs: tuple[str, ...] = ()
    share_contact: bool = False
    contact_me: bool = False
    ask_review: bool = False
    language: str = "en"
    # Ids of the LegalTexts that the page showed; None where it did not say.
    privacy_text: int | None = None
    consent_text: int | None = None


# What the form asks and the registration keeps under the same name.
ANSWERS = (
    "title",
    "first_name",
    "last_name",
    "organisation",
    "organisation_type",
    "position",
    "country",
    "question",
    "ask_review",
)


def write_answers(registration: Registration, submission: Submission) -> list[str]:
    """Set a registration's columns from the form, unsaved; return the names of those that changed.

    Address and consents are not among them: they move in ways of their own.
    """
    changed = [
        name for name in (*ANSWERS, "language") if getattr(registration, name) != getattr(submission, name)
    ]
    for name in changed:
        setattr(registration, name, getattr(submission, name))
    write_keys(registration)
    return changed


def own_answers(registration: Registration) -> dict[str, object]:
    """Return the state of a registration and all that its person said but consents, which have own buttons."""
    seats = registration.seats.not_cancelled().order_by("session")
    return {name: getattr(registration, name) for name in (*ANSWERS, "language", "email", "state")} | {
        "sessions": list(seats.values_list("session", flat=True)),
        "access_needs": sorted(registration.access_needs.values_list("measure", flat=True)),
    }


# What `write_keys` sets, to be saved with what it is made of.
KEYS = ("search_key", "person_key")


def write_keys(registration: Registration) -> None:
    """Set, unsaved, what staff search in (names, organisation, address) and find likely duplicates by."""
    names = (registration.first_name, registration.last_name)
    registration.search_key = search_key(*names, registration.organisation, address=registration.email)
    registration.person_key = person_key(*names)


def set_access_needs(registration: Registration, measures: Iterable[str]) -> None:
    """Make the access needs of a saved registration exactly these."""
    registration.access_needs.exclude(measure__in=measures).delete()
    add_access_needs(registration, measures)


def add_access_needs(registration: Registration, measures: Iterable[str]) -> None:
    """Keep these access needs of a saved registration too."""
    AccessNeed.objects.bulk_create(
        [AccessNeed(registration=registration, measure=measure) for measure in measures],
        ignore_conflicts=True,
    )

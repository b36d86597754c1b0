"""What a person sends with the form, as values."""

from collections.abc import Iterable
from dataclasses import dataclass

from registrations.models import AccessNeed, Registration, fold_search


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
    "share_contact",
    "contact_me",
)


def write_answers(registration: Registration, submission: Submission) -> list[str]:
    """Set a registration's columns from the form, unsaved; return the names of those that changed.

    The address is not among them: it moves in a way of its own.
    """
    changed = [
        name for name in (*ANSWERS, "language") if getattr(registration, name) != getattr(submission, name)
    ]
    for name in changed:
        setattr(registration, name, getattr(submission, name))
    registration.search_key = search_key(registration)
    return changed


def search_key(registration: Registration) -> str:
    """Return what staff search in: names, organisation and address, without accents."""
    words = (registration.first_name, registration.last_name, registration.organisation, registration.email)
    return fold_search(" ".join(words))[:500]


def set_access_needs(registration: Registration, measures: Iterable[str]) -> None:
    """Make the access needs of a saved registration exactly these."""
    registration.access_needs.exclude(measure__in=measures).delete()
    AccessNeed.objects.bulk_create(
        [AccessNeed(registration=registration, measure=measure) for measure in measures],
        ignore_conflicts=True,
    )

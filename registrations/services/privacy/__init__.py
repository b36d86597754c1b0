"""Privacy: what is kept about a person, for how long, and how it is deleted."""

from registrations.services.privacy.description import own_data_in_words
from registrations.services.privacy.disclosure import export_person, own_data
from registrations.services.privacy.erasure import erase
from registrations.services.privacy.periods import CATEGORIES, Purged, purge, retention, statement_gaps

__all__ = [
    # Return all that is kept about a registration, as JSON data.
    "own_data",
    # Return the same with labels, to be read.
    "own_data_in_words",
    # Export everything about a person, and record who did.
    "export_person",
    # Erase a person's registrations.
    "erase",
    # The categories of data that are deleted after a while.
    "CATEGORIES",
    # Return how long each category is kept.
    "retention",
    # What was deleted of one category.
    "Purged",
    # Delete what is due, one category after the other.
    "purge",
    # Return which privacy statements leave out an established period.
    "statement_gaps",
]

"""Privacy: what is kept about somebody, for how long, and how it is deleted."""

from registrations.services.privacy.description import own_data_in_words
from registrations.services.privacy.disclosure import export_person, own_data
from registrations.services.privacy.erasure import erase
from registrations.services.privacy.retention import (
    CATEGORIES,
    Period,
    Purged,
    purge,
    retention,
    statement_gaps,
)

__all__ = [
    "own_data_in_words",
    "own_data",
    "export_person",
    "erase",
    "Period",
    "Purged",
    "CATEGORIES",
    "retention",
    "purge",
    "statement_gaps",
]

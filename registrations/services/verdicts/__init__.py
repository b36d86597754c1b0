"""Verdicts: assessing seats by the lists in force, and again when the lists change."""

from registrations.services.verdicts.assessment import (
    brussels_day,
    newest_publication_assessed_under,
    session_day,
)
from registrations.services.verdicts.preview import Impact, impact_of
from registrations.services.verdicts.reassessment import count_due_for_reassessment, reassess

__all__ = [
    # Return the Brussels day of a moment.
    "brussels_day",
    # Return the day whose lists decide about a session.
    "session_day",
    # Return the newest publication that a verdict rests on.
    "newest_publication_assessed_under",
    # Count the seats that rest on an older publication.
    "count_due_for_reassessment",
    # Assess them again.
    "reassess",
    # Return what a publication would do to the seats.
    "impact_of",
    # How many seats would change, to what, and some of them.
    "Impact",
]

"""Verdicts: judging seats by the lists in force, and judging them again when the lists change."""

from registrations.services.verdicts.assessment import newest_publication_judged_under, session_day
from registrations.services.verdicts.impact import Impact, impact

__all__ = [
    "Impact",
    "impact",
    "session_day",
    "newest_publication_judged_under",
]

"""Questions for the discussion: marked and put into order by whoever moderates."""

from registrations.services.questions.marks import (
    Mark,
    Questions,
    export_questions,
    find_questions,
    mark_of,
    mark_questions,
    numbers_of,
)

__all__ = [
    "Questions",
    "Mark",
    "find_questions",
    "mark_of",
    "mark_questions",
    "export_questions",
    "numbers_of",
]

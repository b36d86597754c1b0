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
    # Which questions: of which sessions, with which mark, of whom.
    "Questions",
    # Return the registrations with these questions, in order.
    "find_questions",
    # Return a question's mark.
    "mark_of",
    # What is to become of a question, and its position.
    "Mark",
    # Mark questions and put them in order.
    "mark_questions",
    # Return the numbers of the sessions in which a person has a place.
    "numbers_of",
    # Export questions as rows.
    "export_questions",
]

"""Contests: a person objects to the result for their seat, a member of staff looks again and answers."""

from registrations.services.contests.objections import Reply, answer_contest, contest

__all__ = [
    # Take a person's objection, for staff to answer.
    "contest",
    # What staff answer, and whether the seat is decided again.
    "Reply",
    # Answer an objection by mail.
    "answer_contest",
]

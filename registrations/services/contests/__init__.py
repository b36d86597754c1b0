"""Contests: a person objects to the result for their seat, a member of staff looks again and answers."""

from registrations.services.contests.objections import ContestReply, answer_contest, file_contest

__all__ = [
    # Take a person's objection, for staff to answer.
    "file_contest",
    # What staff answer, and whether the seat is decided again.
    "ContestReply",
    # Answer an objection by mail.
    "answer_contest",
]

"""Contests: a person objects to the result for their seat, a member of staff looks again and answers."""

from registrations.services.contests.contest import Reply, answer_contest, contest

__all__ = [
    "Reply",
    "contest",
    "answer_contest",
]

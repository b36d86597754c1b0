"""Agenda: a working copy, and what is published of it under a number."""

from registrations.services.agenda.working_copy import count_told_of_agenda, publish_agenda, working_agenda

__all__ = [
    "working_agenda",
    "count_told_of_agenda",
    "publish_agenda",
]

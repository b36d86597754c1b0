"""Agenda: a working copy, and what is published of it under a number."""

from registrations.services.agenda.job import count_told_of_agenda
from registrations.services.agenda.working_copy import lines_outside, publish_agenda, working_agenda

__all__ = [
    # Return the working agenda, in order.
    "working_agenda",
    # Return the lines whose time lies outside their session.
    "lines_outside",
    # Count whom a publication would mail.
    "count_told_of_agenda",
    # Publish the working agenda under the next number, and mail what changed.
    "publish_agenda",
]

"""Notifications: the mails of one operation, and what they put into calendars."""

from registrations.services.notifications.batch import says_the_same
from registrations.services.notifications.shared_calendars import invited_again

__all__ = [
    "invited_again",
    "says_the_same",
]

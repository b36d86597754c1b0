"""Notifications: the mails of one operation, and what they put into calendars."""

from registrations.services.notifications.batch import is_calendar_current
from registrations.services.notifications.shared_calendars import invited_again

__all__ = [
    # Say whether a person's calendar shows the session as it is.
    "is_calendar_current",
    # Return who would be invited again beside a cancellation to the same calendar.
    "invited_again",
]

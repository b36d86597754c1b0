"""Sessions: when and where they are, who is let in, what is sent before and after."""

from registrations.services.sessions.change_job import count_told_of_change
from registrations.services.sessions.changes import (
    MovedAlong,
    cancel_session,
    reschedule_session,
    retitle_session,
)
from registrations.services.sessions.follow_up import (
    count_followed_up,
    count_told_of_follow_up,
    edit_follow_up,
    follow_up_of,
    follow_up_wording,
    send_follow_up,
    why_no_follow_up,
)
from registrations.services.sessions.follow_up_job import FollowUp, Whom
from registrations.services.sessions.joining import JOIN_OPENS, is_admitted, join, meeting_url_for
from registrations.services.sessions.meeting_urls import (
    check_meeting_urls,
    import_meeting_urls,
    read_meeting_urls,
)
from registrations.services.sessions.registration_close import closing_after
from registrations.services.sessions.reminders import add_usual_reminders, plan_changed_reminders

__all__ = [
    # Set, move or take back a session's time; people and calendars are told.
    "reschedule_session",
    # What moves along with a session: its agenda, the close of registration.
    "MovedAlong",
    # Return when registration closes once a session has moved.
    "closing_after",
    # Change a session's title or place, also in calendars.
    "retitle_session",
    # Cancel a session; people and calendars are told.
    "cancel_session",
    # Count whom a change would mail.
    "count_told_of_change",
    # Add a new session's usual reminders.
    "add_usual_reminders",
    # Compute when changed reminders go out.
    "plan_changed_reminders",
    # Read a list of people's own meeting addresses.
    "read_meeting_urls",
    # Return what importing them would do; nothing changes.
    "check_meeting_urls",
    # Give people meeting addresses of their own.
    "import_meeting_urls",
    # How long before the start a session can be joined.
    "JOIN_OPENS",
    # Say whether a seat's link opens a meeting at all.
    "is_admitted",
    # Return where a person is sent to.
    "meeting_url_for",
    # Let a person into the meeting, and record it.
    "join",
    # Recording, slides and feedback: where to find what is left of a session.
    "FollowUp",
    # Return the links on people's pages after a session.
    "follow_up_of",
    # Return why there is nothing to follow up yet, or "".
    "why_no_follow_up",
    # Change these links without mailing anybody.
    "edit_follow_up",
    # Who is mailed: everybody with a place, or who attended, or who did not.
    "Whom",
    # Count whom each choice would reach.
    "count_followed_up",
    # Count who is mailed if these links are sent now.
    "count_told_of_follow_up",
    # Return the mail as staff read it before it is sent.
    "follow_up_wording",
    # Change the links and mail them.
    "send_follow_up",
]

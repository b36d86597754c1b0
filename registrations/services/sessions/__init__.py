"""Sessions: when and where they are, who is let in, what is sent before and after."""

from registrations.services.sessions.changes import (
    cancel_session,
    former_values,
    reschedule_session,
    retitle_session,
)
from registrations.services.sessions.follow_up import (
    FollowUp,
    Whom,
    count_followed_up,
    count_told_of_follow_up,
    edit_follow_up,
    follow_up_of,
    follow_up_wording,
    last_follow_up,
    send_follow_up,
    why_no_follow_up,
)
from registrations.services.sessions.joining import JOIN_OPENS, is_admitted, join, meeting_address
from registrations.services.sessions.meetings import (
    AddressReport,
    check_addresses,
    import_addresses,
    read_lines,
)
from registrations.services.sessions.reminders import add_usual_reminders, plan_changed_reminders

__all__ = [
    "FollowUp",
    "Whom",
    "count_followed_up",
    "follow_up_of",
    "last_follow_up",
    "edit_follow_up",
    "send_follow_up",
    "why_no_follow_up",
    "count_told_of_follow_up",
    "follow_up_wording",
    "AddressReport",
    "read_lines",
    "check_addresses",
    "import_addresses",
    "JOIN_OPENS",
    "join",
    "is_admitted",
    "meeting_address",
    "add_usual_reminders",
    "plan_changed_reminders",
    "reschedule_session",
    "retitle_session",
    "cancel_session",
    "former_values",
]

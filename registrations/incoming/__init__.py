"""Mail that comes back: from foreign bytes to a Bounce, a CalendarReply or nothing. Pure, with limits of size and time.

Anybody can write to a public address, so the limits are checked before anything takes a message apart, and what is read
claims no more than it says: the service that acts on it compares it with what we sent.
"""

from registrations.incoming.bounces import Bounce, Failure
from registrations.incoming.calendar_replies import CalendarReply
from registrations.incoming.message_parts import UnreadableMessage
from registrations.incoming.reader import MOST_MESSAGE_BYTES, read_message

__all__ = ["MOST_MESSAGE_BYTES", "Bounce", "CalendarReply", "Failure", "UnreadableMessage", "read_message"]

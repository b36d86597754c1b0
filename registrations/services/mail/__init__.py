"""Mail: what comes back (bounces, answers of calendars), and what is sent again."""

from registrations.services.mail.calendar_replies import settle_replies
from registrations.services.mail.mailboxes import progress_of
from registrations.services.mail.resend import resend_mail, why_not_resend
from registrations.services.mail.retries import MOST_RETRIED, bounced_with, retry_addresses, withheld_from
from registrations.services.mail.returned_mail import ReturnResult, take_messages

__all__ = [
    # Return how far a mailbox of returned mail was read.
    "progress_of",
    # Act on returned messages, one by one.
    "take_messages",
    # What became of one returned message.
    "ReturnResult",
    # Take calendars' answers that match no seat off the staff's list.
    "settle_replies",
    # How many addresses can be tried again at a time.
    "MOST_RETRIED",
    # Return all registrations that share a bounced address.
    "bounced_with",
    # Return the mails that were withheld from bounced addresses.
    "withheld_from",
    # Let mail go again to addresses that bounced.
    "retry_addresses",
    # Return why a mail cannot be sent again, or "".
    "why_not_resend",
    # Send a mail again to the same person.
    "resend_mail",
]

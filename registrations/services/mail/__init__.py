"""Mail: what comes back (bounces, answers of calendars), and what is sent again."""

from registrations.services.mail.answers import settle_answers
from registrations.services.mail.mailboxes import progress_of
from registrations.services.mail.resend import resend_mail, why_not_resend
from registrations.services.mail.retries import MOST_RETRIED, bounced_with, retry_addresses, withheld_from
from registrations.services.mail.returns import take_return, take_returns

__all__ = [
    "settle_answers",
    "progress_of",
    "resend_mail",
    "why_not_resend",
    "MOST_RETRIED",
    "bounced_with",
    "withheld_from",
    "retry_addresses",
    "take_returns",
    "take_return",
]

"""Accounts: what members of staff choose for themselves."""

from registrations.services.accounts.language import set_staff_language

__all__ = [
    # Choose the language of our mails to a member of staff.
    "set_staff_language",
]

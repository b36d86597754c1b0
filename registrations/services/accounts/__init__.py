"""Accounts: what members of staff choose for themselves."""

from registrations.services.accounts.language import set_staff_language

__all__ = [
    "set_staff_language",
]

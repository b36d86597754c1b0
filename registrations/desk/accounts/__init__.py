"""Accounts and groups: the desk's lists and pages."""

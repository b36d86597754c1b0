"""Mails, and what comes back: the desk's lists and pages."""

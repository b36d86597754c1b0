"""Seats, and deciding about them: the desk's lists and pages."""

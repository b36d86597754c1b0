"""Agenda: the desk's lists and pages."""

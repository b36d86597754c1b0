"""Waiting lists: the desk's lists and pages."""

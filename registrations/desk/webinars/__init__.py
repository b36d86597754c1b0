"""Webinars: the desk's lists and pages."""

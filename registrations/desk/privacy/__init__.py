"""Exporting and erasing somebody: the desk's lists and pages."""

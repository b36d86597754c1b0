"""Bulk jobs: the desk's lists and pages."""

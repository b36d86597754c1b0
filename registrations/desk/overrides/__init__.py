"""Approving against the verdict: the desk's lists and pages."""

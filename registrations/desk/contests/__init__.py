"""Objections to a result: the desk's lists and pages."""

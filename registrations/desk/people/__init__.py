"""People: the desk's lists and pages."""

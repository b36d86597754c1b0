"""History: the desk's lists and pages."""

"""Sessions: the desk's lists and pages."""

"""Numbers and exports: the desk's lists and pages."""

"""Questions for the discussion: the desk's lists and pages."""

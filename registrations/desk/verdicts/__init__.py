"""What a publication does to verdicts: the desk's lists and pages."""

"""Texts of mails, legal texts: the desk's lists and pages."""

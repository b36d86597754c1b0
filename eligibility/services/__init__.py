"""Drafts, proposals and publications: everything that can be done to lists and rules."""

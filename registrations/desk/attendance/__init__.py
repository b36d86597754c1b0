"""Attendance: the desk's lists and pages."""

"""Attendance: who was in a session, by the meeting's report and by the joining page."""

from registrations.services.attendance.candidates import candidates_for
from registrations.services.attendance.figures import attendance_figures
from registrations.services.attendance.report import (
    AttendancePreview,
    ReportSource,
    intervals_of,
    match_attendance,
    minutes_there,
    preview_attendance,
    reopen_attendance,
    save_attendance,
    set_attendance_aside,
)

__all__ = [
    # Where a report comes from, and how its file is read.
    "ReportSource",
    # What saving a report would do.
    "AttendancePreview",
    # Return what saving a report would do; nothing changes.
    "preview_attendance",
    # Save a session's report in place of an earlier one.
    "save_attendance",
    # Search the seats that an unmatched line of a report may belong to.
    "candidates_for",
    # Say by hand whose seat a line of a report belongs to.
    "match_attendance",
    # Say that a line of a report is of nobody who registered.
    "set_attendance_aside",
    # Take back that a line was matched or set aside.
    "reopen_attendance",
    # Return from when until when each person was in the meeting.
    "intervals_of",
    # Return how many minutes each person was in the session.
    "minutes_there",
    # Return a session's figures: places, attendance, joining page.
    "attendance_figures",
]

"""Attendance: who was in a session, by the meeting's report and by the joining page."""

from registrations.services.attendance.candidates import candidates_for
from registrations.services.attendance.figures import AttendanceFigures, attendance_figures
from registrations.services.attendance.report import (
    AttendancePreview,
    Source,
    match_attendance,
    minutes_there,
    preview_attendance,
    reopen_attendance,
    save_attendance,
    set_attendance_aside,
    stays_of,
)

__all__ = [
    "AttendancePreview",
    "Source",
    "preview_attendance",
    "save_attendance",
    "match_attendance",
    "set_attendance_aside",
    "reopen_attendance",
    "stays_of",
    "minutes_there",
    "candidates_for",
    "AttendanceFigures",
    "attendance_figures",
]

"""Reports: counts, files with people's data, and what waits for staff."""

from registrations.services.reports.daily_summary import language_of_our_mails
from registrations.services.reports.exports import EXPORT_COLUMNS, Export, export_seats
from registrations.services.reports.numbers import (
    RegistrationNumbers,
    mail_numbers,
    registered_numbers,
    seat_numbers,
)
from registrations.services.reports.workload import Queue, attendance_to_check, on_the_start_page

__all__ = [
    # Something that waits for staff, how much of it, and where.
    "Queue",
    # Return what waits for a member of staff.
    "on_the_start_page",
    # Return the sessions whose attendance needs a look.
    "attendance_to_check",
    # How many registrations there are, by day, state, country and organisation.
    "RegistrationNumbers",
    # Count a webinar's registrations.
    "registered_numbers",
    # Count the seats of each session.
    "seat_numbers",
    # Count a webinar's mails by state.
    "mail_numbers",
    # The columns that an export can have.
    "EXPORT_COLUMNS",
    # What is exported: which seats, which columns, which format.
    "Export",
    # Export seats as rows, and record who did.
    "export_seats",
    # Return the language of our mails to a member of staff.
    "language_of_our_mails",
]

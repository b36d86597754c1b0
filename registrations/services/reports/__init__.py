"""Reports: counts, files with people's data, and what waits for staff."""

from registrations.services.reports.daily_summary import language_of_our_mails
from registrations.services.reports.exports import Export, export_seats
from registrations.services.reports.numbers import mail_numbers, registered_numbers, seat_numbers
from registrations.services.reports.workload import Queue, attended_to_look_at, on_the_start_page, what_waits

__all__ = [
    "language_of_our_mails",
    "Export",
    "export_seats",
    "registered_numbers",
    "seat_numbers",
    "mail_numbers",
    "Queue",
    "what_waits",
    "on_the_start_page",
    "attended_to_look_at",
]

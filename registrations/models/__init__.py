"""Every table of the registrations application."""

from registrations.models.addresses import AddressChange
from registrations.models.agenda import AgendaChanges, AgendaLine, agenda_changes
from registrations.models.attendance import Attendance, AttendanceReport
from registrations.models.contest import Contest
from registrations.models.digest import Digest
from registrations.models.history import Action, HistoryAnchor, HistoryEntry, HistoryIsAppendOnly
from registrations.models.imports import ImportedLine
from registrations.models.keys import email_key, fold_search, new_token, person_key
from registrations.models.mail_texts import MailText
from registrations.models.meetings import is_meeting_address
from registrations.models.outbox import BulkJob, BulkJobRow, MailKind, OutgoingMail, is_late
from registrations.models.overrides import Override, OverrideQuerySet
from registrations.models.questions import QuestionMark
from registrations.models.rate import MailRate
from registrations.models.reasons import REASONS, ReasonCode, in_words
from registrations.models.registration import (
    AccessNeed,
    Kind,
    OrganisationType,
    PersonTitle,
    Registration,
)
from registrations.models.reminders import Reminder
from registrations.models.seat import FLAGS, Answer, Seat
from registrations.models.staff import StaffLanguage, staff_language
from registrations.models.tally import Tally
from registrations.models.texts import LegalText
from registrations.models.webinar import (
    AgendaItem,
    AgendaVersion,
    SessionState,
    Webinar,
    WebinarSession,
)

__all__ = [
    "FLAGS",
    "REASONS",
    "AccessNeed",
    "Action",
    "AddressChange",
    "AgendaChanges",
    "AgendaItem",
    "AgendaLine",
    "AgendaVersion",
    "Answer",
    "Attendance",
    "AttendanceReport",
    "BulkJob",
    "BulkJobRow",
    "Contest",
    "Digest",
    "HistoryAnchor",
    "HistoryEntry",
    "HistoryIsAppendOnly",
    "ImportedLine",
    "Kind",
    "LegalText",
    "MailKind",
    "MailRate",
    "MailText",
    "OrganisationType",
    "OutgoingMail",
    "Override",
    "OverrideQuerySet",
    "PersonTitle",
    "QuestionMark",
    "ReasonCode",
    "Registration",
    "Reminder",
    "Seat",
    "SessionState",
    "StaffLanguage",
    "Tally",
    "Webinar",
    "WebinarSession",
    "agenda_changes",
    "email_key",
    "fold_search",
    "in_words",
    "is_late",
    "is_meeting_address",
    "new_token",
    "person_key",
    "staff_language",
]

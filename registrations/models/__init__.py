"""Every table of the registrations application."""

from registrations.models.addresses import AddressChange
from registrations.models.agenda import AgendaChanges, AgendaLine, agenda_changes
from registrations.models.contest import Contest
from registrations.models.history import Action, HistoryEntry, HistoryIsAppendOnly
from registrations.models.keys import email_key, fold_search, person_key
from registrations.models.mail_texts import MailText
from registrations.models.meetings import is_meeting_address
from registrations.models.outbox import BulkJob, BulkJobRow, MailKind, OutgoingMail, is_late
from registrations.models.rate import MailRate
from registrations.models.registration import (
    AccessNeed,
    Answer,
    Kind,
    OrganisationType,
    Override,
    PersonTitle,
    Registration,
    Seat,
    new_token,
)
from registrations.models.reminders import Reminder
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
    "AccessNeed",
    "Action",
    "AddressChange",
    "AgendaChanges",
    "AgendaItem",
    "AgendaLine",
    "AgendaVersion",
    "Answer",
    "BulkJob",
    "BulkJobRow",
    "Contest",
    "HistoryEntry",
    "HistoryIsAppendOnly",
    "Kind",
    "LegalText",
    "MailKind",
    "MailRate",
    "MailText",
    "OrganisationType",
    "OutgoingMail",
    "Override",
    "PersonTitle",
    "Registration",
    "Reminder",
    "Seat",
    "SessionState",
    "Tally",
    "Webinar",
    "WebinarSession",
    "agenda_changes",
    "email_key",
    "fold_search",
    "is_late",
    "is_meeting_address",
    "new_token",
    "person_key",
]

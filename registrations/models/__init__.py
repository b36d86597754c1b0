"""Every table of the registrations application."""

from registrations.models.addresses import AddressChange
from registrations.models.agenda import AgendaChanges, AgendaLine, agenda_changes
from registrations.models.contest import Contest
from registrations.models.history import Action, HistoryEntry, HistoryIsAppendOnly
from registrations.models.outbox import BulkJob, BulkJobRow, MailKind, OutgoingMail
from registrations.models.registration import (
    AccessNeed,
    Kind,
    OrganisationType,
    Override,
    PersonTitle,
    Registration,
    Seat,
    email_key,
    fold_search,
    new_token,
)
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
    "BulkJob",
    "BulkJobRow",
    "Contest",
    "HistoryEntry",
    "HistoryIsAppendOnly",
    "Kind",
    "LegalText",
    "MailKind",
    "OrganisationType",
    "OutgoingMail",
    "Override",
    "PersonTitle",
    "Registration",
    "Seat",
    "SessionState",
    "Webinar",
    "WebinarSession",
    "agenda_changes",
    "email_key",
    "fold_search",
    "new_token",
]

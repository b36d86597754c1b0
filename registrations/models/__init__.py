"""Every table of the registrations application."""

from registrations.models.actions import Action
from registrations.models.addresses import AddressChange
from registrations.models.agenda import AgendaChanges, AgendaLine, agenda_changes
from registrations.models.attendance import Attendance, AttendanceReport
from registrations.models.contest import Contest
from registrations.models.digest import Digest
from registrations.models.history import HistoryAnchor, HistoryEntry, HistoryIsAppendOnly
from registrations.models.imports import ImportedLine
from registrations.models.jobs import JOB_NAMES, BulkJob, BulkJobQuerySet, BulkJobRow, BulkJobSeat, job_name
from registrations.models.keys import (
    Searched,
    email_key,
    fold_search,
    name_words,
    new_token,
    person_key,
    search_key,
    searched_words,
)
from registrations.models.legal_texts import LegalText
from registrations.models.mail_texts import MailText
from registrations.models.meeting_urls import is_meeting_url
from registrations.models.outbox import (
    MANY_RETURNED,
    TEST_KEY,
    MailKind,
    OutgoingMail,
    is_late,
    is_returned_lately,
)
from registrations.models.overrides import Override, OverrideQuerySet
from registrations.models.questions import QuestionMark
from registrations.models.rate import MailRate
from registrations.models.reasons import REASONS, ReasonCode, reason_in_words
from registrations.models.registration import (
    CONSENTS,
    AccessNeed,
    Kind,
    OrganisationType,
    PersonTitle,
    Registration,
    RegistrationQuerySet,
)
from registrations.models.reminders import Reminder
from registrations.models.returned_mail import ReadMailbox, UnplacedAnswer
from registrations.models.seat import (
    FLAGS,
    HAS_PLACE,
    STANDING_PART,
    STANDING_PARTS,
    TURN,
    PartStat,
    Seat,
    SeatQuerySet,
    is_flagged,
)
from registrations.models.staff import StaffLanguage, staff_language
from registrations.models.tally import Tally
from registrations.models.webinar import (
    AgendaItem,
    AgendaVersion,
    SessionState,
    Webinar,
    WebinarSession,
    own_domain,
)

__all__ = [
    "CONSENTS",
    "FLAGS",
    "HAS_PLACE",
    "JOB_NAMES",
    "MANY_RETURNED",
    "REASONS",
    "STANDING_PART",
    "STANDING_PARTS",
    "TEST_KEY",
    "TURN",
    "AccessNeed",
    "Action",
    "AddressChange",
    "AgendaChanges",
    "AgendaItem",
    "AgendaLine",
    "AgendaVersion",
    "Attendance",
    "AttendanceReport",
    "BulkJob",
    "BulkJobQuerySet",
    "BulkJobRow",
    "BulkJobSeat",
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
    "PartStat",
    "PersonTitle",
    "QuestionMark",
    "ReadMailbox",
    "ReasonCode",
    "Registration",
    "RegistrationQuerySet",
    "Reminder",
    "Searched",
    "Seat",
    "SeatQuerySet",
    "SessionState",
    "StaffLanguage",
    "Tally",
    "UnplacedAnswer",
    "Webinar",
    "WebinarSession",
    "agenda_changes",
    "email_key",
    "fold_search",
    "is_flagged",
    "is_late",
    "is_meeting_url",
    "is_returned_lately",
    "job_name",
    "name_words",
    "new_token",
    "own_domain",
    "person_key",
    "reason_in_words",
    "search_key",
    "searched_words",
    "staff_language",
]

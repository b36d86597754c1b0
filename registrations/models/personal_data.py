"""Which columns say something about a person, and what an erasure makes of each: one entry per table (D-65).

A column that is not named here fails tests/registrations/models/test_personal_data.py. Staff accounts are no part of
it, nor are the names of speakers in an agenda: those are published with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from registrations.models.addresses import AddressChange
from registrations.models.attendance import Attendance, AttendanceReport
from registrations.models.contest import Contest
from registrations.models.digest import Digest
from registrations.models.history import HistoryAnchor, HistoryEntry
from registrations.models.imports import ImportedLine
from registrations.models.jobs import BulkJob, BulkJobRow, BulkJobSeat
from registrations.models.keys import new_token
from registrations.models.legal_texts import LegalText
from registrations.models.mail_texts import MailText
from registrations.models.outbox import OutgoingMail
from registrations.models.overrides import Override
from registrations.models.questions import QuestionMark
from registrations.models.rate import MailRate
from registrations.models.registration import AccessNeed, Registration
from registrations.models.reminders import Reminder
from registrations.models.returned_mail import ReadMailbox, UnplacedAnswer
from registrations.models.seat import Seat
from registrations.models.staff import StaffLanguage
from registrations.models.tally import Tally
from registrations.models.webinar import AgendaItem, AgendaVersion, Webinar, WebinarSession


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure does to one table's rows about a person.

    `about` is the path from a row to its registration. The row goes as a whole, or its columns do: `becomes` says what
    they hold afterwards, `renewed` what is made for each row. What `kept` names nobody once the rest is gone. `sealed`
    are the facts of history, whose written reasons give way to their digest.
    """

    about: str
    goes: bool = False
    becomes: Mapping[str, Any] = field(default_factory=dict)
    renewed: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()


def _token(_row: Model) -> str:
    return new_token()


def _columns(names: str) -> frozenset[str]:
    return frozenset(names.split())


# What a person typed, where we write to, and what they told us by ticking; statistics need the rest.
REGISTRATION = Erasure(
    about="pk",
    becomes={
        **dict.fromkeys(("title", "first_name", "last_name", "email", "organisation", "position"), ""),
        **dict.fromkeys(("question", "search_key", "person_key", "bounce_reply"), ""),
        **dict.fromkeys(("share_contact", "contact_me"), False),
        "bounced_at": None,
    },
    # The reference is no address, so no address is ever found to be the same as this one.
    renewed={
        "email_key": lambda row: row.reference,
        "confirm_token": _token,
        "manage_token": _token,
    },
    kept=_columns(
        "id webinar reference kind state language organisation_type country ask_review privacy_text"
        " privacy_acknowledged_at entered_by_staff consent_text agenda_seen created_at confirmed_at ended_at"
    ),
)
# `told` and `thread_id` are what a session was and the id of a mail; the verdict is about a country.
SEAT = Erasure(
    about="registration",
    becomes={"reason": "", "reason_code": "", "meeting_url": "", "answer": "", "answered_at": None},
    renewed={"join_token": _token},
    kept=_columns(
        "id registration session state waiting_rank outcome list_key verdict_data publication_number judged_as_of flagged_at"
        " is_settled decided_by decided_at override joined_at told_sequence told_time_sequence told_method told thread_id"
    ),
)
MAIL_ERASURE = Erasure(
    about="registration",
    becomes={"recipient": "", "facts": {}, "raw": None, "reply": ""},
    kept=_columns(
        "id kind registration seat job text language dedupe_key message_id state due_at priority after cancels"
        " expires_at planned_at claim attempts created_at sent_at returned_at wipe resend_of"
    ),
)
ERASURES: dict[type[Model], Erasure] = {
    Registration: REGISTRATION,
    Seat: SEAT,
    AccessNeed: Erasure(about="registration", goes=True),
    AddressChange: Erasure(about="registration", goes=True),
    Contest: Erasure(about="seat__registration", goes=True),
    Override: Erasure(
        about="seat__registration",
        becomes={"reason": ""},
        kept=_columns("id seat requested_by requested_at confirmed_by confirmed_at lapsed_at batch"),
    ),
    QuestionMark: Erasure(about="registration", goes=True),
    UnplacedAnswer: Erasure(about="registration", goes=True),
    # Of a line that is dealt with only its number is left.
    ImportedLine: Erasure(
        about="registration",
        becomes={"answers": {}, "problem": ""},
        kept=_columns("id job number registration"),
    ),
    Attendance: Erasure(
        about="seat__registration",
        becomes=dict.fromkeys(("name", "email", "organisation", "role"), ""),
        kept=_columns("id report state match seat stays elsewhere_seconds"),
    ),
    OutgoingMail: MAIL_ERASURE,
    # A standing is also over the organisation's name; nothing is decided about somebody who is erased.
    BulkJobSeat: Erasure(about="seat__registration", goes=True),
    # Why a row was left alone, in the site's own words; they name staff alone.
    BulkJobRow: Erasure(about="seat__registration", kept=_columns("id job seat result code about reason")),
    HistoryEntry: Erasure(
        about="registration",
        sealed=_columns("facts"),
        kept=_columns("id at by actor action webinar session registration publication_number salt digest"),
    ),
}
# A tally's key is a keyed hash, forgotten after a day; a mail rate knows domains, for some minutes; a bulk job's reason
# is about several people, and the page that asks for it says that it must name nobody.
ABOUT_NOBODY: frozenset[type[Model]] = frozenset(
    {
        Webinar,
        WebinarSession,
        AgendaItem,
        AgendaVersion,
        Reminder,
        BulkJob,
        AttendanceReport,
        Digest,
        HistoryAnchor,
        LegalText,
        MailText,
        MailRate,
        ReadMailbox,
        StaffLanguage,
        Tally,
    }
)

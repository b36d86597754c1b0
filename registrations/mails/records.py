"""What stands in a mail, piece by piece (D-86): for whom it is, and what only its kind says.

Kinds that say the same share a record. Fields with a default are such as rows of earlier releases lack.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from eligibility.rules import Verdict
from registrations.ical import Appointment, Person
from registrations.models import WebinarSession, reason_in_words
from webinar_site.foundation.records import Record, left_out


@dataclass(frozen=True, slots=True)
class SessionFacts(Record):
    """A session as a person is told of it; without moments while its date is to be confirmed."""

    title: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, from which `from_json` makes an equal record."""
        moments = {"starts_at": self.starts_at, "ends_at": self.ends_at}
        return Record.to_json(self) | {
            name: moment.isoformat() if moment else None for name, moment in moments.items()
        }


def of_session(session: WebinarSession) -> SessionFacts:
    """Return what mails say of a session."""
    return SessionFacts(session.title, session.place, session.starts_at, session.ends_at)


@dataclass(frozen=True, slots=True)
class WebinarFacts(Record):
    """A webinar, with the addresses of its pages."""

    title: str
    signature: str
    contact: str
    url: str
    my_link_url: str = ""


@dataclass(frozen=True, slots=True)
class ToPerson(Record):
    """A mail about a registration."""

    name: str
    reference: str
    manage_url: str
    sender: Person
    webinar: WebinarFacts


@dataclass(frozen=True, slots=True)
class AboutSession(ToPerson):
    """A mail about a seat in one session; `thread_id` is the Message-ID of the first invitation, or ""."""

    session: SessionFacts
    thread_id: str


@dataclass(frozen=True, slots=True)
class ToStaff(Record):
    """A mail to a member of staff."""

    name: str
    sender: Person
    desk_url: str


@dataclass(frozen=True, slots=True)
class NothingElse(Record):
    """Kinds of mail that say no more than whom and which session they are about."""


NOTHING_ELSE = NothingElse()


@dataclass(frozen=True, slots=True)
class ConfirmLink(Record):
    """The link that confirms an address, and whether staff entered the person."""

    confirm_url: str
    by_staff: bool = left_out(False)


@dataclass(frozen=True, slots=True)
class PlaceToJoin(SessionFacts):
    """A session in which somebody has a place, with their joining link."""

    join_url: str


@dataclass(frozen=True, slots=True)
class LinksAskedFor(Record):
    """The places of somebody who asked for their links, and whether no request of theirs waits either."""

    places: tuple[PlaceToJoin, ...]
    nothing_awaited: bool = False


@dataclass(frozen=True, slots=True)
class SessionRequested(SessionFacts):
    """A session that somebody asked for, what the lists say, and whether it was over or cancelled by then."""

    verdict: Verdict
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived(Record):
    """A request that was received: by when they will hear, where a day is promised, and what they asked for."""

    decide_by: date | None
    ask_review: bool
    all_closed: bool = False
    sessions: tuple[SessionRequested, ...]


@dataclass(frozen=True, slots=True)
class JoiningLink(Record):
    """Somebody's joining link."""

    join_url: str


@dataclass(frozen=True, slots=True)
class Invitation(Record):
    """An invitation; `again` where the entry may have gone from the calendar by no act of the person's."""

    join_url: str
    calendar: Appointment | None
    again: bool = left_out(False)


@dataclass(frozen=True, slots=True)
class SessionChanged(Record):
    """What a session was when the person was told last, and the entry that moves it in their calendar."""

    was: SessionFacts
    join_url: str
    calendar: Appointment | None


@dataclass(frozen=True, slots=True)
class DateWithdrawn(Record):
    """What a session was, and the entry that takes it out of the calendar, where it stands in it."""

    was: SessionFacts | None
    calendar: Appointment | None


@dataclass(frozen=True, slots=True)
class SessionCancelled(Record):
    """Why a session is cancelled."""

    reason: str
    calendar: Appointment | None

    @property
    def reasons(self) -> list[str]:
        """Return the reason as the person reads it."""
        return reason_in_words("", self.reason)


@dataclass(frozen=True, slots=True)
class DecidedAgainst(Record):
    """Why somebody gets no place, or has none any more; what the lists say, where the reason rests on them."""

    calendar: Appointment | None
    reason: str
    reason_code: str = ""
    verdict: Verdict | None = left_out(None)

    @property
    def reasons(self) -> list[str]:
        """Return the reason as the person reads it in the active language."""
        return reason_in_words(self.reason_code, self.reason)


@dataclass(frozen=True, slots=True)
class ContestReceived(Record):
    """By when somebody will hear about their objection, where a day is promised."""

    decide_by: date | None


@dataclass(frozen=True, slots=True)
class ContestAnswered(Record):
    """What staff answered to an objection."""

    answer: str


@dataclass(frozen=True, slots=True)
class Left(Record):
    """Whether somebody left the whole webinar."""

    left: bool


@dataclass(frozen=True, slots=True)
class LeftSession(Left):
    """Whether somebody who left a session left the webinar with it; the entry that takes it out of the calendar."""

    calendar: Appointment | None


@dataclass(frozen=True, slots=True)
class LeftAddress(Record):
    """The entry that takes a session out of the calendar of an address that is given up."""

    calendar: Appointment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAgenda(Record):
    """A session's part of the agenda, in the reader's language."""

    title: str
    when: str = ""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedLine(Record):
    """A line of the agenda before and after."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangedAgenda(Record):
    """What changed in an agenda, line by line, in the reader's language."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ChangedLine, ...]


@dataclass(frozen=True, slots=True)
class AgendaPublished(Record):
    """A published agenda; what changed since the version the person saw, if they saw one."""

    programme: tuple[SessionAgenda, ...]
    changes: ChangedAgenda | None
    agenda_url: str


@dataclass(frozen=True, slots=True)
class Undecided(Record):
    """Whether somebody about whom nothing was decided in time was on the waiting list."""

    waitlisted: bool = False


@dataclass(frozen=True, slots=True)
class FollowUpLinks(Record):
    """Where recording, slides and feedback are, whether other links were sent before, and whom the mail is for."""

    recording_url: str
    slides_url: str
    feedback_url: str
    again: bool
    whom: str = ""


@dataclass(frozen=True, slots=True)
class QueueToLookAt(Record):
    """Something that waits for staff: what, in the reader's language, how much of it, and its list."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class StaffDigest(Record):
    """Everything that waits for staff."""

    waiting: tuple[QueueToLookAt, ...]


@dataclass(frozen=True, slots=True)
class WebinarTitle(Record):
    """A webinar, by its title."""

    title: str


@dataclass(frozen=True, slots=True)
class StaffDeadline(Record):
    """How many seats of a session are undecided shortly before it begins, and their list."""

    webinar: WebinarTitle
    session: SessionFacts
    undecided: int
    undecided_url: str

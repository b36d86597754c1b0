"""What the history says of people and their seats."""

from dataclasses import dataclass
from datetime import date, datetime

from registrations.models.history_facts.base import HistoryFacts, WithReason
from webinar_site.foundation.records import Record, left_out


@dataclass(frozen=True, slots=True)
class SeatNoted(Record):
    """Where a seat stood: session and publication by number."""

    session: int
    state: str
    outcome: str
    publication: int | None


@dataclass(frozen=True, slots=True)
class SeatsNoted(HistoryFacts):
    """Where somebody's seats stood after what they did; the job, where staff entered them from a list."""

    seats: tuple[SeatNoted, ...]
    job: int | None = left_out(None)


@dataclass(frozen=True, slots=True)
class EditNoted(HistoryFacts):
    """Which answers somebody changed, which sessions (numbers) they added and dropped, and where their seats stood."""

    changed: tuple[str, ...]
    added: tuple[int, ...]
    dropped: tuple[int, ...]
    seats: tuple[SeatNoted, ...]


@dataclass(frozen=True, slots=True)
class ConsentNoted(HistoryFacts):
    """Which consent was given, under which text, or withdrawn."""

    consent: str
    given: bool
    text: int | None


@dataclass(frozen=True, slots=True)
class ErasureNoted(HistoryFacts):
    """Why staff erased somebody; nothing where the person did it."""

    reason: str = left_out("")
    reason_sha256: str = left_out("")


@dataclass(frozen=True, slots=True)
class PurgeNoted(HistoryFacts):
    """Which category of data was deleted, of how many people."""

    category: str
    people: int


@dataclass(frozen=True, slots=True)
class AddressWishNoted(HistoryFacts):
    """Which change of address was asked for."""

    change: int


@dataclass(frozen=True, slots=True)
class AddressMoveNoted(AddressWishNoted):
    """Which change of address was confirmed, and of which sessions (numbers) the new address was told."""

    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GuestNoted(HistoryFacts):
    """To which sessions (numbers) a guest was invited."""

    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionNoted(WithReason):
    """What was decided about a seat and why, under which verdict; `by` names the automatic that decided."""

    reason_code: str = left_out("")
    outcome: str
    by: str = left_out("")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOnListNoted(WithReason):
    """From which place on the waiting list to which somebody was moved."""

    was: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideNoted(WithReason):
    """Why an override was asked for, against which verdict, and by whom."""

    outcome: str
    requested_by: int


@dataclass(frozen=True, slots=True)
class ContestNoted(HistoryFacts):
    """Which contest somebody handed in, and where their seat stood."""

    contest: int
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ContestAnswerNoted(HistoryFacts):
    """Which contest was answered, and whether the seat was put back."""

    contest: int
    put_back: bool


@dataclass(frozen=True, slots=True)
class ReassessmentNoted(HistoryFacts):
    """How a verdict changed, as of which day, and whether staff have to look."""

    was: str
    now: str
    as_of: date | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class PersonExportNoted(HistoryFacts):
    """In which format everything about one person was taken out."""

    format: str
    rows: int


@dataclass(frozen=True, slots=True)
class SeatsExportNoted(HistoryFacts):
    """What was taken out of how many seats, and what the list was narrowed to."""

    columns: tuple[str, ...]
    format: str
    filters: dict[str, str]
    named_only: bool
    rows: int


@dataclass(frozen=True, slots=True)
class ReturnNoted(HistoryFacts):
    """Which mail came back, and with which status."""

    mail: int
    status: str


@dataclass(frozen=True, slots=True)
class RetryNoted(HistoryFacts):
    """Since when mail to an address came back."""

    bounced_at: datetime | None


@dataclass(frozen=True, slots=True)
class CalendarAnswerNoted(HistoryFacts):
    """What a calendar answered, when, and to which SEQUENCE, where it belongs to a seat."""

    answer: str
    stamp: datetime
    sequence: int | None = left_out(None)


@dataclass(frozen=True, slots=True)
class ResendNoted(HistoryFacts):
    """Which mail was sent again."""

    mail: int
    kind: str

"""What the history says of webinars, their sessions, and texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from registrations.models.history_facts.base import Columns, HistoryFacts
from webinar_site.foundation.records import Record, left_out


@dataclass(frozen=True, slots=True)
class ClosingNoted(Record):
    """When registration closed, and closes now."""

    was: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class SessionChangeNoted(HistoryFacts):
    """What a session was and became, why, and what moved along: its agenda by minutes, the close of registration."""

    was: Columns | None = left_out(None)
    now: Columns | None = left_out(None)
    reason: str = left_out("")
    agenda_minutes: int = left_out(0)
    closing: ClosingNoted | None = left_out(None)


@dataclass(frozen=True, slots=True)
class OpeningNoted(HistoryFacts):
    """From when until when registration is open."""

    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class CopyNoted(HistoryFacts):
    """Which webinar was copied."""

    original: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, under a name that no field can have."""
        return {"from": self.original}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the record that `to_json` wrote."""
        return cls(data["from"])


@dataclass(frozen=True, slots=True)
class AgendaNoted(HistoryFacts):
    """Which version of an agenda was published, and whether nobody was told."""

    version: int
    silent: bool = False


@dataclass(frozen=True, slots=True)
class MeetingAddressesNoted(HistoryFacts):
    """How many seats got a meeting address of their own, and how many of them had one."""

    seats: int
    overwritten: int


@dataclass(frozen=True, slots=True)
class AttendanceReportNoted(HistoryFacts):
    """Which report was saved, and how many of its rows were matched."""

    sha256: str
    replaces: bool
    rows: int
    matched: int
    without_place: int


@dataclass(frozen=True, slots=True)
class AttendanceMatchNoted(HistoryFacts):
    """Which attendance was matched by hand, or is no longer, and with which seat."""

    attendance: int
    seat: int | None


@dataclass(frozen=True, slots=True)
class MarksNoted(HistoryFacts):
    """Which questions got which mark and position, by the ids of their registrations."""

    marks: tuple[tuple[int, str, int | None], ...]


@dataclass(frozen=True, slots=True)
class QuestionsExportNoted(HistoryFacts):
    """How many questions were taken out, with which mark, of everybody or of those with a place."""

    questions: int
    state: str
    everybody: bool


@dataclass(frozen=True, slots=True)
class LinksNoted(Record):
    """The links of a follow-up."""

    recording_url: str
    slides_url: str
    feedback_url: str


@dataclass(frozen=True, slots=True)
class FollowUpNoted(HistoryFacts):
    """Which links people find after a session, and whom of them a mail told, where that was not everybody."""

    links: LinksNoted
    whom: str = left_out("")


@dataclass(frozen=True, slots=True)
class HistoryExportNoted(HistoryFacts):
    """How much of a webinar's history was taken out."""

    history: bool
    rows: int


@dataclass(frozen=True, slots=True)
class MailTextNoted(HistoryFacts):
    """Which kind of mail got which version of its text."""

    kind: str
    language: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LegalTextNoted(HistoryFacts):
    """Which version of a legal text was published."""

    text: int
    kind: str
    language: str
    version: int
    sha256: str

"""What the history says of bulk jobs: enough to name one in words."""

from dataclasses import dataclass

from registrations.models.history_facts.base import Columns, HistoryFacts
from webinar_site.foundation.records import left_out


@dataclass(frozen=True, slots=True)
class JobNoted(HistoryFacts):
    """Which job, of which kind, is about how many; what it decides or tells, and in which sessions (numbers)."""

    job: int
    kind: str = ""
    seats: int | None = None
    move: str = left_out("")
    action: str = left_out("")
    sessions: tuple[int, ...] = left_out(())


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStopNoted(JobNoted):
    """Which job was stopped after how many, and what a session got back."""

    done: int
    given_back: Columns | None = left_out(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionJobNoted(HistoryFacts):
    """Which job decides what about how many seats, why, and in which sessions (numbers)."""

    job: int
    kind: str = ""
    seats: int
    move: str
    reason: str
    reason_code: str = ""
    sessions: tuple[int, ...] = left_out(())


@dataclass(frozen=True, slots=True, kw_only=True)
class OverridesJobNoted(HistoryFacts):
    """Which job confirms which batch of overrides, how many, why, and in which sessions (numbers)."""

    job: int
    batch: str
    reason: str
    kind: str = ""
    sessions: tuple[int, ...] = left_out(())
    seats: int


@dataclass(frozen=True, slots=True)
class ImportNoted(HistoryFacts):
    """Which job registers how many people from a list, and how much of the list it does not read."""

    job: int
    lines: int
    left_out: int
    ignored_columns: int


AboutJob = JobNoted | DecisionJobNoted | OverridesJobNoted

"""What all records of the history have in common."""

from dataclasses import dataclass

from webinar_site.foundation.records import Record, left_out

Columns = dict[str, str | None]  # columns of a row with their values, as JSON has them


@dataclass(frozen=True, slots=True)
class HistoryFacts(Record):
    """An action that is told by its name alone, and what all others have in common."""


@dataclass(frozen=True, slots=True)
class WithReason(HistoryFacts):
    """An action that staff gave a reason for; "" where none was needed, and once only its digest is left."""

    reason: str = ""
    reason_sha256: str = left_out("")

"""What the history says of bulk jobs: enough to name one in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from registrations.models.history_facts.base import HistoryFacts


@dataclass(frozen=True, slots=True)
class JobNoted(HistoryFacts):
    """Which job, of which kind, is about how many; `about` is what the record of its kind names it by, and reads."""

    job: int
    kind: str = ""
    seats: int | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, what the job is about among the rest."""
        return {"job": self.job, "kind": self.kind, "seats": self.seats, **self.about}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the record that `to_json` wrote, now or in an earlier release."""
        about = {name: value for name, value in data.items() if name not in ("job", "kind", "seats")}
        return cls(data["job"], data.get("kind", ""), data.get("seats"), about)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStopNoted(JobNoted):
    """Which job was stopped after how many, and what it gave back, if anything, as its kind has it."""

    done: int
    given_back: Any = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, what the job is about among the rest."""
        given_back = {} if self.given_back is None else {"given_back": self.given_back}
        return JobNoted.to_json(self) | {"done": self.done, **given_back}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the record that `to_json` wrote, now or in an earlier release."""
        noted = JobNoted.from_json(data)
        about = {name: value for name, value in noted.about.items() if name not in ("done", "given_back")}
        return cls(
            noted.job, noted.kind, noted.seats, about, done=data["done"], given_back=data.get("given_back")
        )


@dataclass(frozen=True, slots=True)
class ImportNoted(HistoryFacts):
    """Which job registers how many people from a list, and how much of the list it does not read."""

    job: int
    lines: int
    left_out: int
    ignored_columns: int

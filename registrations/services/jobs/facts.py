"""What is in a job's facts: each kind that needs any has a frozen dataclass beside its record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, Self

from django.core.serializers.json import DjangoJSONEncoder


class Facts(Protocol):
    """What a job was told when it was written; rows of earlier releases are read too."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says."""

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""


def moment_to_json(moment: datetime | None) -> str | None:
    """Return an aware moment as the database's JSON has it."""
    return DjangoJSONEncoder().default(moment) if moment else None


def moment_from_json(stored: str | None) -> datetime | None:
    """Return the aware moment that JSON has."""
    return datetime.fromisoformat(stored) if stored else None

"""What a chunk of a job came to, and what a job that waits would come to now."""

from dataclasses import dataclass, field

from registrations.models import MailKind, Seat
from registrations.services.jobs.notes import Note

LISTED = 50  # seats that are named where they would be skipped; beyond that they are counted


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A row that a job left alone for a reason worth noting; without `seat_id` where its rows are no seats."""

    seat_id: int | None
    note: Note


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What a chunk came to: how many rows were changed, and which were left alone for a reason worth noting."""

    changed: int = 0
    left_alone: tuple[LeftAlone, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedSeat:
    """A seat that a job would leave alone, and why."""

    seat: Seat
    note: Note


@dataclass(slots=True)
class JobPreview:
    """What a job would do if it were released now: how many mails, by what they are called, and which seats it would
    skip."""

    mails: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    named: list[SkippedSeat] = field(default_factory=list)

    @property
    def unnamed(self) -> int:
        """Return how many seats would be skipped beyond those that are named."""
        return self.skipped - len(self.named)

    def tell(self, mail: str) -> None:
        """Count one more person who would be told by this mail."""
        self.mails[mail] = self.mails.get(mail, 0) + 1

    def skip(self, seat: Seat, note: Note) -> None:
        """Count one more seat that would be skipped."""
        self.skipped += 1
        if self.skipped <= LISTED:
            self.named.append(SkippedSeat(seat, note))


def mailed(mail: MailKind, count: int) -> JobPreview:
    """Return that so many people would be told by one mail."""
    return JobPreview({str(mail.label): count} if count else {})

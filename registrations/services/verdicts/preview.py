"""What a publication would do to seats, before it is one: assessed as re-assessment assesses, and nothing is
written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from eligibility.rules import Outcome
from eligibility.services import Prospect
from registrations.models import Seat
from registrations.services.verdicts import assessment
from registrations.states import SeatState

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Consequence:
    """One seat whose verdict would change: what it was, what it would be, and whether that would flag it."""

    seat: Seat
    was: Outcome
    now: Outcome
    is_flagged: bool


@dataclass(slots=True)
class Impact:
    """What a publication would do: how many seats change to what, by country too, and some of them.

    A seat that staff have overridden keeps its place whatever the lists say, so it counts as that and nothing else.
    `flags` counts, by their state, the seats that would be flagged and were not, to wait for a decision.
    """

    became: Counter[Outcome] = field(default_factory=Counter)
    overridden: int = 0
    unchanged: int = 0
    flags: Counter[SeatState] = field(default_factory=Counter)
    countries: Counter[tuple[str, Outcome, Outcome]] = field(default_factory=Counter)
    listed: list[Consequence] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """Return for how many seats the verdict would change, whatever that means for them."""
        return self.became.total() + self.overridden

    @property
    def flagged(self) -> int:
        """Return how many seats would be flagged that are not."""
        return self.flags.total()

    def add(self, consequence: Consequence) -> None:
        """Count a seat whose verdict would change."""
        seat, now = consequence.seat, consequence.now
        if seat.override_id is not None:
            self.overridden += 1
        else:
            self.became[now] += 1
            self.flags[SeatState(seat.state)] += consequence.is_flagged
        self.countries[seat.registration.country, consequence.was, now] += 1


def impact_of(prospect: Prospect, *, now: datetime, listed: range) -> Impact:
    """Return what publishing would do to the seats that re-assessment would assess again (D-12).

    Of the seats that change, those with an index in `listed` come with it. Streams in chunks, in constant memory: one
    `assess` for each country, organisation type, day and audience.
    """
    found = Impact()
    evaluator = assessment.Evaluator(prospect.register, today=assessment.brussels_day(now))
    for seat in _stream(Seat.objects.due_for_reassessment(prospect.publication)):
        was = Outcome(seat.outcome)
        if not evaluator.assess(seat):
            found.unchanged += 1
            continue
        is_flagged = seat.flagged_at is None and assessment.contradicts(seat, now)
        consequence = Consequence(seat, was, Outcome(seat.outcome), is_flagged)
        if found.changed in listed:
            found.listed.append(consequence)
        found.add(consequence)
    return found


def _stream(seats: QuerySet[Seat]) -> Iterator[Seat]:
    rows = seats.defer("verdict_data", "told", "registration__question", "registration__search_key")
    rows = rows.select_related("registration__webinar__audience", "session")
    rows = rows.prefetch_related("registration__webinar__sessions").order_by("pk")
    return rows.iterator(chunk_size=CHUNK)

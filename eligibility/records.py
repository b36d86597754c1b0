"""Hold what is published as frozen records: editions of lists with their entries, and an audience's rules.

Pure values, without Django. All days are Brussels days. An edition or rule holds from its start day on, until a later
start takes over; there is an end day only where a source states one; it is inclusive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar


class Treatment(StrEnum):
    """Name what an entry does for its country.

    `admitted` is a country the list names. `follows`, `not_eligible` and `review` settle a territory that no list
    names. `absent` records, with its evidence, that a country often taken to be on the list is not; it decides nothing.
    """

    ADMITTED = "admitted"
    FOLLOWS = "follows"
    NOT_ELIGIBLE = "not_eligible"
    REVIEW = "review"
    ABSENT = "absent"


class ContentStatus(StrEnum):
    """Name how much of a rule's text is known; a rule that is not documented sends every country to review."""

    DOCUMENTED = "documented"
    DOCUMENTED_IN_PART = "documented_in_part"
    NOT_DOCUMENTED = "not_documented"


class Confidence(StrEnum):
    """Grade a statement: A official text read, B secondary source read, C general knowledge, U unknown."""

    A = "A"
    B = "B"
    C = "C"
    U = "U"


@dataclass(frozen=True, slots=True)
class Source:
    """Hold where a statement comes from; `file_hash` is the SHA-256 of a copy held, empty where none is."""

    title: str
    url: str = ""
    dated: date | None = None
    file_hash: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one country of an edition as its sources name it; a date that is not established is None."""

    code: str
    name: str
    treatment: Treatment = Treatment.ADMITTED
    parent: str = ""
    group: str = ""
    wording: str = ""
    note: str = ""
    exclusions: str = ""
    signed: date | None = None
    in_force: date | None = None
    attested: date | None = None
    confidence: Confidence = Confidence.U
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """Hold one dated edition of a list; `corrects` is the key of the edition it takes the place of."""

    list_key: str
    key: str
    title: str
    starts: date
    source: Source
    ends: date | None = None
    wording: str = ""
    note: str = ""
    confidence: Confidence = Confidence.U
    corrects: str = ""
    further_sources: tuple[Source, ...] = ()
    entries: tuple[Entry, ...] = ()

    def entry(self, code: str) -> Entry | None:
        """Return the entry of a country, or None where this edition has none."""
        return next((entry for entry in self.entries if entry.code == code), None)


@dataclass(frozen=True, slots=True)
class Condition:
    """Hold when a person must look whatever the lists say; without countries it holds for every country.

    The organisation types are the values the registration form stores.
    """

    organisation_types: tuple[str, ...]
    reason: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one dated version of an audience's rule: the lists that admit, and the conditions; no start means always."""

    audience: str
    key: str
    source: Source
    status: ContentStatus
    starts: date | None = None
    ends: date | None = None
    lists: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    wording: str = ""
    note: str = ""
    corrects: str = ""
    further_sources: tuple[Source, ...] = ()


def circles(follows: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the codes that follow each other in a circle, or one that follows itself, each in alphabetical order.

    What is given are pairs of a territory and the state it follows.
    """
    states: dict[str, set[str]] = {}
    for code, parent in follows:
        states.setdefault(code, set()).add(parent)
    reached = {code: _reached(code, states) for code in states}
    found = {
        tuple(sorted(other for other in reached[code] if code in reached.get(other, ())))
        for code in states
        if code in reached[code]
    }
    return sorted(found)


def _reached(code: str, states: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [code]
    while waiting:
        new = states.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


class _Dated(Protocol):
    @property
    def starts(self) -> date | None: ...
    @property
    def ends(self) -> date | None: ...


DatedRecord = TypeVar("DatedRecord", bound=_Dated)


def in_force(records: tuple[DatedRecord, ...], on: date) -> DatedRecord | None:
    """Return the record in force on a day, or None.

    The latest start on or before the day wins, of two with one start the one later in `records`, which is the later
    publication. Where the winner's stated end (inclusive) is over, nothing is in force: an older record does not
    revive.
    """
    started = [record for record in records if (record.starts or date.min) <= on]
    if not started:
        return None
    latest = max(record.starts or date.min for record in started)
    winner = next(record for record in reversed(started) if (record.starts or date.min) == latest)
    return winner if winner.ends is None or on <= winner.ends else None


@dataclass(frozen=True, slots=True)
class Register:
    """Hold everything published for one audience, in the order of publication, and the country codes there are."""

    publication: int
    editions: tuple[Edition, ...]
    rules: tuple[Rule, ...]
    countries: frozenset[str]

    def rule_on(self, on: date) -> Rule | None:
        """Return the rule in force on a day, or None."""
        return in_force(self.rules, on)

    def edition_on(self, list_key: str, on: date) -> Edition | None:
        """Return the edition of a list in force on a day, or None."""
        return in_force(tuple(edition for edition in self.editions if edition.list_key == list_key), on)

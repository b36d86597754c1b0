"""Compare an edition with the one it corrects, statement by statement, for people who are to answer for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import QuerySet

from eligibility import labels
from eligibility.days import in_words
from eligibility.models import ListEdition, ListEntry
from eligibility.records import Confidence, Edition, Entry, Source, Treatment
from eligibility.register import edition_record

EDITION_STATEMENTS = ("title", "starts", "ends", "wording", "note", "confidence")
ENTRY_STATEMENTS = (
    "name",
    "treatment",
    "parent",
    "group",
    "wording",
    "note",
    "exclusions",
    "signed",
    "in_force",
    "attested",
    "confidence",
    "sources",
)


@dataclass(frozen=True, slots=True)
class Change:
    """Hold one statement that differs: what it is about, and in words what it was and is; empty where nothing stood."""

    about: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """Hold a country that both editions list, with the statements that differ."""

    entry: Entry
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what an edition changes against the one it corrects; where it corrects none, everything is added."""

    key: str
    corrects: str
    changes: tuple[Change, ...]
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[ChangedEntry, ...]


def differences(editions: "QuerySet[ListEdition]") -> list[Difference]:
    """Return what each of these editions changes against the one it corrects; three queries, however many they are."""
    rows = editions.select_related("corrects__corrects").prefetch_related("entries", "corrects__entries")
    return [_difference(row) for row in rows]


def _difference(row: ListEdition) -> Difference:
    edition = edition_record(row)
    corrected = edition_record(cast(ListEdition, row.corrects)) if row.corrects else None
    new = {entry.code: entry for entry in edition.entries}
    old = {entry.code: entry for entry in corrected.entries} if corrected else {}
    both = [(old[code], new[code]) for code in sorted(new.keys() & old.keys()) if new[code] != old[code]]
    return Difference(
        key=edition.key,
        corrects=edition.corrects,
        changes=tuple(_edition_changes(corrected, edition)) if corrected else (),
        added=tuple(new[code] for code in sorted(new.keys() - old.keys())),
        removed=tuple(old[code] for code in sorted(old.keys() - new.keys())),
        changed=tuple(ChangedEntry(entry, tuple(_entry_changes(was, entry))) for was, entry in both),
    )


def _edition_changes(old: Edition, new: Edition) -> Iterator[Change]:
    for name in EDITION_STATEMENTS:
        yield from _change(_about(ListEdition, name), getattr(old, name), getattr(new, name))
    yield from _change(_about(ListEdition, "source_title"), old.source, new.source)
    yield from _change(_about(ListEdition, "further_sources"), old.further_sources, new.further_sources)


def _entry_changes(old: Entry, new: Entry) -> Iterator[Change]:
    for name in ENTRY_STATEMENTS:
        yield from _change(_about(ListEntry, name), getattr(old, name), getattr(new, name))


def _change(about: str, old: Any, new: Any) -> Iterator[Change]:
    if old != new:
        yield Change(about, _in_words(old), _in_words(new))


def _about(model: type[ListEdition] | type[ListEntry], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name"))  # noqa: B009 - a relation has none


def _in_words(value: Any) -> str:
    if isinstance(value, Treatment | Confidence):
        return labels.label(value)
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, tuple):
        return "; ".join(map(_in_words, value))
    if isinstance(value, Source):
        dated = in_words(value.dated) if value.dated else ""
        return ", ".join(filter(None, (value.title, value.url, dated, value.file_hash)))
    return value or ""

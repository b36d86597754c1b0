"""Compare a draft with what it corrects or takes over from, statement by statement, for those who answer for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import QuerySet

from eligibility import labels
from eligibility.explain import condition_in_words
from eligibility.models import ListEdition, ListEntry, RuleVersion
from eligibility.models.permanence import OfficialQuerySet
from eligibility.records import Condition, Confidence, ContentStatus, Edition, Entry, Rule, Source, Treatment
from eligibility.register import edition_record, rule_record
from eligibility.services.publications import OfficialRow
from webinar_site.foundation.days import day_in_words

EDITION_STATEMENTS = ("title", "starts", "ends", "wording", "note", "confidence")
RULE_STATEMENTS = ("starts", "ends", "wording", "note")
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
class StatementChange:
    """Hold one statement that differs: what it is about, and in words what it was and is; empty where there was
    nothing."""

    about: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """Hold a country that both editions list, with the statements that differ."""

    entry: Entry
    changes: tuple[StatementChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what an edition changes against the one it corrects, or else takes over from.

    The keys of these two are empty where there is none; an edition that has neither is the first of its list, and
    everything is added.
    """

    key: str
    corrects: str
    changes: tuple[StatementChange, ...]
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[ChangedEntry, ...]
    takes_over_from: str = ""


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """Hold what a rule version changes against the one it corrects, or else takes over from."""

    key: str
    corrects: str
    changes: tuple[StatementChange, ...]
    takes_over_from: str = ""


def edition_differences(editions: "QuerySet[ListEdition]") -> list[Difference]:
    """Return what each of these editions changes; five queries at most, however many they are."""
    rows = editions.select_related("publication", "corrects__corrects")
    found = list(rows.prefetch_related("entries", "corrects__entries"))
    lists = {row.list_key for row in found if row.corrects is None}
    others = _in_order(ListEdition.objects.filter(list_key__in=lists).prefetch_related("entries"))
    return [_difference(row, _corrected(row) or _taken_over(row, others)) for row in found]


def rule_differences(rules: "QuerySet[RuleVersion]") -> list[RuleDifference]:
    """Return what each of these rule versions changes; two queries at most, however many they are."""
    rows = rules.select_related("publication", "audience", "corrects__audience", "corrects__corrects")
    found = list(rows)
    audiences = {row.audience_id for row in found if row.corrects is None}
    others = _in_order(RuleVersion.objects.filter(audience__in=audiences).select_related("audience"))
    return [_rule_difference(row, _corrected(row) or _taken_over(row, others)) for row in found]


def _corrected(row: OfficialRow) -> OfficialRow | None:
    return cast("OfficialRow | None", row.corrects)


def _in_order(rows: "OfficialQuerySet[OfficialRow]") -> list[OfficialRow]:
    official = rows.published().select_related("publication", "corrects")
    return list(official.order_by("publication__number", "pk"))


def _taken_over(row: OfficialRow, others: list[OfficialRow]) -> OfficialRow | None:
    """Return the row, of those published before this one, that starts last up to its first day."""
    earlier = [
        other
        for other in others
        if _series(other) == _series(row)
        and (other.starts or date.min) <= (row.starts or date.min)
        and (row.publication is None or _official_order(other) < _official_order(row))
    ]
    return max(earlier, key=lambda other: (other.starts or date.min, *_official_order(other)), default=None)


def _series(row: ListEdition | RuleVersion) -> str | int:
    return row.list_key if isinstance(row, ListEdition) else row.audience_id


def _official_order(row: ListEdition | RuleVersion) -> tuple[int, int]:
    return (row.publication.number if row.publication else 0, row.pk)


def _difference(row: ListEdition, other: ListEdition | None) -> Difference:
    edition = edition_record(row)
    before = edition_record(other) if other else None
    new = {entry.code: entry for entry in edition.entries}
    old = {entry.code: entry for entry in before.entries} if before else {}
    both = [(old[code], new[code]) for code in sorted(new.keys() & old.keys()) if new[code] != old[code]]
    return Difference(
        key=edition.key,
        corrects=edition.corrects,
        changes=tuple(_edition_changes(before, edition)),
        added=tuple(new[code] for code in sorted(new.keys() - old.keys())),
        removed=tuple(old[code] for code in sorted(old.keys() - new.keys())),
        changed=tuple(ChangedEntry(entry, tuple(_entry_changes(was, entry))) for was, entry in both),
        takes_over_from=before.key if before and not edition.corrects else "",
    )


def _rule_difference(row: RuleVersion, other: RuleVersion | None) -> RuleDifference:
    rule = rule_record(row)
    before = rule_record(other) if other else None
    return RuleDifference(
        key=rule.key,
        corrects=rule.corrects,
        changes=tuple(_rule_changes(before, rule)),
        takes_over_from=before.key if before and not rule.corrects else "",
    )


def _edition_changes(old: Edition | None, new: Edition) -> Iterator[StatementChange]:
    for name in EDITION_STATEMENTS:
        yield from _change(_about(ListEdition, name), getattr(old, name, ""), getattr(new, name))
    yield from _source_changes(old, new)


def _rule_changes(old: Rule | None, new: Rule) -> Iterator[StatementChange]:
    for name in RULE_STATEMENTS:
        yield from _change(_about(RuleVersion, name), getattr(old, name, ""), getattr(new, name))
    yield from _change(_about(RuleVersion, "content_status"), old.status if old else "", new.status)
    for name in ("lists", "conditions"):
        yield from _exchanged(_about(RuleVersion, name), getattr(old, name, ()), getattr(new, name))
    yield from _source_changes(old, new)


def _exchanged(about: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[StatementChange]:
    """Yield each of several things that is there no longer, then each that is new."""
    yield from (StatementChange(about, _in_words(thing), "") for thing in old if thing not in new)
    yield from (StatementChange(about, "", _in_words(thing)) for thing in new if thing not in old)


def _source_changes(old: Edition | Rule | None, new: Edition | Rule) -> Iterator[StatementChange]:
    yield from _change(_about(ListEdition, "source_title"), old.source if old else "", new.source)
    before = old.further_sources if old else ()
    yield from _change(_about(ListEdition, "further_sources"), before, new.further_sources)


def _entry_changes(old: Entry, new: Entry) -> Iterator[StatementChange]:
    for name in ENTRY_STATEMENTS:
        yield from _change(_about(ListEntry, name), getattr(old, name), getattr(new, name))


def _change(about: str, old: Any, new: Any) -> Iterator[StatementChange]:
    if (old or "") != (new or ""):
        yield StatementChange(about, _in_words(old), _in_words(new))


def _about(model: type[ListEdition | ListEntry | RuleVersion], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name"))  # noqa: B009 - a relation has none


def _in_words(value: Any) -> str:
    if isinstance(value, Treatment | Confidence | ContentStatus):
        return labels.label(value)
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, tuple):
        return "; ".join(map(_in_words, value))
    if isinstance(value, Source):
        dated = day_in_words(value.dated) if value.dated else ""
        return ", ".join(filter(None, (value.title, value.url, dated, value.file_hash)))
    if isinstance(value, Condition):
        return condition_in_words(value)
    return value or ""

"""Read what is published as one frozen `Register`, cached per process under the newest publication."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from eligibility.countries import CODES
from eligibility.models import Audience, ListEdition, ListEntry, Official, Publication, RuleVersion
from eligibility.records import (
    Condition,
    Confidence,
    ContentStatus,
    Edition,
    Entry,
    Register,
    Rule,
    Source,
    Treatment,
)


class PublicationStamp(NamedTuple):
    """Identify the newest publication, and so everything published.

    Beyond its number, which another database of this process (in tests) may use again.
    """

    number: int
    content_hash: str
    published_at: datetime | None


NOTHING_PUBLISHED = PublicationStamp(0, "", None)


def newest_publication() -> int:
    """Return the number of the newest publication, 0 where nothing is published; one query."""
    return newest().number


def current(audience_key: str | None = None) -> Register:
    """Return everything published for an audience; without a key, for the site's first one.

    One query when warm. An unknown audience has no rules, so that every verdict under it is `review`.
    """
    return as_of(newest(), audience_key)


def newest() -> PublicationStamp:
    """Return the stamp of the newest publication; one query."""
    row = (
        Publication.objects.order_by("-number").values_list("number", "content_hash", "published_at").first()
    )
    return PublicationStamp(*row) if row else NOTHING_PUBLISHED


@lru_cache(maxsize=8)
def as_of(stamp: PublicationStamp, audience_key: str | None = None) -> Register:
    """Return what `current` does; the caller has just read the stamp."""
    audiences = Audience.objects.order_by("pk")
    if audience_key is not None:
        audiences = audiences.filter(key=audience_key)
    audience = audiences.first()
    return Register(
        publication=stamp.number,
        editions=published_editions(),
        rules=tuple(rule for rule in published_rules() if audience and rule.audience == audience.key),
        countries=CODES,
    )


def published_editions() -> tuple[Edition, ...]:
    """Return all published editions with their entries, in the order of publication; two queries."""
    rows = ListEdition.objects.published().select_related("corrects").prefetch_related("entries")
    return tuple(edition_record(row) for row in rows.order_by("publication__number", "pk"))


def published_rules() -> tuple[Rule, ...]:
    """Return all published rules of all audiences, in the order of publication; one query."""
    rows = RuleVersion.objects.published().select_related("audience", "corrects")
    return tuple(rule_record(row) for row in rows.order_by("publication__number", "pk"))


def edition_record(row: ListEdition) -> Edition:
    """Return an edition's row and its entries as a record, entries in the order of their codes."""
    return Edition(
        list_key=row.list_key,
        key=row.key,
        title=row.title,
        starts=row.starts,
        ends=row.ends,
        source=_source(row),
        wording=row.wording,
        note=row.note,
        confidence=Confidence(row.confidence),
        corrects=row.corrects.key if row.corrects else "",
        further_sources=stored_sources(row.further_sources),
        entries=tuple(
            sorted((_entry_record(entry) for entry in row.entries.all()), key=lambda entry: entry.code)
        ),
    )


def rule_record(row: RuleVersion) -> Rule:
    """Return a rule's row as a record."""
    return Rule(
        audience=row.audience.key,
        key=row.key,
        source=_source(row),
        status=ContentStatus(row.content_status),
        starts=row.starts,
        ends=row.ends,
        lists=tuple(row.lists),
        conditions=tuple(_condition(stored) for stored in row.conditions),
        wording=row.wording,
        note=row.note,
        corrects=row.corrects.key if row.corrects else "",
        further_sources=stored_sources(row.further_sources),
    )


def _entry_record(row: ListEntry) -> Entry:
    return Entry(
        code=row.code,
        name=row.name,
        treatment=Treatment(row.treatment),
        parent=row.parent,
        group=row.group,
        wording=row.wording,
        note=row.note,
        exclusions=row.exclusions,
        signed=row.signed,
        in_force=row.in_force,
        attested=row.attested,
        confidence=Confidence(row.confidence),
        sources=stored_sources(row.sources),
    )


def _source(row: Official) -> Source:
    return Source(row.source_title, row.source_url, row.source_date, row.source_hash)


def stored_sources(stored: list[dict[str, Any]]) -> tuple[Source, ...]:
    """Return the sources that a row keeps as JSON."""
    return tuple(
        Source(
            source["title"], source["url"], date.fromisoformat(source["dated"]) if source["dated"] else None
        )
        for source in stored
    )


def _condition(stored: dict[str, Any]) -> Condition:
    return Condition(tuple(stored["organisation_types"]), stored["reason"], tuple(stored["countries"]))

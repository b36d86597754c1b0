"""Bring the dated files into the tables: what is new becomes one publication, what is published stays as it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import TypeVar

from django.db import transaction

from eligibility import consistency
from eligibility.countries import CODES
from eligibility.datafiles import AudienceFile, DataFiles
from eligibility.models import Audience, ListEdition, RuleVersion
from eligibility.records import Edition, Rule
from eligibility.register import edition_record, rule_record
from eligibility.services import drafts, publications

SeededRecord = TypeVar("SeededRecord", Edition, Rule)

NOTE = "Loaded from the dated files of the program."


@dataclass(frozen=True, slots=True)
class Seeding:
    """Hold what the tables do not have yet, and the keys of what they have with other content, which stays so."""

    audiences: tuple[AudienceFile, ...]
    editions: tuple[Edition, ...]
    rules: tuple[Rule, ...]
    differing: tuple[str, ...]
    publication: int | None = None


@transaction.atomic
def load_files(files: DataFiles, *, dry_run: bool = False) -> Seeding:
    """Publish what the files state and the tables do not have yet; running it again does nothing.

    Returns what is new, with the number of its publication, which is None on a dry run and where nothing is new.
    Raises `PublishingRefused` when the files contradict themselves or what is published.
    """
    if problems := consistency.problems(files.editions, files.rules, CODES):
        raise publications.PublishingRefused(" ".join(problem.message for problem in problems))
    seeding = _compare(files)
    if dry_run:
        return seeding
    for audience in seeding.audiences:
        Audience.objects.create(key=audience.key, name=audience.name)
    if not seeding.editions and not seeding.rules:
        return seeding
    publication = publications.publish_seed(
        editions=[drafts.draft_edition(edition).pk for edition in seeding.editions],
        rules=[drafts.draft_rule(rule).pk for rule in seeding.rules],
        note=NOTE,
    )
    return replace(seeding, publication=publication.number)


def _compare(files: DataFiles) -> Seeding:
    edition_rows = ListEdition.objects.select_related("corrects").prefetch_related("entries")
    rule_rows = RuleVersion.objects.select_related("audience", "corrects")
    audiences = set(Audience.objects.values_list("key", flat=True))
    editions = {row.key: edition_record(row) for row in edition_rows}
    rules = {row.key: rule_record(row) for row in rule_rows}
    return Seeding(
        audiences=tuple(audience for audience in files.audiences if audience.key not in audiences),
        editions=_corrected_first(edition for edition in files.editions if edition.key not in editions),
        rules=_corrected_first(rule for rule in files.rules if rule.key not in rules),
        differing=(
            *(edition.key for edition in files.editions if editions.get(edition.key, edition) != edition),
            *(rule.key for rule in files.rules if rules.get(rule.key, rule) != rule),
        ),
    )


def _corrected_first(records: Iterable[SeededRecord]) -> tuple[SeededRecord, ...]:
    """Return the records in an order in which whatever is corrected comes before its correction."""
    by_key = {record.key: record for record in records}
    order = TopologicalSorter({key: {record.corrects} for key, record in by_key.items()})
    return tuple(by_key[key] for key in order.static_order() if key in by_key)

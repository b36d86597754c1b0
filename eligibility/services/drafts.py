"""Drafts of lists and rules: written, taken over from what holds, changed; two people make them official.

Whoever changes a draft locks it, and is refused where somebody has published or proposed it meanwhile.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility import consistency
from eligibility.models import Audience, ListEdition, ListEntry, RuleVersion
from eligibility.models.permanence import OfficialQuerySet
from eligibility.records import Edition, Entry, Rule, Source
from eligibility.register import edition_record, rule_record
from eligibility.services.publications import OfficialRow, PublishingRefused
from webinar_site.foundation.days import day_in_words


def draft_edition(record: Edition) -> ListEdition:
    """Write an edition and its entries as a draft, and return it."""
    row = ListEdition(
        **_official_columns(record),
        list_key=record.list_key,
        title=record.title,
        starts=record.starts,
        confidence=record.confidence,
        corrects=ListEdition.objects.get(key=record.corrects) if record.corrects else None,
    )
    with transaction.atomic():
        row.save()
        write_entries(row, record.entries)
    return row


def write_entries(row: ListEdition, entries: Iterable[Entry]) -> None:
    """Insert the entries of a draft edition, which has none of these countries yet."""
    ListEntry.objects.bulk_create(
        ListEntry(edition=row, **asdict(entry) | {"sources": _stored(entry.sources)}) for entry in entries
    )


def draft_rule(record: Rule) -> RuleVersion:
    """Write a rule version as a draft, and return it; its audience must exist.

    Raises `PublishingRefused` when it would start before what it corrects.
    """
    rows = RuleVersion.objects.select_related("audience", "corrects")
    corrects = rows.get(key=record.corrects) if record.corrects else None
    if corrects:
        refuse_early_correction(record.key, record.starts, rule_record(corrects))
    return RuleVersion.objects.create(
        **rule_columns(record), audience=Audience.objects.get(key=record.audience), corrects=corrects
    )


def refuse_early_correction(key: str, starts: date | None, corrected: Edition | Rule) -> None:
    """Raise `PublishingRefused` where a correction would start before what it corrects, and so do nothing."""
    if why := consistency.why_too_early(key, starts, corrected):
        raise PublishingRefused(why)


def rule_columns(record: Rule) -> dict[str, Any]:
    """Return what a rule states by the columns of its row, all but its audience and what it corrects."""
    return {
        **_official_columns(record),
        "starts": record.starts,
        "content_status": record.status,
        "lists": list(record.lists),
        "conditions": [_json_ready(asdict(condition)) for condition in record.conditions],
    }


def draft_correction(edition_id: int, *, key: str, starts: date, source: Source) -> ListEdition:
    """Write a draft that copies an edition with its entries and names it as what it corrects, and return it.

    The copy has the key, first day and source given; it keeps the last day of the original unless that is over by then.
    Raises `PublishingRefused` when it would start before the original.
    """
    row = ListEdition.objects.select_related("corrects").prefetch_related("entries").get(pk=edition_id)
    original = edition_record(row)
    refuse_early_correction(key, starts, original)
    ends = original.ends if original.ends and original.ends >= starts else None
    return draft_edition(
        replace(original, key=key, starts=starts, ends=ends, source=source, corrects=original.key)
    )


def draft_next(edition_id: int, *, key: str, starts: date, source: Source, with_entries: bool) -> ListEdition:
    """Write a draft that takes over from an edition of its list on a later day and corrects nothing, and return it.

    It copies the original, with or without its entries, and keeps its last day unless that is over by then. Raises
    `PublishingRefused` when the day is not later than the first day of the original.
    """
    row = ListEdition.objects.select_related("corrects").prefetch_related("entries").get(pk=edition_id)
    original = edition_record(row)
    if starts <= original.starts:
        words = {"key": original.key, "first": day_in_words(original.starts)}
        raise PublishingRefused(_("It must start later than %(key)s, which starts on %(first)s.") % words)
    return draft_edition(
        replace(
            original,
            key=key,
            starts=starts,
            ends=original.ends if original.ends and original.ends >= starts else None,
            source=source,
            corrects="",
            entries=original.entries if with_entries else (),
        )
    )


@transaction.atomic
def replace_entries(edition_id: int, entries: Iterable[Entry]) -> ListEdition:
    """Let a draft edition have these entries and no others, and return it.

    Raises `PublishingRefused` when the draft is gone, published or proposed.
    """
    row = _lock_editable(ListEdition.objects.all(), edition_id)
    row.entries.all().delete()
    write_entries(row, entries)
    return row


@transaction.atomic
def change_rule(rule_id: int, record: Rule) -> RuleVersion:
    """Let a draft rule state what a record states, and return it; its audience and what it corrects stay.

    Raises `PublishingRefused` when the draft is gone, published or proposed, and when it would start before what it
    corrects.
    """
    row = _lock_editable(RuleVersion.objects.all(), rule_id)
    if row.corrects_id:
        corrected = RuleVersion.objects.select_related("audience", "corrects").get(pk=row.corrects_id)
        refuse_early_correction(record.key, record.starts, rule_record(corrected))
    columns = rule_columns(record)
    for column, value in columns.items():
        setattr(row, column, value)
    row.save(update_fields=list(columns))
    return row


def _lock_editable(rows: "OfficialQuerySet[OfficialRow]", pk: int) -> OfficialRow:
    row = rows.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise PublishingRefused(_("The draft is no longer there."))
    if row.publication_id is not None:
        raise PublishingRefused(_("%(key)s is already published.") % {"key": row.key})
    if row.proposal_id is not None:
        raise PublishingRefused(_("%(key)s is already proposed.") % {"key": row.key})
    return row


def _official_columns(record: Edition | Rule) -> dict[str, Any]:
    return {
        "key": record.key,
        "source_title": record.source.title,
        "source_url": record.source.url,
        "source_date": record.source.dated,
        "source_hash": record.source.file_hash,
        "further_sources": _stored(record.further_sources),
        "wording": record.wording,
        "note": record.note,
        "ends": record.ends,
    }


def _stored(sources: tuple[Source, ...]) -> list[dict[str, str]]:
    return [
        {"title": source.title, "url": source.url, "dated": source.dated.isoformat() if source.dated else ""}
        for source in sources
    ]


def _json_ready(value: dict[str, Any]) -> dict[str, Any]:
    return {key: list(item) if isinstance(item, tuple) else item for key, item in value.items()}

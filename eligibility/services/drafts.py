"""Write drafts by hand: the next edition of a list, the entries of an edition, a rule version again.

Everything here locks the draft it changes and refuses when somebody has published or proposed it meanwhile.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.models import ListEdition, RuleVersion
from eligibility.permanence import OfficialQuerySet
from eligibility.records import Entry, Rule, Source
from eligibility.register import edition_record, rule_record
from eligibility.services import publications
from eligibility.services.publications import PublishingRefused
from webinar_site.foundation.days import in_words

Row = TypeVar("Row", ListEdition, RuleVersion)


def draft_next(edition_id: int, *, key: str, starts: date, source: Source, with_entries: bool) -> ListEdition:
    """Write a draft that takes over from an edition of its list on a later day and corrects nothing, and return it.

    It copies the original, with or without its entries, and keeps its last day unless that is over by then. Raises
    `PublishingRefused` when the day is not later than the first day of the original.
    """
    row = ListEdition.objects.select_related("corrects").prefetch_related("entries").get(pk=edition_id)
    original = edition_record(row)
    if starts <= original.starts:
        words = {"key": original.key, "first": in_words(original.starts)}
        raise PublishingRefused(_("It must start later than %(key)s, which starts on %(first)s.") % words)
    return publications.draft_edition(
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
    publications.write_entries(row, entries)
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
        publications.refuse_early_correction(record.key, record.starts, rule_record(corrected))
    columns = publications.rule_columns(record)
    for column, value in columns.items():
        setattr(row, column, value)
    row.save(update_fields=list(columns))
    return row


def _lock_editable(rows: "OfficialQuerySet[Row]", pk: int) -> Row:
    row = rows.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise PublishingRefused(_("The draft is no longer there."))
    if row.publication_id is not None:
        raise PublishingRefused(_("%(key)s is already published.") % {"key": row.key})
    if row.proposal_id is not None:
        raise PublishingRefused(_("%(key)s is already proposed.") % {"key": row.key})
    return row

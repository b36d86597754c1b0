"""Draft and publish: editions and rules become official by numbered acts of two people."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import consistency
from eligibility.countries import CODES
from eligibility.models import Audience, ListEdition, ListEntry, Publication, RuleVersion
from eligibility.permanence import OfficialQuerySet
from eligibility.records import Edition, Entry, Register, Rule, Source
from eligibility.register import (
    edition_record,
    newest_publication,
    published_editions,
    published_rules,
    rule_record,
)

Row = TypeVar("Row", ListEdition, RuleVersion)


class PublishingRefused(ValueError):
    """Tell why something cannot be published; the message is fit to be shown."""


@dataclass(frozen=True, slots=True)
class AlteredPublication:
    """Hold the number of a publication that is no longer what was published, and in words what is wrong."""

    number: int
    what: str


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


def draft_copy(edition_id: int, *, key: str, starts: date, source: Source) -> ListEdition:
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


def publish(*, editions: list[int], rules: list[int], by: User, confirmed_by: User, note: str) -> Publication:
    """Make drafts official, for ever, under the next number.

    Takes the ids of the drafts and two different members of staff. Raises `PublishingRefused` when it is one person
    twice, when a row is gone or already published, and when what would then be published contradicts itself.
    """
    if by.pk == confirmed_by.pk:
        raise PublishingRefused(_("Whoever publishes cannot confirm it too: a second person has to."))
    act = Publication(origin=Publication.Origin.STAFF, published_by=by, confirmed_by=confirmed_by, note=note)
    return _publish(act, editions, rules)


def publish_seed(*, editions: list[int], rules: list[int], note: str) -> Publication:
    """Make drafts that came from the dated files official; only `load_eligibility` has nobody's name on its act."""
    return _publish(Publication(origin=Publication.Origin.SEED, note=note), editions, rules)


def publishable(editions: list[int], rules: list[int]) -> tuple[tuple[Edition, ...], tuple[Rule, ...]]:
    """Return the records of drafts that may be published together now.

    Raises `PublishingRefused` when a row is gone or already published, and when what would then be published
    contradicts itself.
    """
    edition_rows = ListEdition.objects.select_related("corrects").prefetch_related("entries")
    new_editions = tuple(edition_record(row) for row in _drafts(edition_rows, editions))
    rule_rows = RuleVersion.objects.select_related("audience", "corrects")
    new_rules = tuple(rule_record(row) for row in _drafts(rule_rows, rules))
    _refuse_contradictions(new_editions, new_rules)
    return new_editions, new_rules


def content_hash(editions: Iterable[Edition], rules: Iterable[Rule]) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of these records, whatever their order."""
    content = {
        "editions": sorted((asdict(edition) for edition in editions), key=lambda edition: edition["key"]),
        "rules": sorted((asdict(rule) for rule in rules), key=lambda rule: (rule["audience"], rule["key"])),
    }
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat
    )
    return hashlib.sha256(text.encode()).hexdigest()


def altered_publications(known: int = 0) -> list[AlteredPublication]:
    """Return the publications that are gone or no longer have the hash they were published with, in order of number.

    Numbers are given without a gap, so one that is missing is gone; `known` is the highest number that anything else
    names, without which nobody could tell that the newest is gone. A publication has one hash, so what is said names
    all its rows, not the one that was altered. Four queries.
    """
    editions = ListEdition.objects.select_related("corrects").prefetch_related("entries")
    rules = RuleVersion.objects.select_related("audience", "corrects")
    publications = (
        Publication.objects.order_by("number")
        .prefetch_related(Prefetch("listeditions", editions))
        .prefetch_related(Prefetch("ruleversions", rules))
    )
    by_number = {publication.number: publication for publication in publications}
    return [
        AlteredPublication(number, what)
        for number in range(1, max(known, *by_number, 0) + 1)
        if (what := _alteration(by_number.get(number)))
    ]


def _alteration(publication: Publication | None) -> str:
    if publication is None:
        return _("It is gone: numbers are given without a gap.")
    editions, rules = publication.listeditions.all(), publication.ruleversions.all()
    if not editions and not rules:
        return _("All its rows are gone.")
    named = {"keys": ", ".join(row.key for row in (*editions, *rules))}
    try:
        found = content_hash(map(edition_record, editions), map(rule_record, rules))
    except (KeyError, TypeError, ValueError):
        # Whoever altered a row need not have left it legible, and the other publications are still to be checked.
        return _("What was published cannot be read any more. Rows now: %(keys)s.") % named
    if found == publication.content_hash:
        return ""
    return _("What was published has been altered. Rows now: %(keys)s.") % named


@transaction.atomic
def _publish(act: Publication, editions: list[int], rules: list[int]) -> Publication:
    _wait_for_others()
    new_editions, new_rules = publishable(editions, rules)
    act.number = newest_publication() + 1
    act.published_at = timezone.now()
    act.content_hash = content_hash(new_editions, new_rules)
    act.save()
    ListEdition.objects.filter(pk__in=editions).mark_published(act)
    RuleVersion.objects.filter(pk__in=rules).mark_published(act)
    return act


def _wait_for_others() -> None:
    """Lock the audiences, so that two publications get two numbers and each sees what the other published."""
    list(Audience.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _drafts(rows: "OfficialQuerySet[Row]", ids: list[int]) -> list[Row]:
    found = list(rows.filter(pk__in=ids).order_by("pk"))
    if len(found) != len(set(ids)):
        raise PublishingRefused(_("Something to be published is no longer there."))
    for row in found:
        if row.publication_id is not None:
            raise PublishingRefused(_("%(key)s is already published.") % {"key": row.key})
        earlier_here = row.corrects_id in ids and row.corrects_id < row.pk
        if row.corrects and row.corrects.publication_id is None and not earlier_here:
            raise PublishingRefused(_("%(key)s corrects a draft.") % {"key": row.key})
    return found


def _refuse_contradictions(new_editions: tuple[Edition, ...], new_rules: tuple[Rule, ...]) -> None:
    if not new_editions and not new_rules:
        raise PublishingRefused(_("There is nothing to publish."))
    old_editions, old_rules = published_editions(), published_rules()
    editions, rules = (*old_editions, *new_editions), (*old_rules, *new_rules)
    # What was once published stays for ever, so what is wrong in it alone must not stand in the way of its correction.
    known = consistency.problems(old_editions, old_rules, CODES)
    found = consistency.problems(editions, rules, CODES)
    messages = [problem.message for problem in found if problem not in known]
    for audience in sorted({rule.audience for rule in rules}):
        before, after = (
            Register(0, some, tuple(rule for rule in rules if rule.audience == audience), CODES)
            for some in (old_editions, editions)
        )
        messages += consistency.lost_lists(before, after)
        messages += consistency.lists_not_in_force(new_rules, after)
    if messages:
        raise PublishingRefused(" ".join(messages))


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

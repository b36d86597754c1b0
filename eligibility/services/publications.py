"""Publications: drafts of lists and rules become official, for ever, by numbered acts of two people."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import consistency
from eligibility.countries import CODES
from eligibility.models import Audience, ListEdition, Publication, RuleVersion
from eligibility.models.permanence import OfficialQuerySet
from eligibility.records import Edition, Register, Rule
from eligibility.register import (
    edition_record,
    newest_publication,
    published_editions,
    published_rules,
    rule_record,
)

OfficialRow = TypeVar("OfficialRow", ListEdition, RuleVersion)


class PublishingRefused(ValueError):
    """Tell why something cannot be published; the message is fit to be shown."""


@dataclass(frozen=True, slots=True)
class AlteredPublication:
    """Hold the number of a publication that is no longer what was published, and in words what is wrong."""

    number: int
    what: str


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


def _drafts(rows: "OfficialQuerySet[OfficialRow]", ids: list[int]) -> list[OfficialRow]:
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
    # What was once published stays for ever, so what is wrong in it alone must not be in the way of its correction.
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

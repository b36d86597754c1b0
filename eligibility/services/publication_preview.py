"""Read what would be published if some drafts were published now; nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.consistency import disputes
from eligibility.countries import CODES
from eligibility.models import ListEdition, RuleVersion
from eligibility.records import Edition, Register, Rule
from eligibility.register import (
    edition_record,
    newest_publication,
    published_editions,
    published_rules,
    rule_record,
)
from eligibility.services.publications import publishable


@dataclass(frozen=True, slots=True)
class Prospect:
    """Hold all that would be published, in the order of publication, and the number the publication would get."""

    publication: int
    editions: tuple[Edition, ...]
    rules: tuple[Rule, ...]

    def register(self, audience_key: str) -> Register:
        """Return an audience's Register as `register.current` would then return it; an unknown one has no rules."""
        return Register(
            publication=self.publication,
            editions=self.editions,
            rules=tuple(rule for rule in self.rules if rule.audience == audience_key),
            countries=CODES,
        )


def if_published(*, editions: list[int], rules: list[int]) -> Prospect:
    """Return what would be published if these drafts, given by their ids, were published together now.

    Raises `PublishingRefused` where publishing them would.
    """
    new_editions, new_rules = publishable(editions, rules)
    return Prospect(
        publication=newest_publication() + 1,
        editions=(*published_editions(), *new_editions),
        rules=(*published_rules(), *new_rules),
    )


def disputed_territories(*, editions: Iterable[int], rules: Iterable[int]) -> list[str]:
    """Return a sentence for each territory that lists would settle differently if these drafts were published now.

    The drafts are given by their ids; whether they may be published is not asked, so that it can be told while they are
    written. What is in dispute among the published lists already is left out.
    """
    edition_rows = ListEdition.objects.drafts().filter(pk__in=editions).select_related("corrects")
    rule_rows = RuleVersion.objects.drafts().filter(pk__in=rules).select_related("audience", "corrects")
    old_editions, old_rules = published_editions(), published_rules()
    new_editions = tuple(map(edition_record, edition_rows.prefetch_related("entries").order_by("pk")))
    all_rules = (*old_rules, *map(rule_record, rule_rows.order_by("pk")))
    return [
        sentence
        for audience in sorted({rule.audience for rule in all_rules})
        for sentence in disputes(
            _register(old_editions, old_rules, audience),
            _register((*old_editions, *new_editions), all_rules, audience),
        )
    ]


def _register(editions: tuple[Edition, ...], rules: tuple[Rule, ...], audience: str) -> Register:
    return Register(0, editions, tuple(rule for rule in rules if rule.audience == audience), CODES)

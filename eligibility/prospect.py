"""Read what would be published if some drafts were published now; nothing is written."""

from dataclasses import dataclass

from eligibility.countries import CODES
from eligibility.publishing import publishable
from eligibility.records import Edition, Register, Rule
from eligibility.register import newest_publication, published_editions, published_rules


@dataclass(frozen=True, slots=True)
class Prospect:
    """Hold everything that would be published, in the order of publication, and the number the publication would get."""

    publication: int
    editions: tuple[Edition, ...]
    rules: tuple[Rule, ...]

    def register(self, audience_key: str) -> Register:
        """Return the Register of an audience as `register.current` would then return it; an unknown one has no rules."""
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

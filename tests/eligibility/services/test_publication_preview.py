"""What would be published, against what then is published."""

from datetime import date

import pytest

from eligibility.models import Audience, ListEdition, Publication, RuleVersion
from eligibility.register import current, newest_publication
from eligibility.services.drafts import draft_edition, draft_rule
from eligibility.services.publication_preview import if_published
from eligibility.services.publications import PublishingRefused, publish
from tests.eligibility.factories import corrected_cosme, edition, member_of_staff, rule

pytestmark = pytest.mark.django_db


def drafts(with_edition, with_rule):
    """Return the ids of a corrected edition and of a new rule, each if asked for."""
    key = Audience.objects.get().key
    editions = [corrected_cosme().pk] if with_edition else []
    law = rule("RULE", "COSME-3C", "ENI", audience=key, starts=date(2020, 6, 1)) if with_rule else None
    return editions, [draft_rule(law).pk] if law else []


@pytest.mark.parametrize(
    ("with_edition", "with_rule"), [(True, False), (True, True)], ids=["an edition", "an edition and a rule"]
)
def test_prospect_is_the_register_after_the_publication(seeded, with_edition, with_rule):
    editions, rules = drafts(with_edition, with_rule)

    prospect = if_published(editions=editions, rules=rules)
    one, two = member_of_staff("one"), member_of_staff("two")
    publish(editions=editions, rules=rules, by=one, confirmed_by=two, note="Corrigendum")

    key = Audience.objects.get().key
    assert prospect.publication == newest_publication() == 2
    assert prospect.register(key) == current(key)
    assert prospect.register("nobody") == current("nobody")


def test_prospect_writes_nothing(seeded):
    editions, rules = drafts(with_edition=True, with_rule=False)
    tables = (Publication, ListEdition, RuleVersion)
    before = [list(model.objects.order_by("pk").values()) for model in tables]

    if_published(editions=editions, rules=rules)

    assert [list(model.objects.order_by("pk").values()) for model in tables] == before


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (lambda: ListEdition.objects.published().first(), "is already published"),
        (lambda: draft_edition(edition("E", "FR", list_key="ENI", starts=date(2014, 1, 1))), "ENI"),
    ],
    ids=["published already", "contradicts what is published"],
)
def test_prospect_is_refused_where_publishing_would_be(seeded, record, message):
    with pytest.raises(PublishingRefused, match=message):
        if_published(editions=[record().pk], rules=[])

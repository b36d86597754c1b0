"""Drafts become official when one person proposes them and another confirms."""

from datetime import UTC, date, datetime

import pytest

from eligibility.models import Audience, ListEdition, PublicationProposal
from eligibility.proposing import confirm, decline, propose
from eligibility.publishing import PublishingRefused, draft_edition, draft_rule, publish
from tests.eligibility.factories import corrected_cosme, edition, member_of_staff, published, rule

pytestmark = pytest.mark.django_db

NOW = datetime(2020, 4, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def one():
    return member_of_staff("one")


@pytest.fixture
def two():
    return member_of_staff("two")


def proposed(by, *editions, rules=()) -> PublicationProposal:
    """Return a proposal of these drafts."""
    return propose(
        editions=[row.pk for row in editions],
        rules=[row.pk for row in rules],
        by=by,
        note="Corrigendum",
        now=NOW,
    )


def test_propose_lets_drafts_wait(seeded, one):
    draft = corrected_cosme()
    law = draft_rule(rule("RULE", "COSME-3C", audience=Audience.objects.get().key, starts=date(2020, 6, 1)))

    made = proposed(one, draft, rules=[law])

    assert (made.keys, made.note, made.proposed_by, made.proposed_at, made.is_open) == (
        "COSME-3C-2020, RULE",
        "Corrigendum",
        one,
        NOW,
        True,
    )
    assert (list(made.listeditions.all()), list(made.ruleversions.all())) == ([draft], [law])


def test_confirm_publishes_what_was_proposed(seeded, one, two):
    draft = corrected_cosme()
    made = proposed(one, draft)

    publication = confirm(made.pk, by=two)

    made.refresh_from_db()
    draft.refresh_from_db()
    assert (made.publication, made.is_open, draft.publication) == (publication, False, publication)
    assert (publication.number, publication.published_by, publication.confirmed_by, publication.note) == (
        2,
        one,
        two,
        "Corrigendum",
    )


def test_decline_gives_the_drafts_back(seeded, one, two):
    draft = corrected_cosme()
    made = proposed(one, draft)

    decline(made.pk, by=two, now=NOW)

    made.refresh_from_db()
    draft.refresh_from_db()
    assert (made.declined_by, made.declined_at, made.is_open, made.keys) == (two, NOW, False, "COSME-3C-2020")
    assert (draft.proposal, draft.publication) == (None, None)


def test_decline_gives_rules_back_too(seeded, one, two):
    law = draft_rule(rule("RULE", "COSME-3C", audience=Audience.objects.get().key, starts=date(2020, 6, 1)))

    decline(proposed(one, rules=[law]).pk, by=two, now=NOW)

    law.refresh_from_db()
    assert law.proposal is None


def test_decline_is_open_to_whoever_proposed(seeded, one):
    made = decline(proposed(one, corrected_cosme()).pk, by=one, now=NOW)

    assert made.declined_by == one


def test_declined_draft_is_proposed_again(seeded, one, two):
    draft = corrected_cosme()
    decline(proposed(one, draft).pk, by=two, now=NOW)

    again = proposed(two, draft)

    assert confirm(again.pk, by=one).number == 2


def refused(act, *args, **kwargs) -> str:
    """Return why an act is refused."""
    with pytest.raises(PublishingRefused) as refusal:
        act(*args, **kwargs)
    return str(refusal.value)


def test_confirm_refuses_whoever_proposed(seeded, one):
    draft = corrected_cosme()
    made = proposed(one, draft)

    reason = refused(confirm, made.pk, by=one)

    made.refresh_from_db()
    draft.refresh_from_db()
    assert reason == "Whoever publishes cannot confirm it too: a second person has to."
    assert (made.is_open, draft.publication) == (True, None)


@pytest.mark.parametrize("first", ["confirm", "decline"])
@pytest.mark.parametrize("then", ["confirm", "decline"])
def test_answered_proposal_is_answered_no_more(seeded, one, two, first, then):
    made = proposed(one, corrected_cosme())
    acts = {
        "confirm": lambda: confirm(made.pk, by=two),
        "decline": lambda: decline(made.pk, by=two, now=NOW),
    }
    acts[first]()

    reason = refused(acts[then])

    assert reason == "A colleague was faster: this proposal is already confirmed or declined."


def test_propose_refuses_what_is_proposed(seeded, one, two):
    draft = corrected_cosme()
    proposed(one, draft)

    assert refused(proposed, two, draft) == "COSME-3C-2020 is already proposed."
    assert PublicationProposal.objects.count() == 1


def test_propose_refuses_published_rows(seeded, one):
    assert refused(proposed, one, published("EU-27")) == "EU-27 is already published."


def test_propose_refuses_rows_that_are_gone(seeded, one):
    draft = corrected_cosme()
    ListEdition.objects.filter(pk=draft.pk).delete()

    assert refused(proposed, one, draft) == "Something to be published is no longer there."


def test_propose_refuses_nothing(seeded, one):
    assert refused(proposed, one) == "There is nothing to publish."


def test_propose_refuses_what_could_not_be_published(seeded, one):
    draft = corrected_cosme()
    draft.entries.all().delete()

    assert refused(proposed, one, draft) == "COSME-3C-2020 lists no country."
    assert (PublicationProposal.objects.count(), ListEdition.objects.proposed().count()) == (0, 0)


def test_confirm_refuses_what_was_contradicted_meanwhile(seeded, one, two):
    made = proposed(one, draft_edition(edition("ONE", "FR")))
    other = draft_edition(edition("TWO", "FR"))
    publish(editions=[other.pk], rules=[], by=one, confirmed_by=two, note="")

    reason = refused(confirm, made.pk, by=two)

    made.refresh_from_db()
    assert reason == "TWO, ONE start on the same day and neither corrects the other."
    assert made.is_open


@pytest.mark.parametrize("size", [1, 3])
def test_confirm_takes_a_fixed_number_of_queries(seeded, one, two, size, django_assert_num_queries):
    drafts = [draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}")) for number in range(size)]
    made = proposed(one, *drafts)

    with django_assert_num_queries(19):
        confirm(made.pk, by=two)

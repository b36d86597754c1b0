"""Drafts become official when one person proposes them and another confirms."""

from datetime import UTC, date, datetime

import pytest

from eligibility.models import Audience, ListEdition, PublicationProposal
from eligibility.records import ContentStatus
from eligibility.register import current
from eligibility.rules import Outcome, assess
from eligibility.services.drafts import draft_edition, draft_rule
from eligibility.services.proposals import confirm_proposal, decline_proposal, propose_publication
from eligibility.services.publications import PublishingRefused, publish
from tests.eligibility.factories import (
    corrected_cosme,
    edition,
    later_rule,
    member_of_staff,
    published,
    rule,
)

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
    return propose_publication(
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

    publication = confirm_proposal(made.pk, by=two)

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

    decline_proposal(made.pk, by=two, now=NOW)

    made.refresh_from_db()
    draft.refresh_from_db()
    assert (made.declined_by, made.declined_at, made.is_open, made.keys) == (two, NOW, False, "COSME-3C-2020")
    assert (draft.proposal, draft.publication) == (None, None)


def test_decline_gives_rules_back_too(seeded, one, two):
    law = draft_rule(rule("RULE", "COSME-3C", audience=Audience.objects.get().key, starts=date(2020, 6, 1)))

    decline_proposal(proposed(one, rules=[law]).pk, by=two, now=NOW)

    law.refresh_from_db()
    assert law.proposal is None


def test_decline_is_open_to_whoever_proposed(seeded, one):
    made = decline_proposal(proposed(one, corrected_cosme()).pk, by=one, now=NOW)

    assert made.declined_by == one


def test_declined_draft_is_proposed_again(seeded, one, two):
    draft = corrected_cosme()
    decline_proposal(proposed(one, draft).pk, by=two, now=NOW)

    again = proposed(two, draft)

    assert confirm_proposal(again.pk, by=one).number == 2


def refused(act, *args, **kwargs) -> str:
    """Return why an act is refused."""
    with pytest.raises(PublishingRefused) as refusal:
        act(*args, **kwargs)
    return str(refusal.value)


def test_confirm_refuses_whoever_proposed(seeded, one):
    draft = corrected_cosme()
    made = proposed(one, draft)

    reason = refused(confirm_proposal, made.pk, by=one)

    made.refresh_from_db()
    draft.refresh_from_db()
    assert reason == "Whoever publishes cannot confirm it too: a second person has to."
    assert (made.is_open, draft.publication) == (True, None)


@pytest.mark.parametrize("first", ["confirm", "decline"])
@pytest.mark.parametrize("then", ["confirm", "decline"])
def test_answered_proposal_is_answered_no_more(seeded, one, two, first, then):
    made = proposed(one, corrected_cosme())
    acts = {
        "confirm": lambda: confirm_proposal(made.pk, by=two),
        "decline": lambda: decline_proposal(made.pk, by=two, now=NOW),
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

    reason = refused(confirm_proposal, made.pk, by=two)

    made.refresh_from_db()
    assert reason == "TWO, ONE start on the same day and neither corrects the other."
    assert made.is_open


@pytest.mark.parametrize("size", [1, 3])
def test_confirm_takes_a_fixed_number_of_queries(seeded, one, two, size, django_assert_num_queries):
    drafts = [draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}")) for number in range(size)]
    made = proposed(one, *drafts)

    with django_assert_num_queries(19):
        confirm_proposal(made.pk, by=two)


NEW_LIST = "Rule INV-2 names the list OCT, which has no edition."


def test_propose_refuses_a_rule_whose_list_is_only_a_draft(seeded, one):
    draft_edition(edition("OCT-1", "GL", list_key="OCT"))

    assert refused(proposed, one, rules=[later_rule("INV-2", "EU", "OCT")]) == NEW_LIST


def test_propose_takes_a_rule_together_with_its_list(seeded, one, two):
    first = draft_edition(edition("OCT-1", "GL", list_key="OCT"))
    made = proposed(one, first, rules=[later_rule("INV-2", "EU", "OCT")])

    assert made.keys == "OCT-1, INV-2"
    assert confirm_proposal(made.pk, by=two).number == 2
    assert assess("GL", date(2020, 7, 23), current()).outcome == Outcome.ELIGIBLE


def test_propose_refuses_a_rule_whose_list_begins_later(seeded, one):
    first = draft_edition(edition("OCT-1", "GL", list_key="OCT", starts=date(2020, 7, 2)))

    assert refused(proposed, one, first, rules=[later_rule("INV-2", "OCT")]) == (
        "Rule INV-2 starts on 1 July 2020, when no edition of the list OCT is in force."
    )


def test_propose_refuses_an_edition_that_leaves_a_rule_drafted_with_it_without_its_list(seeded, one):
    ends = draft_edition(
        edition("EU-X", "FR", list_key="EU", starts=date(2020, 6, 1), ends=date(2020, 7, 31))
    )

    assert refused(proposed, one, ends, rules=[later_rule("INV-2", "EU")]) == (
        "Rule INV-2 would be without the list EU from 1 August 2020 on."
    )


def test_propose_refuses_an_edition_that_leaves_a_rule_published_from_here_without_its_list(seeded, one, two):
    confirm_proposal(proposed(one, rules=[later_rule("INV-2", "EU")]).pk, by=two)
    ends = draft_edition(
        edition("EU-X", "FR", list_key="EU", starts=date(2020, 7, 2), ends=date(2020, 7, 31))
    )

    assert refused(proposed, one, ends) == "Rule INV-2 would be without the list EU from 1 August 2020 on."


def test_confirm_takes_a_rule_from_the_year_1_to_the_year_9999(seeded, one, two):
    last = later_rule("LAST", "EU", starts=date(9999, 12, 31), ends=date(9999, 12, 31))
    first = later_rule("FIRST", "EU", starts=date(1, 1, 2), status=ContentStatus.NOT_DOCUMENTED)

    confirm_proposal(proposed(one, rules=[last, first]).pk, by=two)

    rules = [assess("FR", day, current()).rule for day in (date(1, 1, 1), date(1, 1, 2), date(9999, 12, 31))]
    assert rules == ["INV-ORIG", "FIRST", "LAST"]


def test_propose_refuses_a_rule_that_starts_with_the_beginning_a_second_time(seeded, one):
    again = later_rule("AGAIN", "EU", starts=None)

    assert refused(proposed, one, rules=[again]) == (
        "INV-ORIG, AGAIN start on the same day and neither corrects the other."
    )

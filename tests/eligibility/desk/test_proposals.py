"""Several drafts proposed as one act: what is offered, what is refused, what the second person sees."""

from datetime import date

import pytest
from django.utils import timezone

from eligibility.models import ListEdition, Publication, PublicationProposal, RuleVersion
from eligibility.records import Treatment
from eligibility.services.drafts import draft_edition
from eligibility.services.proposals import propose_publication
from tests.eligibility.factories import corrected_cosme, edition, later_rule, territory
from tests.eligibility.pages import messages, url, words

pytestmark = pytest.mark.django_db

GONE = "A draft that was ticked is gone, published or proposed already. Look again."


def first_of_a_new_list() -> ListEdition:
    """Return a draft of a list that is not there yet."""
    return draft_edition(edition("OCT-1", "GL", list_key="OCT"))


def offered(response) -> dict[str, list[str]]:
    """Return the drafts that can be ticked."""
    fields = response.context["form"].fields
    return {
        name: [str(row) for row in fields[name].queryset] for name in ("editions", "rules") if name in fields
    }


def test_only_other_editable_drafts_are_offered(keeper, client):
    draft, other, law = corrected_cosme(), first_of_a_new_list(), later_rule()
    waiting = draft_edition(edition("WAITING", "FR", list_key="W"))
    propose_publication(editions=[waiting.pk], rules=[], by=keeper, note="N", now=timezone.now())

    answers = [
        client.get(url("listedition_propose", draft)),
        client.get(url("listedition_propose", other)),
        client.get(url("ruleversion_propose", law)),
    ]

    assert [offered(answer) for answer in answers] == [
        {"editions": ["OCT-1"], "rules": ["INV-2"]},
        {"editions": ["COSME-3C-2020"], "rules": ["INV-2"]},
        {"editions": ["COSME-3C-2020", "OCT-1"]},
    ]


def test_nothing_is_offered_where_there_is_no_other_draft(keeper, client):
    assert offered(client.get(url("listedition_propose", corrected_cosme()))) == {}


def test_drafts_are_proposed_together_from_an_edition(keeper, client):
    draft, other, law = corrected_cosme(), first_of_a_new_list(), later_rule("INV-2", "EU", "OCT")

    client.post(
        url("listedition_propose", draft), {"note": "Together.", "editions": [other.pk], "rules": [law.pk]}
    )

    proposal = PublicationProposal.objects.get()
    assert proposal.keys == "COSME-3C-2020, OCT-1, INV-2"
    assert (list(proposal.listeditions.order_by("pk")), list(proposal.ruleversions.all())) == (
        [draft, other],
        [law],
    )


def test_drafts_are_proposed_together_from_a_rule(keeper, client):
    other, law = first_of_a_new_list(), later_rule("INV-2", "EU", "OCT")

    response = client.post(
        url("ruleversion_propose", law), {"note": "Together.", "editions": [other.pk]}, follow=True
    )

    assert messages(response) == ["Proposed. A second person has to confirm it."]
    assert response.redirect_chain == [(url("ruleversion_change", law), 302)]
    assert PublicationProposal.objects.get().keys == "OCT-1, INV-2"


def test_rule_without_its_list_is_refused_and_the_note_kept(keeper, client):
    first_of_a_new_list()
    law = later_rule("INV-2", "EU", "OCT")

    response = client.post(url("ruleversion_propose", law), {"note": "Alone."})

    assert response.context["form"].non_field_errors() == [
        "Rule INV-2 names the list OCT, which has no edition."
    ]
    assert response.context["form"]["note"].value() == "Alone."
    assert not PublicationProposal.objects.exists()


@pytest.mark.parametrize("others", [0, 1], ids=["no other draft left", "another draft left"])
@pytest.mark.parametrize("ticked", ["proposed", "deleted", "nonsense"])
def test_ticked_draft_that_is_free_no_more_is_refused(keeper, client, others, ticked):
    law, other = later_rule(), first_of_a_new_list()
    if others:
        draft_edition(edition("ANOTHER", "FR", list_key="A"))
    pk = "x" if ticked == "nonsense" else other.pk
    if ticked == "proposed":
        propose_publication(editions=[other.pk], rules=[], by=keeper, note="N", now=timezone.now())
    if ticked == "deleted":
        ListEdition.objects.filter(pk=other.pk).delete()
    before = PublicationProposal.objects.count()

    response = client.post(url("ruleversion_propose", law), {"note": "Together.", "editions": [pk]})

    assert response.context["form"].errors == {"editions": [GONE]}
    assert PublicationProposal.objects.count() == before


def test_proposed_rule_says_so(keeper, client):
    law = later_rule()
    propose_publication(editions=[], rules=[law.pk], by=keeper, note="N", now=timezone.now())

    assert "It is proposed already." in words(client.get(url("ruleversion_propose", law)))


def test_published_rule_is_not_proposed(keeper, client):
    law = RuleVersion.objects.get(key="INV-CORR")

    assert client.post(url("ruleversion_propose", law), {"note": "Again."}).status_code == 404


def test_second_person_sees_every_difference_and_confirms(keeper, colleague, client):
    drafts = [corrected_cosme(), first_of_a_new_list()]
    law = later_rule("INV-2", "EU", "OCT", corrects="INV-CORR")
    proposal = propose_publication(
        editions=[row.pk for row in drafts],
        rules=[law.pk],
        by=colleague,
        note="Together.",
        now=timezone.now(),
    )

    page = words(client.get(url("publicationproposal_answer", proposal)))
    client.post(url("publicationproposal_answer", proposal), {"answer": "confirm"})

    assert "COSME-3C-2020 against COSME-3C-2018" in page
    assert "OCT-1 The edition title: nothing → Title of OCT-1" in page
    assert "INV-2 against INV-CORR first day: 27 April 2020 → 1 July 2020" in page
    assert "lists that admit: nothing → OCT" in page
    assert list(Publication.objects.get(number=2).ruleversions.all()) == [law]


DISPUTE = (
    "Gibraltar in ENI-2: may not take part; Gibraltar in TERRITORIES-2014: treated as United Kingdom is. These lists do "
    "not say the same, so from 1 July 2020 on a person decides about Gibraltar."
)


def test_whoever_drafts_proposes_and_confirms_is_told_what_the_lists_do_not_say_alike(
    keeper, colleague, client
):
    draft = draft_edition(
        edition(
            "ENI-2", "TN", territory("GI", Treatment.NOT_ELIGIBLE), list_key="ENI", starts=date(2020, 7, 1)
        )
    )

    told = messages(client.get(url("listedition_change", draft)))
    page = words(client.get(url("listedition_propose", draft)))
    after = client.post(url("listedition_propose", draft), {"note": "Known."}, follow=True)
    client.force_login(colleague)
    proposal = PublicationProposal.objects.get()
    answer = words(client.get(url("publicationproposal_answer", proposal)))

    assert told == [DISPUTE]
    assert DISPUTE in messages(after)
    assert DISPUTE in page
    assert DISPUTE in answer


@pytest.mark.parametrize("size", [1, 3])
def test_pages_take_a_fixed_number_of_queries(keeper, colleague, client, size, django_assert_num_queries):
    drafts, laws = [], []
    for number in range(size):
        drafts.append(draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}")))
        laws.append(later_rule(f"R{number}", starts=date(2020, 7, number + 1)))
        draft_edition(edition(f"F{number}", "FR", list_key=f"M{number}"))
        later_rule(f"S{number}")
    proposal = propose_publication(
        editions=[row.pk for row in drafts],
        rules=[row.pk for row in laws],
        by=colleague,
        note="N",
        now=timezone.now(),
    )
    own = later_rule("OWN")

    with django_assert_num_queries(16):
        client.get(url("publicationproposal_answer", proposal))
    with django_assert_num_queries(15):
        client.get(url("ruleversion_propose", own))

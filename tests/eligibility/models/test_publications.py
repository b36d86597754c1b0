"""Which proposals and drafts each named query finds."""

import pytest
from django.utils import timezone

from eligibility.models import ListEdition, PublicationProposal
from eligibility.services.drafts import draft_edition
from eligibility.services.proposals import confirm_proposal, decline_proposal, propose_publication
from tests.eligibility.factories import edition, member_of_staff

pytestmark = pytest.mark.django_db


def test_open_proposals_and_editable_drafts_are_what_the_rows_say():
    keepers = [member_of_staff(name) for name in ("one", "two")]
    drafts = [draft_edition(edition(key, "FR", list_key=key)) for key in ("A", "B", "C", "D")]
    proposals = [
        propose_publication(editions=[draft.pk], rules=[], by=keepers[0], note="Why", now=timezone.now())
        for draft in drafts[:3]
    ]
    decline_proposal(proposals[0].pk, by=keepers[1], now=timezone.now())
    confirm_proposal(proposals[1].pk, by=keepers[1])

    rows = list(ListEdition.objects.all())
    assert list(PublicationProposal.objects.open()) == [proposals[2]]
    assert [proposal.is_open for proposal in PublicationProposal.objects.order_by("pk")] == [
        False,
        False,
        True,
    ]
    assert set(ListEdition.objects.editable()) == {row for row in rows if row.is_editable}
    assert {row.key for row in rows if row.is_editable} == {"A", "D"}

"""Propose drafts for publication, and confirm or decline what a colleague proposed."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.models import ListEdition, Publication, PublicationProposal, RuleVersion
from eligibility.models.permanence import OfficialQuerySet
from eligibility.services.publications import PublishingRefused, publish, publishable


@transaction.atomic
def propose_publication(
    *, editions: list[int], rules: list[int], by: User, note: str, now: datetime
) -> PublicationProposal:
    """Ask a second person to make drafts official; until the answer nobody changes them.

    Takes the ids of the drafts and the moment, with its time zone. Raises `PublishingRefused` when a row is proposed
    already, and for every reason that would make its publication impossible now.
    """
    edition_rows = ListEdition.objects.filter(pk__in=editions)
    rule_rows = RuleVersion.objects.filter(pk__in=rules)
    for rows in (edition_rows, rule_rows):
        _lock_and_refuse_proposed(rows)
    new_editions, new_rules = publishable(editions, rules)
    keys = [edition.key for edition in new_editions] + [rule.key for rule in new_rules]
    proposal = PublicationProposal.objects.create(
        keys=", ".join(keys), note=note, proposed_by=by, proposed_at=now
    )
    edition_rows.mark_proposed(proposal)
    rule_rows.mark_proposed(proposal)
    return proposal


@transaction.atomic
def confirm_proposal(proposal_id: int, *, by: User) -> Publication:
    """Make what a colleague proposed official, for ever.

    Raises `PublishingRefused` when the proposal is answered already, when `by` proposed it, and when what would now
    be published contradicts what was published in the meantime.
    """
    proposal = _lock_open(proposal_id)
    publication = publish(
        editions=list(proposal.listeditions.values_list("pk", flat=True)),
        rules=list(proposal.ruleversions.values_list("pk", flat=True)),
        by=proposal.proposed_by,
        confirmed_by=by,
        note=proposal.note,
    )
    proposal.publication = publication
    proposal.save(update_fields=["publication"])
    return publication


@transaction.atomic
def decline_proposal(proposal_id: int, *, by: User, now: datetime) -> PublicationProposal:
    """Give proposed drafts back to whoever edits them; whoever proposed them may do so too (D-6).

    Takes the moment, with its time zone. Raises `PublishingRefused` when the proposal is answered already.
    """
    proposal = _lock_open(proposal_id)
    proposal.declined_by, proposal.declined_at = by, now
    proposal.save(update_fields=["declined_by", "declined_at"])
    ListEdition.objects.filter(proposal=proposal).release()
    RuleVersion.objects.filter(proposal=proposal).release()
    return proposal


def _lock_and_refuse_proposed(rows: "OfficialQuerySet[Any]") -> None:
    for row in rows.select_for_update(no_key=True).order_by("pk"):
        if row.publication_id is None and row.proposal_id is not None:
            raise PublishingRefused(_("%(key)s is already proposed.") % {"key": row.key})


def _lock_open(proposal_id: int) -> PublicationProposal:
    proposal = PublicationProposal.objects.select_for_update(no_key=True).get(pk=proposal_id)
    if not proposal.is_open:
        raise PublishingRefused(_("A colleague was faster: this proposal is already confirmed or declined."))
    return proposal

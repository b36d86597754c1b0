"""The pages around a proposal: propose drafts together, confirm or decline what a colleague proposed."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import services
from eligibility.desk.forms import ProposalForm
from eligibility.desk.refusals import publishing_refusals_in
from eligibility.models import ListEdition, PublicationProposal, RuleVersion
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import (
    ConfirmationForm,
    StaffRequest,
    back_to,
    holding,
    is_stale,
    note_change,
    row_of,
    show,
    tell,
    warn,
)


def _drafts(_draft_id: int) -> tuple[QuerySet[ListEdition], QuerySet[RuleVersion]]:
    """Return what may be proposed together, in the order in which it is locked."""
    return ListEdition.objects.drafts(), RuleVersion.objects.drafts()


@holding(_drafts)
def propose_edition(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Show what a draft edition changes and ask why; the POST proposes it, with what else is ticked."""
    return _propose(request, get_object_or_404(ListEdition.objects.drafts(), pk=edition_id))


@holding(_drafts)
def propose_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    """Show what a draft rule changes and ask why; the POST proposes it, with what else is ticked."""
    return _propose(request, get_object_or_404(RuleVersion.objects.drafts(), pk=rule_id))


def _propose(request: StaffRequest, draft: ListEdition | RuleVersion) -> HttpResponse:
    form = ProposalForm(draft, request.POST if request.method == "POST" else None)
    changed = services.edition_differences(ListEdition.objects.filter(pk__in=_own_id(draft, ListEdition)))
    changed_rules = services.rule_differences(RuleVersion.objects.filter(pk__in=_own_id(draft, RuleVersion)))
    shown = stale_pages.picture(draft, changed, changed_rules)
    if draft.is_editable and is_stale(request, shown):
        pass
    elif form.is_valid():
        with publishing_refusals_in(form):
            services.propose_publication(
                editions=form.ids(ListEdition),
                rules=form.ids(RuleVersion),
                by=request.user,
                note=form.cleaned_data["note"],
                now=timezone.now(),
            )
            note_change(request, draft, "proposal")
            tell(request, _("Proposed. A second person has to confirm it."))
            for sentence in services.disputed_territories(
                editions=form.ids(ListEdition), rules=form.ids(RuleVersion)
            ):
                warn(request, sentence)
            return back_to(draft)
    return show(
        request,
        "eligibility/propose.html",
        draft,
        title=_("Propose for publication"),
        disputes=services.disputed_territories(
            editions=_own_id(draft, ListEdition), rules=_own_id(draft, RuleVersion)
        ),
        differences=changed,
        rule_differences=changed_rules,
        seen=shown.token,
        form=form,
    )


def _own_id(draft: ListEdition | RuleVersion, model: type[ListEdition | RuleVersion]) -> list[int]:
    return [draft.pk] if isinstance(draft, model) else []


@holding(row_of(PublicationProposal))
def confirm_or_decline(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Show what a proposal would publish; the POST confirms or declines it, by the button pressed."""
    proposal = get_object_or_404(PublicationProposal.objects.select_related("proposed_by"), pk=proposal_id)
    form = ConfirmationForm(request.POST if request.method == "POST" else None)
    changed = services.edition_differences(proposal.listeditions.all())
    changed_rules = services.rule_differences(proposal.ruleversions.all())
    shown = stale_pages.picture(proposal, changed, changed_rules)
    if proposal.is_open and is_stale(request, shown):
        pass
    elif form.is_valid():
        with publishing_refusals_in(form):
            _answer(request, proposal, form.cleaned_data["answer"])
            return back_to(proposal)
    return show(
        request,
        "eligibility/answer.html",
        proposal,
        title=_("Confirm or decline a proposal"),
        proposal=proposal,
        disputes=services.disputed_territories(
            editions=proposal.listeditions.values_list("pk", flat=True),
            rules=proposal.ruleversions.values_list("pk", flat=True),
        ),
        differences=changed,
        rule_differences=changed_rules,
        seen=shown.token,
        is_own=proposal.proposed_by_id == request.user.pk,
        form=form,
    )


def _answer(request: StaffRequest, proposal: PublicationProposal, what: str) -> None:
    if what == "confirm":
        publication = services.confirm_proposal(proposal.pk, by=request.user)
        tell(request, _("%(publication)s is official.") % {"publication": publication})
    else:
        services.decline_proposal(proposal.pk, by=request.user, now=timezone.now())
        tell(request, _("The proposal is declined; its drafts can be edited again."))

"""The pages around a draft: draft a correction, see what it changes, propose it, confirm or decline it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eligibility import proposing, publishing
from eligibility.differences import differences
from eligibility.forms import AnswerForm, CorrectionForm, ProposalForm
from eligibility.models import ListEdition, PublicationProposal

VIEW_EDITIONS = "eligibility.view_listedition"
DRAFT_RULES = "eligibility.draft_rules"
PUBLISH_RULES = "eligibility.publish_rules"


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff."""

    user: User


def staff_page(permission: str) -> Callable[..., Callable[..., HttpResponse]]:
    """Let only signed-in staff with this permission open a view; others sign in first, or get 403."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        return admin.site.admin_view(permission_required(permission, raise_exception=True)(view))

    return decorate


@staff_page(DRAFT_RULES)
def draft_correction(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Ask what a correction of a published edition is called and rests on; the POST drafts it as a copy."""
    edition = get_object_or_404(ListEdition.objects.published(), pk=edition_id)
    form = CorrectionForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        copy = publishing.draft_copy(
            edition.pk,
            key=form.cleaned_data["key"],
            starts=form.cleaned_data["starts"],
            source=form.source(),
        )
        messages.success(request, _("The draft is a copy. Edit it, look at the difference, then propose it."))
        return redirect("admin:eligibility_listedition_change", copy.pk)
    return _show(request, "draft.html", edition, title=_("Draft a correction"), form=form)


@require_safe
@staff_page(VIEW_EDITIONS)
def show_difference(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Show what an edition changes against the one it corrects."""
    edition = get_object_or_404(ListEdition, pk=edition_id)
    found = differences(ListEdition.objects.filter(pk=edition.pk))
    return _show(request, "difference.html", edition, title=_("Difference"), differences=found)


@staff_page(DRAFT_RULES)
def propose(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Show what a draft changes and ask why; the POST proposes it, which a second person then answers."""
    edition = get_object_or_404(ListEdition.objects.drafts(), pk=edition_id)
    form = ProposalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with _refusals_in(form):
            proposing.propose(
                editions=[edition.pk],
                rules=[],
                by=request.user,
                note=form.cleaned_data["note"],
                now=timezone.now(),
            )
            messages.success(request, _("Proposed. A second person has to confirm it."))
            return redirect("admin:eligibility_listedition_change", edition.pk)
    return _show(
        request,
        "propose.html",
        edition,
        title=_("Propose for publication"),
        differences=differences(ListEdition.objects.filter(pk=edition.pk)),
        form=form,
    )


@staff_page(PUBLISH_RULES)
def answer(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Show what a proposal would publish; the POST confirms or declines it, by the button pressed."""
    proposal = get_object_or_404(PublicationProposal.objects.select_related("proposed_by"), pk=proposal_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with _refusals_in(form):
            _answer(request, proposal, form.cleaned_data["answer"])
            return redirect("admin:eligibility_publicationproposal_change", proposal.pk)
    return _show(
        request,
        "answer.html",
        proposal,
        title=_("Confirm or decline a proposal"),
        proposal=proposal,
        differences=differences(proposal.listeditions.all()),
        rules=proposal.ruleversions.all(),
        is_own=proposal.proposed_by_id == request.user.pk,
        form=form,
    )


def _answer(request: StaffRequest, proposal: PublicationProposal, what: str) -> None:
    if what == "confirm":
        publication = proposing.confirm(proposal.pk, by=request.user)
        messages.success(request, _("%(publication)s is official.") % {"publication": publication})
    else:
        proposing.decline(proposal.pk, by=request.user, now=timezone.now())
        messages.success(request, _("The proposal is declined; its drafts can be edited again."))


@contextmanager
def _refusals_in(form: forms.Form) -> Iterator[None]:
    """Put the reason into the form where a service refuses, and go on behind the block."""
    try:
        yield
    except publishing.PublishingRefused as refusal:
        form.add_error(None, str(refusal))


def _show(request: HttpRequest, template: str, about: Model, **context: object) -> HttpResponse:
    """Return a page under the breadcrumbs of a row."""
    page = {**admin.site.each_context(request), "opts": about._meta, "original": about, **context}
    return TemplateResponse(request, f"admin/eligibility/{template}", page)

"""What a publication would do to people, before two people make it official."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django import forms
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.countries import display_name
from eligibility.models import ListEdition, PublicationProposal, RuleVersion
from eligibility.rules import Outcome
from eligibility.services import PublishingRefused, if_published
from registrations import permissions, services
from registrations.models import FLAGS
from webinar_site.foundation.desk.pages import StaffRequest, show

PER_PAGE = 50


class DraftsForm(forms.Form):
    """What would be published: a proposal, or drafts that may not be proposed yet; and which page of the people."""

    publicationproposal = forms.ModelChoiceField(PublicationProposal.objects.all(), required=False)
    listedition = forms.ModelMultipleChoiceField(ListEdition.objects.all(), required=False)
    ruleversion = forms.ModelMultipleChoiceField(RuleVersion.objects.all(), required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    def drafts(self) -> tuple[Model | None, list[ListEdition], list[RuleVersion]]:
        """Return what the page is about (None if nothing is named), and the editions and rules it would publish."""
        proposal = self.cleaned_data["publicationproposal"]
        if proposal is not None:
            return proposal, list(proposal.listeditions.all()), list(proposal.ruleversions.all())
        editions, rules = list(self.cleaned_data["listedition"]), list(self.cleaned_data["ruleversion"])
        return next(iter([*editions, *rules]), None), editions, rules


@dataclass(frozen=True, slots=True)
class CountryRow:
    """How many seats of people from one country change from one outcome to another."""

    code: str
    name: str
    was: Outcome
    now: Outcome
    seats: int


def publication_impact(request: StaffRequest) -> HttpResponse:
    """Show what publishing a proposal or drafts would do: numbers, countries; names to those who may see people."""
    form = DraftsForm(request.GET)
    if not form.is_valid():
        raise Http404
    about, editions, rules = form.drafts()
    if about is None:
        raise Http404
    page = form.cleaned_data["page"] or 1
    found, refusal = _impact(editions, rules, page)
    pages = ceil(found.changed / PER_PAGE) or 1
    if page > pages:
        query = request.GET.copy()
        query["page"] = str(pages)
        return redirect(f"{request.path}?{query.urlencode()}")
    return show(
        request,
        "registrations/verdicts/impact.html",
        about,
        title=_("What it would do to people"),
        refusal=refusal,
        keys=[row.key for row in (*editions, *rules)],
        impact=found,
        flags=[(why, seats) for state, why in FLAGS.items() if (seats := found.flags[state])],
        became={outcome.value: found.became[outcome] for outcome in Outcome},
        countries=_country_rows(found),
        may_see_people=request.user.has_perm(permissions.VIEW_REGISTRATIONS),
        page=page,
        previous=page - 1,
        next=page + 1,
        pages=pages,
    )


def _impact(
    editions: Sequence[ListEdition], rules: Sequence[RuleVersion], page: int
) -> tuple[services.verdicts.Impact, str]:
    """Return the impact with one page of people; or none, and why these cannot be published now."""
    try:
        prospect = if_published(editions=[row.pk for row in editions], rules=[row.pk for row in rules])
    except PublishingRefused as refusal:
        return services.verdicts.Impact(), str(refusal)
    listed = range((page - 1) * PER_PAGE, page * PER_PAGE)
    return services.verdicts.impact_of(prospect, now=timezone.now(), listed=listed), ""


def _country_rows(found: services.verdicts.Impact) -> list[CountryRow]:
    rows = [
        CountryRow(code, display_name(code), was, now, seats)
        for (code, was, now), seats in found.countries.items()
    ]
    return sorted(rows, key=lambda row: (row.name, row.was, row.now))

"""The pages around an edition: draft one, fill it from a table, write it as a table, see what it changes."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from eligibility import csvfiles, services
from eligibility.desk.forms import CorrectionForm, FirstEditionForm, NextEditionForm, TableForm
from eligibility.desk.refusals import publishing_refusals_in, sent
from eligibility.models import ListEdition
from eligibility.records import Confidence, Treatment
from eligibility.register import edition_record
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import (
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


def draft_correction(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Ask what a correction of a published edition is called and rests on; the POST drafts it as a copy."""
    edition = get_object_or_404(ListEdition.objects.published(), pk=edition_id)
    form = CorrectionForm(**sent(request))
    if form.is_valid():
        with publishing_refusals_in(form):
            copy = services.draft_correction(
                edition.pk,
                key=form.cleaned_data["key"],
                starts=form.cleaned_data["starts"],
                source=form.source(),
            )
            tell(request, _("The draft is a copy. Edit it, look at the difference, then propose it."))
            return back_to(copy)
    return show(request, "eligibility/draft.html", edition, title=_("Draft a correction"), form=form)


def draft_next(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Ask what takes over from a published edition, and from which day; the POST drafts it, as a copy or empty."""
    edition = get_object_or_404(ListEdition.objects.published(), pk=edition_id)
    form = NextEditionForm(**sent(request))
    if form.is_valid():
        with publishing_refusals_in(form):
            draft = services.draft_next(
                edition.pk,
                key=form.cleaned_data["key"],
                starts=form.cleaned_data["starts"],
                source=form.source(),
                with_entries=form.cleaned_data["with_entries"],
            )
            tell(request, _("Drafted. Edit it, look at the difference, then propose it."))
            return back_to(draft)
    return show(request, "eligibility/draft_next.html", edition, title=_("Draft the next edition"), form=form)


def draft_first(request: StaffRequest) -> HttpResponse:
    """Ask what a new list and its first edition are called and rest on; the POST drafts the edition, still empty."""
    form = FirstEditionForm(**sent(request))
    if form.is_valid():
        draft = services.draft_edition(form.record())
        tell(request, _("Drafted. Now add its countries, here or from a table."))
        return back_to(draft)
    return show(request, "eligibility/draft_first.html", ListEdition, title=_("Draft a new list"), form=form)


def show_edition_difference(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Show what an edition changes against the one it corrects or takes over from."""
    edition = get_object_or_404(ListEdition, pk=edition_id)
    found = services.edition_differences(ListEdition.objects.filter(pk=edition.pk))
    return show(request, "eligibility/difference.html", edition, title=_("Difference"), differences=found)


def download(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Return the entries of an edition as a CSV file, which the page that fills in a draft reads back."""
    edition = get_object_or_404(ListEdition.objects.prefetch_related("entries"), pk=edition_id)
    table = csvfiles.write_csv(edition_record(edition).entries)
    disposition = content_disposition_header(as_attachment=True, filename=f"{edition.key}.csv")
    return HttpResponse(
        table.encode("utf-8-sig"),  # with the mark, without which spreadsheets do not see that it is UTF-8
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition or "attachment"},
    )


@holding(row_of(ListEdition))
def fill_in(request: StaffRequest, edition_id: int) -> HttpResponse:
    """Ask for a table of countries; the POST lets a draft have these and no others, if every line is right."""
    edition = get_object_or_404(ListEdition.objects.drafts(), pk=edition_id)
    shown = stale_pages.picture(
        edition, [stale_pages.columns_of(entry) for entry in edition.entries.order_by("pk")]
    )
    form = TableForm(**sent(request))
    if form.is_valid() and not is_stale(request, shown):
        with publishing_refusals_in(form):
            entries = form.cleaned_data["entries"]
            services.replace_entries(edition.pk, entries)
            note_change(request, edition, "entries")
            tell(request, _("The draft now has these countries: %(count)d.") % {"count": len(entries)})
            for note in form.cleaned_data["file"].notes:
                warn(request, note)
            return back_to(edition)
    return show(
        request,
        "eligibility/table.html",
        edition,
        title=_("Fill in from a table"),
        form=form,
        seen=shown.token,
        treatments=list(Treatment),
        confidences=list(Confidence),
    )

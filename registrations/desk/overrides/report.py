"""The report of overrides: who asked for which, why, and what became of it; to read."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.models import Override, Webinar
from webinar_site.foundation.desk.pages import StaffRequest, show

PER_PAGE = 100


class WebinarForm(forms.Form):
    """Which webinar is reported on."""

    webinar = forms.ModelChoiceField(
        label=gettext_lazy("Webinar"), queryset=Webinar.objects.all(), empty_label=None
    )


def report_overrides(request: StaffRequest) -> HttpResponse:
    """Show all requests for an override of a webinar, newest first; the newest webinar's unless another is chosen."""
    form = WebinarForm(request.GET if "webinar" in request.GET else None)
    webinar = form.cleaned_data.get("webinar") if form.is_valid() else Webinar.objects.first()
    if not form.is_bound and webinar is not None:
        form = WebinarForm(initial={"webinar": webinar.pk})
    return show(
        request,
        "registrations/overrides/report.html",
        Override,
        title=_("Report of exceptions"),
        form=form,
        webinar=webinar,
        **(_page(request, webinar) if webinar else {}),
    )


def _page(request: StaffRequest, webinar: Webinar) -> dict[str, Any]:
    page = Paginator(services.overrides.override_requests(webinar.pk), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [
        (row, services.overrides.lapses_at(row.open) if row.open else None)
        for row in services.overrides.reported(page.object_list)
    ]
    return {"page": page, "rows": rows}

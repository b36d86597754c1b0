"""Taking the listed people out as a file: which columns, for whom, in which format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.models import Seat, SeatQuerySet
from webinar_site.foundation import days
from webinar_site.foundation.desk.pages import StaffRequest, show
from webinar_site.foundation.tables.spreadsheets import FORMATS

PEOPLE = ("reference", "first_name", "last_name", "email", "organisation", "country", "session", "state")
WEBEX = {
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "organisation": "Company",
    "country": "Country",
}
SPEAKERS = ("first_name", "last_name", "organisation", "country", "session")
SEARCHED = "q"  # may be somebody's name, so the history only keeps that there was a search


class ExportForm(forms.Form):
    """Which columns, under which headings, of whom, in which format."""

    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        choices=[(name, column.label) for name, column in services.reports.EXPORT_COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one column.")},
    )
    headings = forms.CharField(
        label=gettext_lazy("Headings of your own"),
        help_text=gettext_lazy("One a line, in the order of the columns above. Empty: the site's own."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 40}),
    )
    named_only = forms.BooleanField(
        label=gettext_lazy("Only people who agreed to be in a list that others read"), required=False
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            ("csv", gettext_lazy("CSV (UTF-8, commas)")),
            ("xlsx", gettext_lazy("Excel workbook (.xlsx)")),
            ("tab", gettext_lazy("Tab-delimited text (UTF-16), as WebEx reads it")),
        ],
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Return the answers; refuse headings that are not as many as the columns."""
        cleaned = super().clean() or {}
        headings = cleaned.get("headings", "").splitlines()
        columns = cleaned.get("columns", [])
        if headings and len(headings) != len(columns):
            self.add_error(
                "headings",
                _("There are %(headings)d headings for %(columns)d columns.")
                % {"headings": len(headings), "columns": len(columns)},
            )
        return cleaned | {"headings": dict(zip(columns, headings, strict=False))}


@dataclass(frozen=True, slots=True)
class Preset:
    """What an export starts from: its name, and the form filled in."""

    label: str | Promise
    answers: dict[str, Any]


PRESETS = {
    "people": Preset(gettext_lazy("People"), {"columns": PEOPLE, "format": "csv"}),
    "webex": Preset(
        gettext_lazy("List for WebEx"),
        {"columns": [*WEBEX], "headings": "\n".join(WEBEX.values()), "format": "tab"},
    ),
    "speakers": Preset(
        gettext_lazy("Participants, for the speakers"),
        {"columns": SPEAKERS, "format": "xlsx", "named_only": True},
    ),
}


def export_seats(request: StaffRequest, preset: str) -> HttpResponseBase:
    """Ask what to take out of the seats that the queue shows under the filters of this address, starting from a preset.

    The POST notes it in the history and sends the file.
    """
    try:
        queue = admin.site.get_model_admin(Seat)
        seats = cast(SeatQuerySet, queue.get_changelist_instance(request).get_queryset(request))
    except IncorrectLookupParameters:
        return redirect("admin:registrations_seat_changelist")
    if preset not in PRESETS:
        raise Http404
    form = ExportForm(request.POST if request.method == "POST" else None, initial=PRESETS[preset].answers)
    if form.is_valid():
        rows = services.reports.export_seats(
            _export(request, form, seats), by=request.user, now=timezone.now()
        )
        return _file(rows, form.cleaned_data["format"])
    return show(
        request,
        "registrations/reports/export.html",
        Seat,
        title=_("Export people"),
        form=form,
        count=seats.count(),
        filters=_filters(request),
        presets=PRESETS,
        query=request.GET.urlencode(),
    )


def _export(request: HttpRequest, form: ExportForm, seats: SeatQuerySet) -> services.reports.Export:
    answers = form.cleaned_data
    return services.reports.Export(
        seats=seats,
        columns=tuple(answers["columns"]),
        format=answers["format"],
        headings=answers["headings"],
        filters=_filters(request),
        named_only=answers["named_only"],
    )


def _filters(request: HttpRequest) -> dict[str, str]:
    return {name: "…" if name == SEARCHED else str(value) for name, value in request.GET.items()}


def _file(rows: Iterator[Sequence[str]], name: str) -> StreamingHttpResponse:
    how = FORMATS[name]
    filename = f"people-{days.today().isoformat()}.{how.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(how.write(rows), content_type=how.media_type, headers=headers)

"""Registrations from a list: checked line by line as the form would, shown, and only then taken."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility import countries
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome
from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.desk.uploads import MOST_UPLOADED_LINES, ListForm, list_to_fill_in
from registrations.forms import LineForm, PeopleList, WrongColumns, read_people
from registrations.forms.people.list_vocabulary import LIST_COLUMNS, NEEDED, ONLY_THE_PERSON
from registrations.forms.people.lists import is_heading
from registrations.models import OrganisationType, PersonTitle, Webinar
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, is_stale, show, tell
from webinar_site.foundation.tables import reader

SHOWN_LINES = 200  # of those that can be taken; those that cannot are all shown


class PeopleForm(ListForm):
    """A list of people, and what is to become of what cannot be taken."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail to each of them"), choices=settings.LANGUAGES
    )
    ignore_columns = forms.BooleanField(
        label=gettext_lazy("Leave out the columns that are not taken over"), required=False
    )
    leave_out_wrong = forms.BooleanField(
        label=gettext_lazy("Leave out the lines that cannot be taken"), required=False
    )
    field_order = ("upload", "text", "language", "ignore_columns", "leave_out_wrong")

    def __init__(self, *args: Any, webinar: Webinar, **kwargs: Any) -> None:
        """Start with a list for a webinar (its audience and sessions prefetched)."""
        super().__init__(*args, **kwargs)
        self.webinar = webinar
        self.fields["text"].help_text = _(
            "The first line names the columns; cells are separated by a comma, a semicolon or a tab."
        )

    def clean(self) -> dict[str, Any]:
        """Add `people`; refuse what is no list of them."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            table = reader.read_table(cleaned["text"], most_rows=MOST_UPLOADED_LINES, known=is_heading)
            line_form = LineForm(webinar=self.webinar, now=timezone.now(), language=cleaned["language"])
            cleaned["people"] = read_people(table, line_form)
            cleaned["notes"] += table.notes
        except (reader.UnreadableTable, WrongColumns) as refusal:
            self.add_error(None, str(refusal))
        return cleaned


@dataclass(frozen=True, slots=True)
class Checked:
    """What a list would do: its people, the report about them, and whether it can be taken as it is ticked."""

    people: PeopleList
    report: services.people.ImportReport
    columns_agreed: bool
    lines_agreed: bool

    @property
    def may_be_taken(self) -> bool:
        """Return whether there is something to take, and nothing in the way."""
        columns = self.columns_agreed or not self.people.ignored
        return bool(self.report.good) and columns and (self.lines_agreed or not self.report.wrong)

    @property
    def shown(self) -> list[services.people.ImportLineReport]:
        """Return every line that cannot be taken, and the first of those that can, in their order."""
        good = {id(line) for line in self.report.good[:SHOWN_LINES]}
        return [line for line in self.report.lines if line.problems or id(line) in good]

    @property
    def not_shown(self) -> int:
        """Return how many lines that can be taken are not shown."""
        return max(len(self.report.good) - SHOWN_LINES, 0)

    @property
    def outcomes(self) -> dict[str, int]:
        """Return how many of the good lines the lists assess how, in words."""
        return {str(OUTCOMES[Outcome(key)]): count for key, count in self.report.outcomes.items()}

    def picture_for(self, webinar: Webinar) -> stale_pages.Picture:
        """Return what the page shows of a list, so that nothing is taken that was not shown."""
        return stale_pages.picture(webinar, repr(self.report))


def import_people(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what a list of people would do, line by line; the second POST takes what was shown."""
    rows = Webinar.objects.select_related("audience").prefetch_related("sessions")
    webinar = get_object_or_404(rows, pk=webinar_id)
    is_sent = request.method == "POST"
    form = PeopleForm(request.POST if is_sent else None, request.FILES if is_sent else None, webinar=webinar)
    checked, notes = None, ()
    if form.is_valid():
        notes = form.cleaned_data["notes"]
        with refusals_in(form):
            checked = _check(webinar, form)
            if "import" in request.POST and not is_stale(request, checked.picture_for(webinar)):
                return _take(request, webinar, form, checked)
    if checked and not form.errors:
        form = PeopleForm(initial=form.cleaned_data, webinar=webinar)
    return show(
        request,
        "registrations/people/imports.html",
        webinar,
        title=_("Import registrations"),
        webinar=webinar,
        form=form,
        checked=checked,
        notes=notes,
        seen=checked.picture_for(webinar).token if checked else "",
        is_open=webinar.is_open(timezone.now()),
        needed=NEEDED,
        others=[name for name in LIST_COLUMNS if name not in NEEDED],
        only_the_person=ONLY_THE_PERSON,
    )


def _check(webinar: Webinar, form: PeopleForm) -> Checked:
    people = form.cleaned_data["people"]
    report = services.people.check_import(webinar.pk, people.lines, now=timezone.now())
    answers = form.cleaned_data
    return Checked(people, report, answers["ignore_columns"], answers["leave_out_wrong"])


def _take(request: StaffRequest, webinar: Webinar, form: PeopleForm, checked: Checked) -> HttpResponse:
    """Have a worker take what was checked; raise Refused."""
    if not checked.may_be_taken:
        raise services.errors.ImportNotPossible
    intake = services.people.ImportRequest(
        checked.people.lines,
        by=request.user,
        now=timezone.now(),
        leave_out_wrong=checked.lines_agreed,
        ignored=checked.people.ignored,
    )
    job = services.people.start_import(webinar.pk, intake=intake)
    tell(
        request,
        ngettext(
            "%(count)d person is going to be registered and asked to confirm. This page says when.",
            "%(count)d people are going to be registered and asked to confirm. This page says when.",
            job.total,
        )
        % {"count": job.total},
    )
    return back_to(job)


def people_template(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Return an empty list of people, with the choices of the form and the sessions of a webinar."""
    webinar = get_object_or_404(Webinar.objects.prefetch_related("sessions"), pk=webinar_id)
    choices = {
        "organisation_type": [str(label) for label in OrganisationType.labels],
        "country": [countries.display_name(code) for code in countries.in_order(countries.CODES)],
        "sessions": [str(session) for session in webinar.sessions.all()],
        "title": [str(label) for label in PersonTitle.labels],
        "language": [name for _code, name in settings.LANGUAGES],
        "ask_review": [_("yes"), _("no")],
    }
    return list_to_fill_in("registrations", LIST_COLUMNS, choices)

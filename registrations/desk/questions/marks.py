"""Questions for the discussion: a list to mark and to order, a page to print, and a file for whoever moderates."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.countries import display_name
from registrations import permissions, services
from registrations.models import QuestionMark, Registration, Webinar
from webinar_site.foundation import days
from webinar_site.foundation.desk.pages import StaffRequest, holding, show, tell
from webinar_site.foundation.stale_forms import DrawnForm
from webinar_site.foundation.tables.spreadsheets import FORMATS

PER_PAGE = 100  # each takes several fields of the form, and Django reads 1,000 of them
LONGEST_ID = 18  # digits
FILES = ("csv", "xlsx")
State = QuestionMark.State


class FilterForm(forms.Form):
    """Which questions are listed."""

    session = forms.TypedChoiceField(
        label=gettext_lazy("Session"), required=False, coerce=int, empty_value=None
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Mark"), required=False, choices=[("", gettext_lazy("all")), *State.choices]
    )
    everybody = forms.BooleanField(label=gettext_lazy("Also of people without a place"), required=False)

    def __init__(self, webinar: Webinar, data: Any) -> None:
        """Offer the sessions of a webinar."""
        super().__init__(data)
        sessions = [(session.pk, str(session)) for session in webinar.sessions.all()]
        self.fields["session"].choices = [("", _("all")), *sessions]  # type: ignore[attr-defined]

    def wanted(self, webinar: Webinar) -> services.questions.Questions:
        """Return what was asked for; everything with a place where that is nothing there is."""
        answers = self.cleaned_data if self.is_valid() else {}
        return services.questions.Questions(
            webinar.pk,
            session_id=answers.get("session"),
            state=answers.get("state", ""),
            everybody=answers.get("everybody", False),
        )


class QuestionForm(DrawnForm, forms.Form):
    """The mark and the place of one question, in the words that were shown."""

    registration = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=State.choices)
    position = forms.IntegerField(required=False, min_value=0, max_value=9999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the boxes by the question they are about: their column alone does not tell them apart."""
        super().__init__(*args, **kwargs)
        self.about = (self.initial or {}).get("person")
        self.beside = (self.about.question,) if self.about else ()
        about = {"number": (self.initial or {}).get("number", "")}
        self.fields["state"].widget.attrs["aria-label"] = _("Mark of question %(number)s") % about
        self.fields["position"].widget.attrs |= {"aria-label": _("Order of question %(number)s") % about}


QuestionFormSet = forms.formset_factory(QuestionForm, extra=0)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question as it is listed: whose it is, and the form that marks it."""

    person: Registration
    form: QuestionForm | None
    country: str
    sessions: list[int]
    is_changed: bool


def _find(webinar_id: int) -> Webinar:
    return get_object_or_404(Webinar.objects.prefetch_related("sessions"), pk=webinar_id)


def _who_asked(webinar_id: int) -> list[QuerySet[Registration]]:
    """Return the people of a webinar who sent a question, which they may be changing."""
    return [Registration.objects.with_question().filter(webinar=webinar_id)]


@holding(_who_asked)
def list_questions(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show the questions in the order they are to be asked; the POST marks and orders those that were changed."""
    webinar = _find(webinar_id)
    filters = FilterForm(webinar, request.GET)
    people = Paginator(services.questions.find_questions(filters.wanted(webinar)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    is_sent = request.method == "POST"
    initial = _as_sent(webinar, request.POST) if is_sent else _initial(people)
    formset = QuestionFormSet(request.POST if is_sent else None, initial=initial)
    if formset.is_valid():
        return _mark(request, webinar, formset)
    forms_of = {int(form["registration"].value() or 0): form for form in formset if _is_number(form)}
    return show(
        request,
        "registrations/questions/list.html",
        webinar,
        title=_("Questions"),
        webinar=webinar,
        filters=filters,
        people=people,
        formset=formset,
        form=formset if formset.is_bound else None,
        lines=[_line(person, forms_of.get(person.pk)) for person in people],
        query=_query(request),
        files=FILES if request.user.has_perm(permissions.EXPORT) else (),
    )


def _is_number(form: QuestionForm) -> bool:
    return str(form["registration"].value() or "").isdecimal()


def _initial(people: Page[Registration]) -> list[dict[str, Any]]:
    return [_line_of(person, number) for number, person in enumerate(people, start=people.start_index())]


def _as_sent(webinar: Webinar, sent: QueryDict) -> list[dict[str, Any]]:
    """Return the lines that were sent, as they are now: the list may be another by now."""
    said = [sent.get(f"form-{number}-registration", "") for number in range(PER_PAGE)]
    ids = [int(pk) for pk in said if pk.isdecimal() and len(pk) <= LONGEST_ID]
    people = webinar.registrations.select_related("question_mark").in_bulk(ids)
    found = (people.get(int(pk)) if pk.isdecimal() else None for pk in said)
    return [_line_of(person, number) if person else {} for number, person in enumerate(found, start=1)]


def _line_of(person: Registration, number: object) -> dict[str, Any]:
    mark = services.questions.mark_of(person)
    line = {"registration": person.pk, "state": mark.state, "position": mark.position}
    return line | {"number": number, "person": person}


def _line(person: Registration, form: QuestionForm | None = None) -> QuestionLine:
    row = getattr(person, "question_mark", None)
    is_changed = row is not None and row.changed_at is not None
    return QuestionLine(
        person, form, display_name(person.country), services.questions.numbers_of(person), is_changed
    )


def _query(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def _mark(request: StaffRequest, webinar: Webinar, formset: Any) -> HttpResponse:
    """Save the marks of those lines that somebody changed."""
    marks = {
        form.cleaned_data["registration"]: services.questions.Mark(
            form.cleaned_data["state"], form.cleaned_data["position"]
        )
        for form in formset
        if {"state", "position"} & set(form.changed_data)
    }
    count = services.questions.mark_questions(webinar.pk, marks=marks, by=request.user, now=timezone.now())
    tell(
        request,
        ngettext("%(count)d question is marked.", "%(count)d questions are marked.", count)
        % {"count": count},
    )
    return redirect(request.get_full_path())


def print_questions(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show the questions as whoever moderates has them in hand."""
    webinar = _find(webinar_id)
    wanted = FilterForm(webinar, request.GET).wanted(webinar)
    people: Page[Registration] = Paginator(services.questions.find_questions(wanted), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return show(
        request,
        "registrations/questions/print.html",
        webinar,
        title=_("Questions for the discussion"),
        webinar=webinar,
        people=people,
        lines=[_line(person) for person in people],
        query=_query(request),
    )


def export_questions(request: StaffRequest, webinar_id: int, suffix: str) -> HttpResponseBase:
    """Send the listed questions as a file; that is taking people's data out, and noted as such."""
    if not request.user.has_perm(permissions.EXPORT):
        raise PermissionDenied
    if suffix not in FILES:
        raise Http404
    webinar = _find(webinar_id)
    wanted = FilterForm(webinar, request.GET).wanted(webinar)
    rows = services.questions.export_questions(wanted, by=request.user, now=timezone.now())
    how = FORMATS[suffix]
    filename = f"questions-{days.today().isoformat()}.{how.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(how.write(rows), content_type=how.media_type, headers=headers)

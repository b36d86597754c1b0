"""Moving, renaming and cancelling a session: what was, what will be, and how many people are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.reasons import ReasonForm
from registrations.desk.refusals import refusals_in
from registrations.desk.sessions.change_forms import DateBackForm, TimesForm, TitleForm
from registrations.models import Action, SessionState, Webinar, WebinarSession
from registrations.services.sessions import MovedAlong
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, show, tell, warn


@dataclass(frozen=True, slots=True)
class SessionChangePage:
    """One way of changing a session: its page, what is filled in, and the service behind the button.

    `becomes` says what a valid form makes of the session's columns, for counting beforehand whom that reaches. With
    `previews`, the form is first sent by GET and comes back with what was and what will be.
    """

    title: str | Promise
    template: str
    form: Callable[[WebinarSession, Any], Any]
    act: Callable[[WebinarSession, forms.Form, User], object]
    action: Action
    becomes: Callable[[forms.Form], Mapping[str, Any]]
    previews: bool = False


def _reschedule(session: WebinarSession, form: forms.Form, by: User) -> object:
    starts_at, ends_at = form.cleaned_data["starts_at"], form.cleaned_data["ends_at"]
    return services.sessions.reschedule_session(
        session.pk,
        starts_at=starts_at,
        ends_at=ends_at,
        by=by,
        now=timezone.now(),
        moved_along=MovedAlong(
            agenda=form.cleaned_data.get("with_agenda", False),
            closing=form.cleaned_data.get("with_closing", False),
        ),
    )


def _take_date_back(session: WebinarSession, form: forms.Form, by: User) -> object:
    return services.sessions.reschedule_session(
        session.pk, starts_at=None, ends_at=None, by=by, now=timezone.now()
    )


def _retitle(session: WebinarSession, form: forms.Form, by: User) -> object:
    title, place = form.cleaned_data["title"], form.cleaned_data["place"]
    return services.sessions.retitle_session(session.pk, title=title, place=place, by=by, now=timezone.now())


def _cancel(session: WebinarSession, form: forms.Form, by: User) -> object:
    return services.sessions.cancel_session(
        session.pk, reason=form.cleaned_data["reason"], by=by, now=timezone.now()
    )


def _cleaned(*names: str) -> Callable[[forms.Form], Mapping[str, Any]]:
    return lambda form: {name: form.cleaned_data[name] for name in names}


CHANGES = {
    "change-time": SessionChangePage(
        gettext_lazy("Change time"),
        "registrations/sessions/time.html",
        TimesForm,
        _reschedule,
        Action.RESCHEDULED,
        _cleaned("starts_at", "ends_at"),
        previews=True,
    ),
    "take-date-back": SessionChangePage(
        gettext_lazy("Take date back"),
        "registrations/sessions/date_back.html",
        DateBackForm,
        _take_date_back,
        Action.DATE_WITHDRAWN,
        lambda form: {"starts_at": None, "ends_at": None},
    ),
    "change-title": SessionChangePage(
        gettext_lazy("Change title or venue"),
        "registrations/sessions/title.html",
        TitleForm,
        _retitle,
        Action.RETITLED,
        _cleaned("title", "place"),
        previews=True,
    ),
    "cancel": SessionChangePage(
        gettext_lazy("Cancel session"),
        "registrations/sessions/cancel.html",
        lambda session, data: ReasonForm(data, help_text=_("Everybody who is told reads it in the mail.")),
        _cancel,
        Action.SESSION_CANCELLED,
        lambda form: {"state": SessionState.CANCELLED},
    ),
}


def _locks(session_id: int) -> list[QuerySet[Any]]:
    """Return the webinar, whose registration may close at another moment, and the session."""
    return [Webinar.objects.filter(sessions=session_id), WebinarSession.objects.filter(pk=session_id)]


def change_page(change: str) -> Callable[..., HttpResponseBase]:
    """Return the view of the page that changes a session in one of these ways."""
    how = CHANGES[change]
    return lambda request, session_id: change_session(request, session_id=session_id, how=how)


@holding(_locks)
def change_session(request: StaffRequest, session_id: int, how: SessionChangePage) -> HttpResponse:
    """Show one of the ways to change a session, and whom it reaches; the POST changes it and has everybody told."""
    session = get_object_or_404(WebinarSession.objects.select_related("webinar"), pk=session_id)
    if session.is_cancelled or session.is_over(timezone.now()):
        warn(
            request,
            services.errors.SessionIsCancelled() if session.is_cancelled else services.errors.SessionIsOver(),
        )
        return back_to(session)
    shown = stale_pages.picture(session, session.changed_at)
    form = how.form(session, _data(request, how))
    form.is_preview = request.method != "POST"
    if is_stale(request, shown):
        pass
    elif request.method == "POST" and form.is_valid():
        with refusals_in(form):
            how.act(session, form, request.user)
            tell(request, _("The session is changed. This page says when everybody concerned is told."))
            return back_to(session.jobs.first() or session)
    is_ready = form.is_valid() or not how.previews
    return show(
        request,
        how.template,
        session,
        title=how.title,
        session=session,
        form=form,
        seen=shown.token,
        told=services.sessions.count_told_of_change(session.pk, action=how.action, values=how.becomes(form))
        if is_ready
        else 0,
        outside=[
            item
            for item in services.agenda.lines_outside(session.webinar_id)
            if item.session_id == session.pk
        ],
        previews=how.previews,
        ready=is_ready,
    )


def _data(request: StaffRequest, how: SessionChangePage) -> QueryDict | None:
    if request.method == "POST":
        return request.POST
    return request.GET if how.previews and request.GET else None

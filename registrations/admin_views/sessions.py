"""Moving, renaming and cancelling a session: what was, what will be, and how many people are told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.desk import StaffRequest, back_to, show, staff_page, tell, warn
from registrations import permissions, services
from registrations.admin_views.forms import DateBackForm, ReasonForm, TimesForm, TitleForm
from registrations.admin_views.pages import refusals_in
from registrations.models import WebinarSession
from registrations.services.agenda import lines_outside
from registrations.states import OPEN_SEATS, RegistrationState


@dataclass(frozen=True, slots=True)
class Change:
    """One way of changing a session: its page, what is filled in, and the service behind the button.

    With `previews`, the form is first sent by GET and comes back with what was and what will be.
    """

    title: str | Promise
    template: str
    form: Callable[[WebinarSession, Any], forms.Form]
    act: Callable[[WebinarSession, forms.Form, User], object]
    count_told: Callable[[int], int] = services.count_told
    previews: bool = False


def _reschedule(session: WebinarSession, form: forms.Form, by: User) -> object:
    starts_at, ends_at = form.cleaned_data["starts_at"], form.cleaned_data["ends_at"]
    return services.reschedule_session(
        session.pk,
        starts_at=starts_at,
        ends_at=ends_at,
        by=by,
        now=timezone.now(),
        with_agenda=form.cleaned_data.get("with_agenda", False),
    )


def _take_date_back(session: WebinarSession, form: forms.Form, by: User) -> object:
    return services.reschedule_session(session.pk, starts_at=None, ends_at=None, by=by, now=timezone.now())


def _retitle(session: WebinarSession, form: forms.Form, by: User) -> object:
    title, place = form.cleaned_data["title"], form.cleaned_data["place"]
    return services.retitle_session(session.pk, title=title, place=place, by=by, now=timezone.now())


def _cancel(session: WebinarSession, form: forms.Form, by: User) -> object:
    return services.cancel_session(session.pk, reason=form.cleaned_data["reason"], by=by, now=timezone.now())


def _count_told_of_cancellation(session_id: int) -> int:
    """Return how many people have a place in a session, or wait for one or for a decision: a cancellation reaches both."""
    concerned = Q(state__in=OPEN_SEATS, registration__state=RegistrationState.ACTIVE)
    return WebinarSession.objects.get(pk=session_id).seats.filter(concerned).count()


CHANGES = {
    "change-time": Change(
        gettext_lazy("Change time"), "registrations/session_time.html", TimesForm, _reschedule, previews=True
    ),
    "take-date-back": Change(
        gettext_lazy("Take date back"),
        "registrations/session_date_back.html",
        DateBackForm,
        _take_date_back,
    ),
    "change-title": Change(
        gettext_lazy("Change title or place"),
        "registrations/session_title.html",
        TitleForm,
        _retitle,
        previews=True,
    ),
    "cancel": Change(
        gettext_lazy("Cancel session"),
        "registrations/session_cancel.html",
        lambda session, data: ReasonForm(data, help_text=_("Everybody who is told reads it in the mail.")),
        _cancel,
        count_told=_count_told_of_cancellation,
    ),
}


@staff_page(permissions.MOVE_SESSION)
def change_session(request: StaffRequest, session_id: int, change: str) -> HttpResponse:
    """Show one of the ways to change a session, and whom it reaches; the POST changes it and has everybody told."""
    how = CHANGES[change]
    session = get_object_or_404(WebinarSession.objects.select_related("webinar"), pk=session_id)
    if session.is_cancelled:
        warn(request, services.SessionIsCancelled())
        return back_to(session)
    seen = session.changed_at.isoformat()
    form = how.form(session, _data(request, how))
    if request.method == "POST" and request.POST.get("seen") != seen:
        warn(request, _("A colleague changed this session in the meantime. Look at it again, please."))
    elif request.method == "POST" and form.is_valid():
        with refusals_in(form):
            how.act(session, form, request.user)
            tell(request, _("The session is changed. This page says when everybody concerned is told."))
            return back_to(session.jobs.first() or session)
    return show(
        request,
        how.template,
        session,
        title=how.title,
        session=session,
        form=form,
        seen=seen,
        told=how.count_told(session.pk),
        outside=[item for item in lines_outside(session.webinar_id) if item.session_id == session.pk],
        previews=how.previews,
        ready=form.is_valid() or not how.previews,
    )


def _data(request: StaffRequest, how: Change) -> QueryDict | None:
    if request.method == "POST":
        return request.POST
    return request.GET if how.previews and request.GET else None

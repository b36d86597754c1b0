"""Before and while people register: what is missing, opening, closing, approving automatically, copying."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import permissions, services
from registrations.desk.refusals import refusals_in
from registrations.models import Webinar
from webinar_site.foundation import drawn
from webinar_site.foundation.days import validate_year
from webinar_site.foundation.desk.pages import (
    StaffRequest,
    back_to,
    is_stale,
    may_follow,
    row_of,
    show,
    staff_page,
    tell,
)


class MomentField(forms.DateTimeField):
    """A day and a time in Brussels, or nothing."""

    def __init__(self, label: Any, help_text: Any) -> None:
        """Ask for it in the browser's own box."""
        box = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            label=label, help_text=help_text, required=False, widget=box, validators=[validate_year]
        )


class OpeningForm(forms.Form):
    """When registration opens and closes by itself."""

    opens_at = MomentField(
        gettext_lazy("Opens at (Brussels time)"), gettext_lazy("Only to open by date. Empty: at once.")
    )
    closes_at = MomentField(
        gettext_lazy("Closes at (Brussels time)"), gettext_lazy("Empty: it stays open until you close it.")
    )

    def __init__(self, webinar: Webinar, data: QueryDict | None = None) -> None:
        """Start from the moments the webinar has."""
        moments = {"opens_at": webinar.registration_opens_at, "closes_at": webinar.registration_closes_at}
        super().__init__(data, initial=moments)
        if webinar.is_open(timezone.now()):
            del self.fields["opens_at"]

    def opening(self, *, by_date: bool) -> services.webinars.Opening:
        """Return what was filled in; at once whatever the first box says, unless it is to be by date."""
        opens_at = self.cleaned_data.get("opens_at") if by_date else None
        return services.webinars.Opening(opens_at, self.cleaned_data["closes_at"])

    def require_later(self, now: datetime) -> bool:
        """Return whether the first box names a moment to come; say so in the form where it does not."""
        opens_at = self.cleaned_data.get("opens_at")
        if opens_at is None or opens_at <= now:
            self.add_error("opens_at" if "opens_at" in self.fields else None, _("Give a moment to come."))
        return self.is_valid()


class CopyForm(forms.ModelForm[Webinar]):
    """What a copied webinar is called, and its address."""

    class Meta:
        model = Webinar
        fields = ("title", "slug")


@staff_page(permissions.VIEW_WEBINAR)
def check_readiness(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what is there and what is missing before registration opens, each with the page where it is mended."""
    webinar = _webinar(webinar_id)
    return show(
        request,
        "registrations/webinars/webinar_readiness.html",
        webinar,
        title=_("Ready to open?"),
        checks=_checks(request, webinar),
        may_open=request.user.has_perm(permissions.OPEN_REGISTRATION),
    )


def _checks(request: StaffRequest, webinar: Webinar) -> list[services.webinars.Check]:
    """Return what was looked at, each with the page where it is mended, for those who may open that."""
    return [
        check if not check.url or may_follow(request.user, check.url) else replace(check, url="")
        for check in services.webinars.readiness(webinar, timezone.now())
    ]


@staff_page(permissions.OPEN_REGISTRATION, locks=row_of(Webinar))
def open_or_close(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show whether registration is open and what stands in its way; the POST opens, plans or closes, by its button."""
    webinar, now = _webinar(webinar_id), timezone.now()
    form = OpeningForm(webinar, request.POST if request.method == "POST" else None)
    shown = drawn.picture(webinar, services.webinars.opening_of(webinar))
    is_old = is_stale(request, shown)
    if not is_old and request.POST.get("act") == "close":
        services.webinars.close_registration(webinar.pk, by=request.user, now=now)
        tell(request, _("Registration is closed."))
        return back_to(webinar)
    if not is_old and form.is_valid():
        by_date = request.POST.get("act") == "plan"
        with refusals_in(form):
            if not by_date or form.require_later(now):
                opening = form.opening(by_date=by_date)
                services.webinars.open_registration(webinar.pk, opening=opening, by=request.user, now=now)
                tell(request, _("Registration opens by date.") if by_date else _("Registration is open."))
                return back_to(webinar)
    checks = _checks(request, webinar)
    return show(
        request,
        "registrations/webinars/webinar_opening.html",
        webinar,
        title=_("Open or close registration"),
        is_open=webinar.is_open(now),
        opens_later=webinar.opens_later(now),
        blocking=[check for check in checks if check.state is services.webinars.Readiness.BLOCKS],
        advice=sum(check.state is services.webinars.Readiness.ADVICE for check in checks),
        form=form,
        seen=shown.token,
    )


@staff_page(permissions.DECIDE, locks=row_of(Webinar))
def approve_automatically(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what the switch does and what it leaves to staff; the POST turns it the way the page said."""
    webinar = _webinar(webinar_id)
    shown = drawn.picture(webinar, webinar.auto_approve)
    if request.method == "POST" and not is_stale(request, shown):
        on = request.POST.get("act") == "on"
        services.decisions.set_auto_approval(webinar.pk, on=on, by=request.user, now=timezone.now())
        said = _("Automatic approval is on.") if on else _("Automatic approval is off.")
        tell(request, said)
        return back_to(webinar)
    waiting = services.decisions.waiting_though_eligible(webinar.pk)
    sessions = ",".join(str(pk) for pk in webinar.sessions.values_list("pk", flat=True))
    seats = f"state__exact=requested&outcome__exact=eligible&session__id__in={sessions}"
    return show(
        request,
        "registrations/webinars/webinar_auto_approve.html",
        webinar,
        title=_("Approve automatically"),
        webinar=webinar,
        seen=shown.token,
        waiting=waiting.count(),
        seats=f"{reverse('admin:registrations_seat_changelist')}?{seats}",
    )


@staff_page(permissions.ADD_WEBINAR)
def copy_webinar(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what a copy takes over and what it leaves behind; the POST makes it."""
    webinar = _webinar(webinar_id)
    form = CopyForm(request.POST if request.method == "POST" else None, initial={"title": webinar.title})
    if form.is_valid():
        with refusals_in(form):
            title, slug = form.cleaned_data["title"], form.cleaned_data["slug"]
            copy = services.webinars.copy_webinar(
                webinar.pk, title=title, slug=slug, by=request.user, now=timezone.now()
            )
            tell(request, _("The copy is made. Registration for it is closed."))
            return redirect("admin:registrations_webinar_readiness", copy.pk)
    return show(request, "registrations/webinars/webinar_copy.html", webinar, title=_("Copy"), form=form)


def _webinar(webinar_id: int) -> Webinar:
    return get_object_or_404(Webinar.objects.select_related("audience"), pk=webinar_id)

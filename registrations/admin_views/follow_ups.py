"""After a session: recording, slides and feedback, on people's pages and by mail."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.desk import StaffRequest, back_to, show, staff_page, tell, warn
from registrations import permissions, services
from registrations.admin_views.pages import refusals_in
from registrations.models import WebinarSession


class LinkField(forms.URLField):
    """An https address, or nothing."""

    def __init__(self, label: Any) -> None:
        """Ask for an address of at most 500 characters."""
        self.default_validators = [URLValidator(schemes=["https"])]
        messages = {"invalid": gettext_lazy("Enter an address with https://.")}
        super().__init__(
            label=label, required=False, max_length=500, assume_scheme="https", error_messages=messages
        )
        self.widget.attrs["size"] = 80


class FollowUpForm(forms.Form):
    """Where to find what is left of a session."""

    recording_url = LinkField(gettext_lazy("Recording"))
    slides_url = LinkField(gettext_lazy("Slides"))
    feedback_url = LinkField(gettext_lazy("Feedback"))

    def __init__(self, session: WebinarSession, data: QueryDict | None = None) -> None:
        """Start from the links the session has."""
        super().__init__(data, initial=asdict(services.follow_up_of(session)))

    def links(self) -> services.FollowUp:
        """Return what was filled in."""
        return services.FollowUp(**self.cleaned_data)


@staff_page(permissions.SEND_FOLLOW_UP)
def follow_up(request: StaffRequest, session_id: int) -> HttpResponse:
    """Show the mail that follows a session, and whom it reaches; the POST sends it, or only saves its links."""
    session = get_object_or_404(WebinarSession.objects.select_related("webinar"), pk=session_id)
    now = timezone.now()
    seen = " ".join(asdict(services.follow_up_of(session)).values())
    form = FollowUpForm(session, request.POST if request.method == "POST" else request.GET or None)
    if request.method == "POST" and request.POST.get("seen") != seen:
        warn(request, _("A colleague changed these links in the meantime. Look at them again, please."))
    elif request.method == "POST" and form.is_valid():
        with refusals_in(form):
            return _act(request, session, form.links())
    is_ready = form.is_valid()
    return show(
        request,
        "registrations/session_follow_up.html",
        session,
        title=_("Send follow-up"),
        session=session,
        why_not=services.why_no_follow_up(session, now),
        form=form,
        seen=seen,
        told=services.count_told(session.pk),
        wording=services.follow_up_wording(session, form.links(), now) if is_ready else None,
    )


def _act(request: StaffRequest, session: WebinarSession, links: services.FollowUp) -> HttpResponse:
    """Do what the pressed button says; raise FollowUpNotPossible."""
    now = timezone.now()
    if "save" in request.POST:
        services.edit_follow_up(session.pk, links=links, by=request.user, now=now)
        tell(request, _("The links are saved; nobody was told by mail."))
    else:
        services.send_follow_up(session.pk, links=links, by=request.user, now=now)
        tell(request, _("The links are saved. This page says when everybody with a place is told."))
        return back_to(session.jobs.first() or session)
    return back_to(session)

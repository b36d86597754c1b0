"""After a session: recording, slides and feedback, on people's pages and by mail."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.models import WebinarSession
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, row_of, show, tell
from webinar_site.foundation.stale_forms import DrawnForm


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


class FollowUpForm(DrawnForm, forms.Form):
    """Where to find what is left of a session."""

    recording_url = LinkField(gettext_lazy("Recording"))
    slides_url = LinkField(gettext_lazy("Slides"))
    feedback_url = LinkField(gettext_lazy("Feedback"))

    whom = forms.ChoiceField(
        label=gettext_lazy("Who gets the mail"), widget=forms.RadioSelect, required=False
    )

    def __init__(
        self,
        session: WebinarSession,
        counts: Mapping[services.sessions.Whom, int],
        data: QueryDict | None = None,
    ) -> None:
        """Start from the links the session has; offer to reach whom there is a count of."""
        super().__init__(
            data,
            initial=asdict(services.sessions.follow_up_of(session))
            | {"whom": services.sessions.Whom.EVERYBODY.value},
        )
        self.about = session
        if len(counts) == 1:
            del self.fields["whom"]
        else:
            self.fields["whom"].choices = [  # type: ignore[attr-defined]
                (whom.value, f"{whom.label} ({count})") for whom, count in counts.items()
            ]

    def links(self) -> services.sessions.FollowUp:
        """Return the links that were filled in."""
        return services.sessions.FollowUp(
            **{name: value for name, value in self.cleaned_data.items() if name != "whom"}
        )

    def whom_to_notify(self) -> services.sessions.Whom:
        """Return who is to get the mail."""
        return services.sessions.Whom(self.cleaned_data.get("whom") or services.sessions.Whom.EVERYBODY)


@holding(row_of(WebinarSession))
def follow_up_session(request: StaffRequest, session_id: int) -> HttpResponse:
    """Show the mail that follows a session, and whom it reaches; the POST sends it, or only saves its links."""
    session = get_object_or_404(WebinarSession.objects.select_related("webinar"), pk=session_id)
    now = timezone.now()
    shown = stale_pages.picture(session, asdict(services.sessions.follow_up_of(session)))
    counts = services.sessions.count_followed_up(session.pk)
    form = FollowUpForm(session, counts, request.POST if request.method == "POST" else request.GET or None)
    form.is_preview = request.method != "POST"
    if is_stale(request, shown):
        pass
    elif request.method == "POST" and form.is_valid():
        with refusals_in(form):
            return _act(request, session, form)
    is_ready = form.is_valid()
    return show(
        request,
        "registrations/sessions/follow_up.html",
        session,
        title=_("Send follow-up"),
        session=session,
        why_not=services.sessions.why_no_follow_up(session, now),
        form=form,
        seen=shown.token,
        told=services.sessions.count_told_of_follow_up(session.pk, form.links(), form.whom_to_notify())
        if is_ready
        else 0,
        wording=services.sessions.follow_up_wording(session, form.links(), now, form.whom_to_notify())
        if is_ready
        else None,
    )


def _act(request: StaffRequest, session: WebinarSession, form: FollowUpForm) -> HttpResponse:
    """Do what the pressed button says; raise FollowUpNotPossible."""
    links, now = form.links(), timezone.now()
    if "save" in request.POST:
        services.sessions.edit_follow_up(session.pk, links=links, by=request.user, now=now)
        tell(request, _("The links are saved; nobody was told by mail."))
    else:
        whom = form.whom_to_notify()
        services.sessions.send_follow_up(session.pk, links=links, by=request.user, now=now, whom=whom)
        tell(request, _("The links are saved. This page says when everybody with a place is told."))
        return back_to(session.jobs.first() or session)
    return back_to(session)

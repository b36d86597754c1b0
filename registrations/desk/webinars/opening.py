"""Opening and closing registration, at once or by date."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.refusals import refusals_in
from registrations.desk.webinars.readiness import checks_for
from registrations.models import Webinar
from registrations.services.webinars import Grade
from webinar_site.foundation import stale_pages
from webinar_site.foundation.days import validate_year
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, row_of, show, tell


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


@holding(row_of(Webinar))
def open_or_close(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show whether registration is open and what is in its way; the POST opens, plans or closes, by its button."""
    webinar, now = (
        get_object_or_404(Webinar.objects.select_related("audience"), pk=webinar_id),
        timezone.now(),
    )
    form = OpeningForm(webinar, request.POST if request.method == "POST" else None)
    shown = stale_pages.picture(webinar, services.webinars.opening_of(webinar))
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
    checks = checks_for(request, webinar)
    return show(
        request,
        "registrations/webinars/opening.html",
        webinar,
        title=_("Open or close registration"),
        is_open=webinar.is_open(now),
        opens_later=webinar.opens_later(now),
        blocking=[(check, url) for check, url in checks if check.state is Grade.BLOCKS],
        advice=sum(check.state is Grade.ADVICE for check, _url in checks),
        form=form,
        seen=shown.token,
    )

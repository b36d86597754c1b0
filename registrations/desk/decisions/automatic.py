"""The switch that has whoever is eligible approved at once."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.models import Webinar
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, back_to, holding, is_stale, row_of, show, tell


@holding(row_of(Webinar))
def approve_automatically(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what the switch does and what it leaves to staff; the POST turns it the way the page said."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    shown = stale_pages.picture(webinar, webinar.auto_approve)
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
        "registrations/decisions/automatic.html",
        webinar,
        title=_("Approve automatically"),
        webinar=webinar,
        seen=shown.token,
        waiting=waiting.count(),
        seats=f"{reverse('admin:registrations_seat_changelist')}?{seats}",
    )

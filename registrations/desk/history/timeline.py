"""What happened around a webinar: the history and the mails between its entries, to read and to take out."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import permissions, services
from registrations.models import Webinar
from webinar_site.foundation import days
from webinar_site.foundation.desk.pages import StaffRequest, show
from webinar_site.foundation.tables.spreadsheets import FORMATS

ON_A_PAGE = 100


def webinar_history(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what happened, newest first; `below` in the address says from where on."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    try:
        below = services.history.Position.read(request.GET["below"])
    except (KeyError, services.history.NotAPosition):
        below = None
    events = services.history.webinar_history(webinar.pk, below=below, count=ON_A_PAGE + 1)
    return show(
        request,
        "registrations/history/timeline.html",
        webinar,
        title=_("What happened"),
        webinar=webinar,
        events=events[:ON_A_PAGE],
        below=below,
        next=events[ON_A_PAGE - 1].position if len(events) > ON_A_PAGE else None,
        may_export=request.user.has_perm(permissions.EXPORT_HISTORY),
    )


def export_history(request: StaffRequest, webinar_id: int) -> HttpResponseBase:
    """Send everything that happened around a webinar as comma-separated text; the history notes who took it."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    rows = services.history.export_webinar_history(webinar.pk, by=request.user, now=timezone.now())
    filename = f"history-{webinar.slug}-{days.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    how = FORMATS["csv"]
    return StreamingHttpResponse(how.write(rows), content_type=how.media_type, headers=headers)

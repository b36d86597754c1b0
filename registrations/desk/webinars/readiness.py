"""What is there and what is missing before registration opens, each with the page where it is mended."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import permissions, services
from registrations.models import Webinar
from webinar_site.foundation.desk.pages import StaffRequest, show
from webinar_site.foundation.desk.site import the_desk


def check_readiness(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what is there and what is missing before registration opens, each with the page where it is mended."""
    webinar = get_object_or_404(Webinar.objects.select_related("audience"), pk=webinar_id)
    return show(
        request,
        "registrations/webinars/webinar_readiness.html",
        webinar,
        title=_("Ready to open?"),
        checks=checks_for(request, webinar),
        may_open=request.user.has_perm(permissions.OPEN_REGISTRATION),
    )


def checks_for(request: StaffRequest, webinar: Webinar) -> list[services.webinars.Check]:
    """Return what was looked at, each with the page where it is mended, for those who may open that."""
    return [
        check if not check.url or the_desk().may_follow(request.user, check.url) else replace(check, url="")
        for check in services.webinars.readiness(webinar, timezone.now())
    ]

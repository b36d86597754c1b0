"""What is there and what is missing before registration opens, each with the page where it is put right."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import permissions, services
from registrations.models import Webinar
from registrations.services.webinars import Check, Mend
from webinar_site.foundation.desk.pages import StaffRequest, show
from webinar_site.foundation.desk.site import the_desk


def check_readiness(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show what is there and what is missing before registration opens, each with the page where it is put right."""
    webinar = get_object_or_404(Webinar.objects.select_related("audience"), pk=webinar_id)
    return show(
        request,
        "registrations/webinars/readiness.html",
        webinar,
        title=_("Ready to open?"),
        checks=checks_for(request, webinar),
        may_open=request.user.has_perm(permissions.OPEN_REGISTRATION),
    )


def checks_for(request: StaffRequest, webinar: Webinar) -> list[tuple[Check, str]]:
    """Return what was looked at, each with the address where it is put right, "" for those who may not go there."""
    checks = services.webinars.check_readiness(webinar, timezone.now())
    addresses = [(check, address_of(check, webinar)) for check in checks]
    may_follow = the_desk().may_follow
    return [(check, url if url and may_follow(request.user, url) else "") for check, url in addresses]


def address_of(check: Check, webinar: Webinar) -> str:
    """Return the address of the page where something is put right, "" where there is none."""
    match check.mend:
        case Mend.WEBINAR:
            return reverse("admin:registrations_webinar_change", args=[webinar.pk])
        case Mend.NEW_SESSION:
            return reverse("admin:registrations_webinarsession_add", query={"webinar": webinar.pk})
        case Mend.SESSION:
            return reverse("admin:registrations_webinarsession_change", args=[check.about])
        case Mend.TIME:
            return reverse("admin:registrations_webinarsession_change-time", args=[check.about])
        case Mend.AGENDA:
            return reverse("admin:registrations_webinar_publish_agenda", args=[webinar.pk])
        case Mend.LEGAL_TEXT:
            return reverse("admin:registrations_legaltext_add")
        case Mend.LISTS:
            return reverse("eligibility:index", query={"on": check.about} if check.about else None)
    return ""

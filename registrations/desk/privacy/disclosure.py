"""Everything that is kept about somebody, as a file for them."""

import json

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.models import Registration
from webinar_site.foundation.desk.pages import StaffRequest, show


def export_person(request: StaffRequest, registration_id: int) -> HttpResponse:
    """Say what the file holds; the POST notes in the history who takes it, and sends it."""
    registration = get_object_or_404(Registration.objects.select_related("webinar"), pk=registration_id)
    if request.method == "POST":
        data = services.privacy.export_person(registration.pk, by=request.user, now=timezone.now())
        return HttpResponse(
            json.dumps(data, ensure_ascii=False, indent=2),
            content_type="application/json",
            headers={
                "Content-Disposition": f'attachment; filename="registration-{registration.reference}.json"'
            },
        )
    return show(
        request,
        "registrations/privacy/disclosure.html",
        registration,
        title=_("Export a person's data"),
        registration=registration,
    )

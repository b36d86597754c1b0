"""Publishing the agenda: what changed since it was last published, and how many people are told."""

import hashlib
import json
from collections.abc import Sequence

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import permissions, services
from registrations.admin_views.pages import StaffRequest, back_to, refusals_in, show, staff_page, tell, warn
from registrations.models import AgendaLine, Webinar, agenda_changes


@staff_page(permissions.PUBLISH_AGENDA)
def publish_agenda(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show the working agenda against the last published one; the POST publishes what was shown."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    lines = services.working_agenda(webinar.pk)
    seen = _fingerprint(lines)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound and request.POST.get("seen") != seen:
        warn(request, _("A colleague changed the working agenda in the meantime. Look at it again, please."))
    elif form.is_valid():
        with refusals_in(form):
            services.publish_agenda(webinar.pk, by=request.user, now=timezone.now())
            tell(request, _("The agenda is published; a worker is telling everybody registered."))
            return back_to(webinar)
    latest = webinar.agenda_versions.first()
    return show(
        request,
        "agenda_publish.html",
        webinar,
        title=_("Publish agenda"),
        latest=latest,
        lines=lines,
        changes=agenda_changes(latest.items if latest else [], lines),
        told=services.count_registered(webinar.pk),
        form=form,
        seen=seen,
    )


def _fingerprint(lines: Sequence[AgendaLine]) -> str:
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()

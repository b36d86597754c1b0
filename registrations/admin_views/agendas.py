"""Publishing the agenda: what changed since it was last published, and how many people are told."""

import hashlib
import json
from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.desk import StaffRequest, back_to, show, staff_page, tell, warn
from registrations import permissions, services
from registrations.admin_views.forms import PublishForm
from registrations.admin_views.pages import refusals_in
from registrations.models import AgendaLine, BulkJob, Webinar, agenda_changes
from registrations.services.agenda import lines_outside


@staff_page(permissions.PUBLISH_AGENDA)
def publish_agenda(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show the working agenda against the last published one; the POST publishes what was shown."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    lines = services.working_agenda(webinar.pk)
    seen = _fingerprint(lines)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_bound and request.POST.get("seen") != seen:
        warn(request, _("A colleague changed the working agenda in the meantime. Look at it again, please."))
    elif form.is_valid():
        with refusals_in(form):
            silent = form.cleaned_data["silent"]
            services.publish_agenda(webinar.pk, by=request.user, now=timezone.now(), silent=silent)
            return _published(request, webinar, silent=silent)
    latest = webinar.agenda_versions.first()
    return show(
        request,
        "registrations/agenda_publish.html",
        webinar,
        title=_("Publish agenda"),
        latest=latest,
        lines=lines,
        changes=agenda_changes(latest.items if latest else [], lines),
        told=services.count_registered(webinar.pk),
        outside=lines_outside(webinar.pk),
        form=form,
        seen=seen,
    )


def _published(request: StaffRequest, webinar: Webinar, *, silent: bool) -> HttpResponse:
    """Say what becomes of it, and go to the job that tells everybody, or back where nobody is told."""
    if silent:
        tell(request, _("The agenda is published, and nobody is told."))
        return back_to(webinar)
    tell(request, _("The agenda is published. This page says when everybody registered is told."))
    return back_to(webinar.jobs.filter(kind=BulkJob.Kind.AGENDA).first() or webinar)


def _fingerprint(lines: Sequence[AgendaLine]) -> str:
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()

"""Stopping a bulk job."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registrations import permissions, services
from registrations.admin_views.pages import StaffRequest, back_to, staff_page, tell, warn
from registrations.models import BulkJob


@require_POST
@staff_page(permissions.STOP_JOB)
def stop_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Stop a job before its next chunk; one that has ended stays as it is."""
    job = get_object_or_404(BulkJob, pk=job_id)
    now = timezone.now()
    if services.stop_job(job.pk, by=request.user, now=now).finished_at == now:
        tell(request, _("The job is stopped. What was done stays done."))
    else:
        warn(request, _("The job had already ended."))
    return back_to(job)

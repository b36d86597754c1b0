"""A bulk job in its stop window: what it would do, and the buttons that stop or release it (D-69)."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import permissions, services
from registrations.models import BulkJob
from webinar_site.foundation.desk.pages import StaffRequest, back_to, tell, warn


def may_stop(user: User, job: BulkJob) -> bool:
    """Return whether somebody may stop and release jobs, and do what this one does."""
    return user.has_perms([permissions.STOP_JOB, services.jobs.kind_of(job).permission])


def _find(request: StaffRequest, job_id: int) -> BulkJob:
    """Return the job; raise Http404 where there is none, PermissionDenied where it is not for this person to stop."""
    job = get_object_or_404(BulkJob, pk=job_id)
    if not may_stop(request.user, job):
        raise PermissionDenied
    return job


def stop_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Stop a job before its next chunk; one that has ended stays as it is."""
    job = _find(request, job_id)
    now = timezone.now()
    try:
        stopped = services.jobs.stop_job(job.pk, by=request.user, now=now).finished_at == now
    except services.errors.Refused as refusal:
        warn(request, refusal)
        return back_to(job)
    if stopped:
        tell(request, services.jobs.kind_of(job).stopping.message)
    else:
        warn(request, _("The job had already ended."))
    return back_to(job)


def release_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Let a job that waits in its window go now; one that is released, or has ended, stays as it is."""
    job = _find(request, job_id)
    now = timezone.now()
    try:
        services.jobs.release_job(job.pk, by=request.user, now=now)
    except services.errors.Refused as refusal:
        warn(request, refusal)
        return back_to(job)
    if job.is_held(now):
        tell(request, _("The job is released. This page shows how far it is."))
    else:
        warn(request, _("The job was released already, or has ended."))
    return back_to(job)


def of_window(job: BulkJob, now: datetime) -> dict[str, Any]:
    """Return what the page of a job in its stop window says: what it waits for, whom it tells, what stopping does."""
    if not job.is_held(now):
        return {"is_held": False}
    record, later = services.jobs.kind_of(job), services.jobs.waits_for(job, now)
    if later is not None and record.together is not None:
        return {"is_held": True, "later": later, "leaves_with": record.together.later}
    return {
        "is_held": True,
        "preview": record.preview(job, now),
        "warning": record.stopping.warning,
        "given_back": record.stopping.given_back(job),
    }

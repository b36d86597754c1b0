"""A bulk job in its stop window: what it would do, and the buttons that stop or release it (D-69)."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registrations import permissions, services
from registrations.desk.decisions.pages import Preview, preview
from registrations.desk.overrides.batches import preview_batch
from registrations.models import BulkJob, MailKind, SessionState
from registrations.services.steps import seats_left
from registrations.times import session_time
from webinar_site.foundation.desk.pages import StaffRequest, back_to, staff_page, tell, warn


def may_stop(user: User, job: BulkJob) -> bool:
    """Return whether somebody may stop and release jobs, and do what this one does."""
    return user.has_perms([permissions.STOP_JOB, permissions.ACTS[job.kind]])


def _find(request: StaffRequest, job_id: int) -> BulkJob:
    """Return the job; raise Http404 where there is none, PermissionDenied where it is not for this person to stop."""
    job = get_object_or_404(BulkJob, pk=job_id)
    if not may_stop(request.user, job):
        raise PermissionDenied
    return job


@require_POST
@staff_page(permissions.STOP_JOB)
def stop_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Stop a job before its next chunk; one that has ended stays as it is."""
    job = _find(request, job_id)
    now = timezone.now()
    try:
        stopped = services.control.stop_job(job.pk, by=request.user, now=now).finished_at == now
    except services.errors.Refused as refusal:
        warn(request, refusal)
        return back_to(job)
    if not stopped:
        warn(request, _("The job had already ended."))
    elif job.kind == BulkJob.Kind.SESSION_CHANGE:
        tell(request, _("The change is taken back: the session is what it was before."))
    elif job.kind == BulkJob.Kind.AGENDA:
        tell(request, _("The mails are stopped. The agenda stays published."))
    else:
        tell(request, _("The job is stopped. What was done stays done."))
    return back_to(job)


@require_POST
@staff_page(permissions.STOP_JOB)
def release_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Let a job that waits in its window go now; one that is released, or has ended, stays as it is."""
    job = _find(request, job_id)
    now = timezone.now()
    try:
        services.control.release_job(job.pk, by=request.user, now=now)
    except services.errors.Refused as refusal:
        warn(request, refusal)
        return back_to(job)
    if job.is_held(now):
        tell(request, _("The job is released. This page shows how far it is."))
    else:
        warn(request, _("The job was released already, or has ended."))
    return back_to(job)


def of_window(job: BulkJob, now: datetime) -> dict[str, Any]:
    """Return what the page of a job in its stop window says: what it waits for, who would be told, what stopping does."""
    if not job.is_held(now):
        return {"is_held": False}
    later = services.control.waits_for(job, now)
    decided = _preview(job, now)
    reached = decided.mails if decided else _reached(job, now)
    return {
        "is_held": True,
        "later": later,
        "decided": decided,
        "reached": {} if later else reached,
        "given_back": [] if later else _given_back(job),
    }


def _preview(job: BulkJob, now: datetime) -> Preview | None:
    """Return what a job that decides about seats would do now, and whom it would skip; None for one of another kind."""
    if job.kind == BulkJob.Kind.DECISION:
        return preview(seats_left(job), services.steps.decision_of(job, now), job)
    return preview_batch(job.facts["batch"], now, job) if job.kind == BulkJob.Kind.OVERRIDE else None


def _reached(job: BulkJob, now: datetime) -> dict[str, int]:
    """Return how many people would be told by which mail, where nothing is decided."""
    reached = services.control.count_reached(job, now)
    return {str(_mail_of(job).label): reached} if reached else {}


def _mail_of(job: BulkJob) -> MailKind:
    if job.kind == BulkJob.Kind.FOLLOW_UP:
        return MailKind.FOLLOW_UP
    if job.kind == BulkJob.Kind.IMPORT:
        return MailKind.CONFIRM_ADDRESS
    session = job.session
    if session is None:
        return MailKind.AGENDA
    if session.is_cancelled:
        return MailKind.SESSION_CANCELLED
    return MailKind.SESSION_CHANGED if session.is_dated else MailKind.DATE_WITHDRAWN


def _given_back(job: BulkJob) -> list[str]:
    """Return in words what the session gets back when its change is stopped."""
    if job.kind != BulkJob.Kind.SESSION_CHANGE:
        return []
    was = services.sessions.former_values(job)
    given = [str(SessionState(was["state"]).label)] if "state" in was else []
    given += [session_time(was["starts_at"], was["ends_at"])] if "starts_at" in was else []
    return given + [was[field] for field in ("title", "place") if field in was]

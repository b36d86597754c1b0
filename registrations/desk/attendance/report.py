"""Who was there: a meeting's report is read, shown and saved; whom it does not name clearly is matched by hand."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.desk.attendance.forms import MatchForm, ReadingForm, ReportForm, source_of
from registrations.desk.refusals import refusals_in
from registrations.desk.uploads import list_to_fill_in
from registrations.meeting_reports import attendance
from registrations.models import Attendance, AttendanceReport, WebinarSession
from webinar_site.foundation import stale_pages
from webinar_site.foundation.desk.pages import StaffRequest, holding, is_stale, row_of, show, tell

ROWS_PER_PAGE = 100
State = Attendance.State


def _find(session_id: int) -> WebinarSession:
    return get_object_or_404(WebinarSession.objects.select_related("webinar__audience"), pk=session_id)


def _overview(session: WebinarSession) -> str:
    return reverse("admin:registrations_webinarsession_attendance", args=[session.pk])


def show_attendance(request: StaffRequest, session_id: int) -> HttpResponse:
    """Show who was there: the figures, who had no place, and whom nobody knows the seat of yet."""
    session = _find(session_id)
    report = AttendanceReport.objects.filter(session=session).first()
    rows = report.attendances.select_related("seat__registration") if report else Attendance.objects.none()
    kind = request.GET.get("state", State.OPEN.value)
    kind = kind if kind in State else State.OPEN.value
    listed = Paginator(rows.filter(state=kind), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return show(
        request,
        "registrations/attendance/overview.html",
        session,
        title=_("Attendance"),
        session=session,
        figures=services.attendance.attendance_figures(session),
        without_place=rows.not_approved(),
        kind=kind,
        states=State.choices,
        rows=listed,
        upload_url=reverse("admin:registrations_webinarsession_attendance-upload", args=[session.pk]),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a report would say, and how it was read."""

    report: attendance.Report
    preview: services.attendance.AttendancePreview
    source: services.attendance.ReportSource

    def picture_for(self, session: WebinarSession) -> stale_pages.Picture:
        """Return what the page shows of a session's report, so that nothing is saved that was not shown."""
        rows = [
            (row.attendee, row.state, row.match, row.minutes, row.seat and row.seat.pk)
            for row in self.preview.matched
        ]
        return stale_pages.picture(session, repr((rows, self.source)))


@holding(row_of(WebinarSession))
def upload_attendance(request: StaffRequest, session_id: int) -> HttpResponse:
    """Read a report, ask which column says what, show whom it names; the last POST saves what was shown."""
    session = _find(session_id)
    is_sent = request.method == "POST"
    form = ReportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    reading, seen = None, None
    if form.is_valid():
        is_mapped = request.POST.get("mapped") == form.cleaned_data["sha256"]
        reading = ReadingForm(form.cleaned_data["table"], request.POST if is_mapped else None)
        if reading.is_valid():
            with refusals_in(reading):
                seen = _read(session, form, reading)
                if "save" in request.POST and not is_stale(request, seen.picture_for(session)):
                    return _save(request, session, seen)
    shown = ReportForm(initial={"text": form.cleaned_data["text"]}) if reading else form
    return show(
        request,
        "registrations/attendance/upload.html",
        session,
        title=_("Attendance report"),
        session=session,
        why_not="" if session.is_dated else _("The session has no date, so nobody can have attended it."),
        form=reading if reading and reading.errors else form,
        report_form=shown,
        reading=reading,
        mapped=form.cleaned_data["sha256"] if reading else "",
        seen=seen,
        notes=(*form.cleaned_data["notes"], *(reading.notes(session) if seen else ())) if reading else (),
        token=seen.picture_for(session).token if seen else "",
        replaces=AttendanceReport.objects.filter(session=session).exists(),
    )


def _read(session: WebinarSession, form: ReportForm, reading: ReadingForm) -> Seen:
    if session.starts_at is None or session.ends_at is None:
        raise services.errors.AttendanceNotPossible(
            _("The session has no date, so nobody can have attended it.")
        )
    span = (session.starts_at, session.ends_at)
    report = attendance.read_report(form.cleaned_data["table"], reading.cleaned_data["reading"], span)
    source = source_of(form, reading)
    return Seen(report, services.attendance.preview_attendance(session.pk, report, source=source), source)


def _save(request: StaffRequest, session: WebinarSession, seen: Seen) -> HttpResponse:
    services.attendance.save_attendance(
        session.pk, seen.report, source=seen.source, by=request.user, now=timezone.now()
    )
    if seen.preview.is_saved:
        tell(request, _("This report was saved before, and nothing has changed."))
    else:
        tell(request, _("The attendance is saved."))
    return redirect(_overview(session))


@holding(row_of(WebinarSession))
def match_attendance(request: StaffRequest, session_id: int, attendance_id: int) -> HttpResponse:
    """Show one attendance and whose it may have been; the POST says whose it was, or nobody's."""
    session = _find(session_id)
    rows = Attendance.objects.select_related("seat__registration").filter(report__session=session)
    row = get_object_or_404(rows, pk=attendance_id)
    form = MatchForm(request.POST if request.method == "POST" else None)
    shown = stale_pages.picture(row, row.state, row.match, row.seat_id)
    if is_stale(request, shown):
        pass
    elif form.is_valid():
        with refusals_in(form):
            _say(request, row, form.cleaned_data)
            return redirect(_overview(session))
    search = request.GET.get("q", "")
    return show(
        request,
        "registrations/attendance/match.html",
        session,
        title=_("Whose attendance was this?"),
        session=session,
        row=row,
        minutes=services.attendance.minutes_there([row], session),
        stays=services.attendance.intervals_of([row]),
        form=form,
        seen=shown.token,
        search=search,
        candidates=services.attendance.candidates_for(row, search),
    )


def _say(request: StaffRequest, row: Attendance, answers: dict[str, Any]) -> None:
    """Do what the pressed button says; raise AttendanceNotPossible."""
    by, now = request.user, timezone.now()
    if answers["act"] == "match":
        services.attendance.match_attendance(row.pk, seat_id=answers["seat"], by=by, now=now)
        tell(request, _("The attendance is matched."))
    elif answers["act"] == "aside":
        services.attendance.set_attendance_aside(row.pk, by=by, now=now)
        tell(request, _("The attendance is set aside."))
    else:
        services.attendance.reopen_attendance(row.pk, by=by, now=now)
        tell(request, _("The attendance waits to be matched again."))


def attendance_template(request: StaffRequest, session_id: int) -> HttpResponse:
    """Return an empty attendance report, for meetings whose program writes none."""
    get_object_or_404(WebinarSession, pk=session_id)
    return list_to_fill_in("attendance", ("Name", "Email", "Organisation", "Join Time", "Leave Time"), {})

"""Sessions: filled in and read here, except what reaches people's calendars, which has pages of its own."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations import permissions, services
from registrations.desk.agenda.lists import AgendaItemInline
from registrations.desk.filters import YesNoFilter
from registrations.models import Reminder, WebinarSession
from registrations.times import session_time
from webinar_site.foundation.desk.lists import DeskAdmin, NamedFormSet
from webinar_site.foundation.stale_forms import DrawnModelForm


class DatedFilter(YesNoFilter):
    """Whether a session has a date."""

    title = _("date fixed")
    parameter_name = "dated"
    column = "starts_at"


class AttendanceFilter(admin.SimpleListFilter):
    """Which sessions have attendances to match or to look at, as the start page counts them."""

    title = _("attendance")
    parameter_name = "attendance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the one choice, for those who match them."""
        return [("open", _("to be matched"))] if request.user.has_perm(permissions.RECORD_ATTENDANCE) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return the sessions to look at, or None without the choice."""
        if self.value() != "open":
            return None
        return queryset.filter(pk__in=services.reports.attendance_to_check().values("pk"))


class ReminderInline(admin.TabularInline[Reminder, WebinarSession]):
    """When people are reminded of a session."""

    model = Reminder
    form = DrawnModelForm
    formset = NamedFormSet
    fields = ("hours_before", "goes_out")
    readonly_fields = ("goes_out",)
    extra = 1

    @admin.display(description=_("goes out"))
    def goes_out(self, reminder: Reminder) -> str:
        """Return the moment in Brussels time, or that it does not go out."""
        due_at = reminder.due_at
        return (
            date_format(timezone.localtime(due_at), "DATETIME_FORMAT") if due_at else gettext("not planned")
        )


class SessionForm(DrawnModelForm):
    """A session; its times, title and place are filled in once, and change on pages of their own."""

    def clean(self) -> dict[str, Any]:
        """Refuse times that make no meeting."""
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if (starts_at is None) != (ends_at is None) and not self.errors:
            self.add_error(None, gettext("Give both a start and an end."))
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", gettext("The session has to end after it starts."))
        elif starts_at and starts_at <= timezone.now():
            self.add_error("starts_at", gettext("The session has to start in the future."))
        return cleaned


@admin.register(WebinarSession)
class WebinarSessionAdmin(DeskAdmin):
    """Sessions, with the buttons that move, rename and cancel them."""

    form = SessionForm
    change_form_template = "admin/registrations/sessions/session.html"
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("title", "webinar", "number", "when", "place", "stands")
    list_filter = ("webinar", "state", DatedFilter, AttendanceFilter)
    list_select_related = ("webinar",)
    inlines = (ReminderInline, AgendaItemInline)
    meeting = ("meeting_url", "meeting_number", "meeting_password", "dial_in", "day_contact")

    def get_fieldsets(self, request: HttpRequest, obj: WebinarSession | None = None) -> Any:
        """Return the times to fill in for a new session, in words for one that is there.

        The meeting's address and password are for those who fill them in: whoever has them can walk in unregistered.
        """
        times = ("when",) if obj else ("starts_at", "ends_at")
        session = (
            "webinar",
            "number",
            "title",
            *times,
            "place",
            *(("stands",) if obj else ()),
            "capacity",
            "summary",
        )
        fieldsets = ((None, {"fields": session}), (_("The meeting"), {"fields": self.meeting}))
        return fieldsets if request.user.has_perm(permissions.CHANGE_SESSION) else fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: WebinarSession | None = None) -> tuple[str, ...]:
        """Return what changes by the buttons only, because people are told of it."""
        return ("webinar", "number", "title", "when", "place", "stands") if obj else ()

    def page_context(self, request: HttpRequest, row: WebinarSession) -> dict[str, Any]:
        """Return how many were there, once the session has begun."""
        has_begun = row.has_begun(timezone.now())
        return {"figures": services.attendance.attendance_figures(row)} if has_begun else {}

    def get_inlines(self, request: HttpRequest, obj: WebinarSession | None) -> Any:
        """Return what belongs to a session; a new one gets its reminders when it is saved."""
        return self.inlines if obj else (AgendaItemInline,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the agenda and the reminders, and have the reminders that are new or changed go out when they say."""
        super().save_related(request, form, formsets, change)
        now = timezone.now()
        if not change:
            services.sessions.add_usual_reminders(form.instance.pk, now=now)
        for formset in formsets:
            if formset.model is Reminder:
                changed = [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]
                services.sessions.plan_changed_reminders(
                    form.instance.pk, ids=[row.pk for row in changed], now=now
                )

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, session: WebinarSession) -> str:
        """Return the session's time in Brussels."""
        return session_time(session.starts_at, session.ends_at)

    @admin.display(description=_("state"), ordering="state")
    def stands(self, session: WebinarSession) -> str:
        """Return what has become of the session by now."""
        return session.status(timezone.now())

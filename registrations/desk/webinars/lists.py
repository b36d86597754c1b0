"""Webinars, sessions and agendas: edited here, except what reaches people's calendars, which has pages of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations import permissions, services
from registrations.desk.agenda.pages import publish_agenda
from registrations.desk.attendance.pages import match_attendance, show_attendance, upload_attendance
from registrations.desk.columns import as_text, lines
from registrations.desk.filters import AttendanceFilter, DatedFilter
from registrations.desk.history.pages import export_history, webinar_history
from registrations.desk.people.imports import import_people
from registrations.desk.people.list_templates import addresses_template, attendance_template, people_template
from registrations.desk.questions.pages import export_questions, list_questions, print_questions
from registrations.desk.reports.numbers import webinar_numbers
from registrations.desk.sessions.follow_up import follow_up
from registrations.desk.sessions.meetings import import_addresses
from registrations.desk.sessions.pages import CHANGES, change_session
from registrations.desk.texts.mail_texts import edit_mail_text, list_mail_texts
from registrations.desk.waiting_list.pages import show_waiting_list
from registrations.desk.webinars.pages import (
    approve_automatically,
    check_readiness,
    copy_webinar,
    open_or_close,
)
from registrations.forms.fields import OthersAddressField
from registrations.models import AgendaItem, AgendaVersion, Reminder, Webinar, WebinarSession
from registrations.times import session_time
from webinar_site.foundation.desk.pages import DeskAdmin, NamedFormSet, ReadOnlyAdmin, Tool
from webinar_site.foundation.drawn_forms import DrawnModelForm


class SessionInline(admin.TabularInline[WebinarSession, Webinar]):
    """The sessions of a webinar, to look at; each has its own page."""

    model = WebinarSession
    fields = ("number", "title", "when", "place", "stands")
    readonly_fields = fields
    show_change_link = True
    can_delete = False
    max_num = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a session is added on its own page."""
        return False

    @admin.display(description=_("when"))
    def when(self, session: WebinarSession) -> str:
        """Return the session's time in Brussels."""
        return session_time(session.starts_at, session.ends_at)

    @admin.display(description=_("state"))
    def stands(self, session: WebinarSession) -> str:
        """Return what has become of the session by now."""
        return session.how_it_stands(timezone.now())


@admin.register(Webinar)
class WebinarAdmin(DeskAdmin):
    """Webinars, with the button that publishes the agenda."""

    list_display = ("title", "registration", "auto_approve", "decide_by")
    inlines = (SessionInline,)
    fieldsets = (
        (None, {"fields": ("title", "slug", "series", "organiser", "signature", "contact_email")}),
        (_("The page"), {"fields": ("language", "purpose", "format", "notice", "recording_notice")}),
        (_("Who may take part"), {"fields": ("audience", "lists_as_of")}),
        (_("Registration"), {"fields": ("registration", "auto_approve", "decide_by")}),
    )
    by_buttons = ("registration", "auto_approve")
    pages = (
        ("readiness", _("Ready to open?"), permissions.CHANGE_WEBINAR, check_readiness),
        ("opening", _("Open or close registration"), permissions.OPEN_REGISTRATION, open_or_close),
        ("auto_approve", _("Approve automatically"), permissions.DECIDE, approve_automatically),
        ("copy", _("Copy"), permissions.ADD_WEBINAR, copy_webinar),
        ("import", _("Import registrations"), permissions.IMPORT, import_people),
        ("questions", _("Questions"), permissions.MARK_QUESTIONS, list_questions),
        ("numbers", _("Numbers"), permissions.VIEW_REGISTRATIONS, webinar_numbers),
        ("happened", _("What happened"), permissions.VIEW_HISTORY, webinar_history),
    )

    @admin.display(description=_("registration"), ordering="registration_open")
    def registration(self, webinar: Webinar) -> str:
        """Return whether registration is open now, and what changes it by date."""
        now = timezone.now()
        opens, closes = webinar.registration_opens_at, webinar.registration_closes_at
        if opens is not None and webinar.opens_later(now):
            return gettext("opens on %(moment)s") % {"moment": _moment(opens)}
        if not webinar.is_open(now):
            return gettext("closed")
        return gettext("open until %(moment)s") % {"moment": _moment(closes)} if closes else gettext("open")

    def get_fieldsets(self, request: HttpRequest, obj: Webinar | None = None) -> Any:
        """Return what is filled in; what is done by buttons stands there once there is a webinar."""
        return [
            (title, {"fields": [name for name in options["fields"] if obj or name not in self.by_buttons]})
            for title, options in self.fieldsets
        ]

    formfield_overrides = {models.EmailField: {"form_class": OthersAddressField}}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the site's languages for the language of the texts."""
        if db_field.name == "language":
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name),
                choices=settings.LANGUAGES,
                initial=db_field.default,
                help_text=db_field.help_text,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Webinar | None = None) -> tuple[str, ...]:
        """Return what stays: the address, which calendars link to, and what people were judged by."""
        if obj is None:
            return ()
        judged_by = ("audience", "lists_as_of") if obj.registrations.exists() else ()
        return ("slug", *judged_by, *self.by_buttons)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Webinar | None = None
    ) -> dict[str, Sequence[str]]:
        """Return what a new webinar's address is proposed from."""
        return {} if obj else {"slug": ("title",)}

    def get_inlines(self, request: HttpRequest, obj: Webinar | None) -> Any:
        """Return the sessions of a webinar that is there."""
        return self.inlines if obj else ()

    def get_urls(self) -> list[URLPattern]:
        """Add the page behind each button, the texts of mails one by one, and what leaves as a file or on paper."""
        pages = [
            path(f"<int:webinar_id>/{name.replace('_', '-')}/", view, name=f"registrations_webinar_{name}")
            for name, _label, _permission, view in self.pages
        ]
        publish = path(
            "<int:webinar_id>/publish-agenda/", publish_agenda, name="registrations_webinar_publish_agenda"
        )
        texts = path("<int:webinar_id>/mail-texts/", list_mail_texts, name="registrations_webinar_mail_texts")
        text = path(
            "<int:webinar_id>/mail-texts/<slug:kind>/<slug:language>/",
            edit_mail_text,
            name="registrations_webinar_mail_text",
        )
        name, place = "registrations_webinar_questions", "<int:webinar_id>/questions/"
        files = [
            path(
                "<int:webinar_id>/happened/export/",
                export_history,
                name="registrations_webinar_export_history",
            ),
            path(
                "<int:webinar_id>/import/template/",
                people_template,
                name="registrations_webinar_import-template",
            ),
            path(f"{place}print/", print_questions, name=f"{name}-print"),
            path(f"{place}<slug:suffix>/", export_questions, name=f"{name}-export"),
        ]
        return [publish, texts, text, *files, *pages, *super().get_urls()]

    def tools(self, request: HttpRequest, row: Webinar) -> list[Tool]:
        """Return a button for each thing that this member of staff may do about a webinar."""
        tools = []
        if request.user.has_perm("registrations.add_webinarsession"):
            add = reverse("admin:registrations_webinarsession_add")
            tools.append(Tool(_("Add a session"), f"{add}?webinar={row.pk}"))
        if request.user.has_perm(permissions.PUBLISH_AGENDA):
            url = reverse("admin:registrations_webinar_publish_agenda", args=[row.pk])
            tools.append(Tool(_("Publish agenda"), url))
        if request.user.has_perm(permissions.EDIT_MAIL_TEXT):
            url = reverse("admin:registrations_webinar_mail_texts", args=[row.pk])
            tools.append(Tool(_("Mail texts"), url))
        return tools + [
            Tool(label, reverse(f"admin:registrations_webinar_{name}", args=[row.pk]))
            for name, label, permission, _view in self.pages
            if request.user.has_perm(permission) and (name != "import" or row.is_open(timezone.now()))
        ]


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


class AgendaItemInline(admin.TabularInline[AgendaItem, WebinarSession]):
    """The working agenda of a session."""

    model = AgendaItem
    form = DrawnModelForm
    formset = NamedFormSet
    fields = ("position", "starts_at", "title", "speakers")
    extra = 1


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

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each way of changing a session."""
        return [
            *(
                path(
                    f"<int:session_id>/{change}/",
                    change_session,
                    {"change": change},
                    name=f"registrations_webinarsession_{change}",
                )
                for change in CHANGES
            ),
            path(
                "<int:session_id>/waiting-list/",
                show_waiting_list,
                name="registrations_webinarsession_waiting-list",
            ),
            path("<int:session_id>/follow-up/", follow_up, name="registrations_webinarsession_follow-up"),
            path(
                "<int:session_id>/personal-addresses/",
                import_addresses,
                name="registrations_webinarsession_personal-addresses",
            ),
            path(
                "<int:session_id>/personal-addresses/template/",
                addresses_template,
                name="registrations_webinarsession_personal-addresses-template",
            ),
            *self._attendance_urls(),
            *super().get_urls(),
        ]

    def _attendance_urls(self) -> list[URLPattern]:
        """Return the pages about who was there."""
        name, place = "registrations_webinarsession_attendance", "<int:session_id>/attendance/"
        return [
            path(place, show_attendance, name=name),
            path(f"{place}report/", upload_attendance, name=f"{name}-upload"),
            path(f"{place}template/", attendance_template, name=f"{name}-template"),
            path(f"{place}<int:attendance_id>/", match_attendance, name=f"{name}-match"),
        ]

    def page_context(self, request: HttpRequest, row: WebinarSession) -> dict[str, Any]:
        """Return how many were there, once the session has begun."""
        has_begun = row.starts_at is not None and row.starts_at <= timezone.now() and not row.is_cancelled
        return {"figures": services.attendance.attendance_figures(row)} if has_begun else {}

    def tools(self, request: HttpRequest, row: WebinarSession) -> list[Tool]:
        """Return a button for each way this session can be changed now, and for what goes with it."""
        if row.is_cancelled:
            return []
        is_over = row.is_over(timezone.now())
        pages: dict[str, str | Promise] = {}
        if row.capacity is not None and request.user.has_perm(permissions.VIEW_REGISTRATIONS):
            pages["waiting-list"] = _("Waiting list")
        if not is_over and request.user.has_perm(permissions.MOVE_SESSION):
            pages |= {change: how.title for change, how in CHANGES.items()}
        if not row.is_dated:
            pages.pop("take-date-back", None)
        if not is_over and request.user.has_perm(permissions.CHANGE_SESSION):
            pages["personal-addresses"] = _("Personal addresses")
        has_begun = row.starts_at is not None and row.starts_at <= timezone.now()
        if has_begun and request.user.has_perm(permissions.RECORD_ATTENDANCE):
            pages["attendance"] = _("Attendance")
        if is_over and request.user.has_perm(permissions.SEND_FOLLOW_UP):
            pages["follow-up"] = _("Send follow-up")
        return [
            Tool(title, reverse(f"admin:registrations_webinarsession_{page}", args=[row.pk]))
            for page, title in pages.items()
        ]

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
        return session.how_it_stands(timezone.now())


@admin.register(AgendaVersion)
class AgendaVersionAdmin(ReadOnlyAdmin):
    """Published agendas, as everybody who had or awaited a place was told of them."""

    list_display = ("webinar", "number", "published_at", "published_by")
    list_display_links = ("webinar", "number")
    list_filter = ("webinar",)
    list_select_related = ("webinar", "published_by")
    fields = ("webinar", "number", "published_at", "staff", "agenda")
    staff = as_text("published_by", _("published by"))

    @admin.display(description=_("agenda"))
    def agenda(self, version: AgendaVersion) -> SafeString:
        """Return the agenda line by line."""
        return lines(
            " ".join(filter(None, (f"{item['session']}.", item["time"], item["title"], item["speakers"])))
            for item in version.items
        )

"""Webinars, sessions and agendas: edited here, except what reaches people's calendars, which has pages of its own."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.desk import DeskAdmin, NamedFormSet, ReadOnlyAdmin, Tool
from registrations import permissions, services
from registrations.admin.columns import as_text, lines
from registrations.admin_views.agendas import publish_agenda
from registrations.admin_views.follow_ups import follow_up
from registrations.admin_views.mail_texts import edit_mail_text, list_mail_texts
from registrations.admin_views.personal_meetings import import_addresses
from registrations.admin_views.sessions import CHANGES, change_session
from registrations.admin_views.waiting import show_waiting_list
from registrations.models import AgendaItem, AgendaVersion, Reminder, Webinar, WebinarSession
from registrations.templatetags.registrations_tags import session_time


class SessionInline(admin.TabularInline):
    """The sessions of a webinar, to look at; each has its own page."""

    model = WebinarSession
    fields = ("number", "title", "when", "place", "state")
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


@admin.register(Webinar)
class WebinarAdmin(DeskAdmin):
    """Webinars, with the button that publishes the agenda."""

    list_display = ("title", "registration_open", "registration_closes_at", "decide_by")
    inlines = (SessionInline,)
    fieldsets = (
        (None, {"fields": ("title", "slug", "series", "organiser", "signature", "contact_email")}),
        (_("The page"), {"fields": ("purpose", "format", "notice", "recording_notice")}),
        (_("Who may take part"), {"fields": ("audience", "lists_as_of")}),
        (_("Registration"), {"fields": ("registration_open", "registration_closes_at", "decide_by")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Webinar | None = None) -> tuple[str, ...]:
        """Return what stays: the address, which calendars link to, and what people were judged by."""
        if obj is None:
            return ()
        return ("slug", "audience", "lists_as_of") if obj.registrations.exists() else ("slug",)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Webinar | None = None
    ) -> dict[str, Sequence[str]]:
        """Return what a new webinar's address is proposed from."""
        return {} if obj else {"slug": ("title",)}

    def get_inlines(self, request: HttpRequest, obj: Webinar | None) -> Any:
        """Return the sessions of a webinar that is there."""
        return self.inlines if obj else ()

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that publish the agenda and write the texts of mails."""
        publish = path(
            "<int:webinar_id>/publish-agenda/", publish_agenda, name="registrations_webinar_publish_agenda"
        )
        texts = path("<int:webinar_id>/mail-texts/", list_mail_texts, name="registrations_webinar_mail_texts")
        text = path(
            "<int:webinar_id>/mail-texts/<slug:kind>/<slug:language>/",
            edit_mail_text,
            name="registrations_webinar_mail_text",
        )
        return [publish, texts, text, *super().get_urls()]

    def tools(self, request: HttpRequest, row: Webinar) -> list[Tool]:
        """Return the buttons that add a session, publish the agenda and write the texts of mails."""
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
        return tools


class AgendaItemInline(admin.TabularInline):
    """The working agenda of a session."""

    model = AgendaItem
    formset = NamedFormSet
    fields = ("position", "starts_at", "title", "speakers")
    extra = 1


class ReminderInline(admin.TabularInline):
    """When people are reminded of a session."""

    model = Reminder
    formset = NamedFormSet
    fields = ("hours_before", "goes_out")
    readonly_fields = ("goes_out",)
    extra = 1

    @admin.display(description=_("goes out"))
    def goes_out(self, reminder: Reminder) -> str:
        """Return the moment in Brussels time, or that it does not go out."""
        due_at = reminder.due_at
        return date_format(timezone.localtime(due_at), "j F Y, H:i") if due_at else gettext("not planned")


class SessionForm(forms.ModelForm):
    """A session; its times, title and place are filled in once, and change on pages of their own."""

    def clean(self) -> dict[str, Any]:
        """Refuse times that make no meeting."""
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if (starts_at is None) != (ends_at is None) and not self.errors:
            self.add_error(None, gettext("Give both a start and an end."))
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", gettext("The session has to end after it starts."))
        return cleaned


@admin.register(WebinarSession)
class WebinarSessionAdmin(DeskAdmin):
    """Sessions, with the buttons that move, rename and cancel them."""

    form = SessionForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("title", "webinar", "number", "when", "place", "state")
    list_filter = ("webinar", "state")
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
            *(("state",) if obj else ()),
            "capacity",
            "summary",
        )
        fieldsets = ((None, {"fields": session}), (_("The meeting"), {"fields": self.meeting}))
        return fieldsets if request.user.has_perm(permissions.CHANGE_SESSION) else fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: WebinarSession | None = None) -> tuple[str, ...]:
        """Return what changes by the buttons only, because people are told of it."""
        return ("webinar", "number", "title", "when", "place", "state") if obj else ()

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
            *super().get_urls(),
        ]

    def tools(self, request: HttpRequest, row: WebinarSession) -> list[Tool]:
        """Return a button for each way this session can be changed now, and for what goes with it."""
        if row.is_cancelled:
            return []
        pages: dict[str, str | Promise] = {}
        if row.capacity is not None and request.user.has_perm(permissions.VIEW_REGISTRATIONS):
            pages["waiting-list"] = _("Waiting list")
        if request.user.has_perm(permissions.MOVE_SESSION):
            pages |= {change: how.title for change, how in CHANGES.items()}
        if not row.is_dated:
            pages.pop("take-date-back", None)
        is_over = row.is_over(timezone.now())
        if not is_over and request.user.has_perm(permissions.CHANGE_SESSION):
            pages["personal-addresses"] = _("Personal addresses")
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
            services.add_usual_reminders(form.instance.pk, now=now)
        for formset in formsets:
            if formset.model is Reminder:
                changed = [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]
                services.plan_changed_reminders(form.instance.pk, ids=[row.pk for row in changed], now=now)

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, session: WebinarSession) -> str:
        """Return the session's time in Brussels."""
        return session_time(session.starts_at, session.ends_at)


@admin.register(AgendaVersion)
class AgendaVersionAdmin(ReadOnlyAdmin):
    """Published agendas, as everybody registered was told of them."""

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

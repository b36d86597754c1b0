"""Webinars: what their pages say is filled in here; registration, agenda and mails have pages of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations.forms.fields import OthersAddressField
from registrations.models import Webinar, WebinarSession
from registrations.times import session_time
from webinar_site.foundation.desk.lists import DeskAdmin
from webinar_site.foundation.desk.table import Tool


class SessionInline(admin.TabularInline[WebinarSession, Webinar]):
    """The sessions of a webinar, to look at; each has its own page."""

    model = WebinarSession
    fields = ("number", "title", "when", "place", "status")
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
    def status(self, session: WebinarSession) -> str:
        """Return what has become of the session by now."""
        return session.status(timezone.now())


@admin.register(Webinar)
class WebinarAdmin(DeskAdmin):
    """Webinars: texts filled in here, all else by the buttons above."""

    list_display = ("title", "registration", "auto_approve", "decide_by")
    inlines = (SessionInline,)
    fieldsets = (
        (None, {"fields": ("title", "slug", "series", "organiser", "signature", "contact_email")}),
        (_("The page"), {"fields": ("language", "purpose", "format", "notice", "recording_notice")}),
        (_("Who may take part"), {"fields": ("audience", "lists_as_of")}),
        (_("Registration"), {"fields": ("registration", "auto_approve", "decide_by")}),
    )
    by_buttons = ("registration", "auto_approve")

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
        """Return what is filled in; what is done by buttons is there once there is a webinar."""
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
        """Return what stays: the address, which calendars link to, and what people were assessed by."""
        if obj is None:
            return ()
        assessed_by = ("audience", "lists_as_of") if obj.registrations.exists() else ()
        return ("slug", *assessed_by, *self.by_buttons)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Webinar | None = None
    ) -> dict[str, Sequence[str]]:
        """Return what a new webinar's address is proposed from."""
        return {} if obj else {"slug": ("title",)}

    def get_inlines(self, request: HttpRequest, obj: Webinar | None) -> Any:
        """Return the sessions of a webinar that is there."""
        return self.inlines if obj else ()

    def tools(self, request: HttpRequest, row: Webinar) -> list[Tool]:
        """Return a button for each thing that this member of staff may do about a webinar; the first adds a session."""
        tools = super().tools(request, row)
        if not request.user.has_perm("registrations.add_webinarsession"):
            return tools
        add = reverse("admin:registrations_webinarsession_add", query={"webinar": row.pk})
        return [Tool(_("Add a session"), add), *tools]


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")

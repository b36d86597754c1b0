"""Versions of mail texts, to read; they are written on the webinar's own page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registrations.desk.columns import as_text
from registrations.models import MailText
from webinar_site.foundation.desk.lists import ReadOnlyAdmin


@admin.register(MailText)
class MailTextAdmin(ReadOnlyAdmin):
    """Every version there was, so that the exact words of a mail can be found again."""

    list_display = ("kind", "language", "version", "webinar", "is_standard", "created_by", "created_at")
    list_display_links = ("kind", "language", "version")
    list_filter = ("webinar", "kind", "language")
    list_select_related = ("webinar", "created_by")
    fields = (
        "about",
        "kind",
        "language",
        "version",
        "is_standard",
        "subject",
        "body",
        "sha256",
        "created_at",
        "staff",
    )
    about = as_text("webinar", _("webinar"))
    staff = as_text("created_by", _("written by"))

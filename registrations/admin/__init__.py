"""The staff's desk: the Django admin, where states move by buttons and nothing is edited behind people's backs."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from registrations.admin import (
    accounts,
    bounces,
    contests,
    history,
    mail_texts,
    on_record,
    outbox,
    overrides,
    registration,
    seats,
    texts,
    webinar,
)

__all__ = [
    "accounts",
    "bounces",
    "contests",
    "history",
    "mail_texts",
    "on_record",
    "outbox",
    "overrides",
    "registration",
    "seats",
    "texts",
    "webinar",
]

admin.site.site_header = _("Webinars for industrial clusters: staff")
admin.site.site_title = _("Webinars for industrial clusters")
admin.site.index_title = _("Start")

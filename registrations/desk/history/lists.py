"""History: what happened, to read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations import services
from registrations.desk.columns import as_text, lines, link_to, plain_json
from registrations.models import HistoryAnchor, HistoryEntry
from webinar_site.foundation.desk.lists import ReadOnlyAdmin


@admin.register(HistoryEntry)
class HistoryEntryAdmin(ReadOnlyAdmin):
    """What happened: when, who, what, about whom."""

    list_display = ("at", "what_happened", "actor", "by", "about", "session")
    list_filter = ("action", "actor", "webinar")
    list_select_related = ("by", "registration", "session")
    search_fields = ("registration__reference__istartswith",)
    search_help_text = _("Reference of a registration")
    fields = (
        "at",
        "what_happened",
        "actor",
        "staff",
        "about",
        "webinar",
        "session",
        "publication_number",
        "what",
        "salt",
        "digest",
    )
    staff = as_text("by", _("staff"))

    @admin.display(description=_("action"), ordering="action")
    def what_happened(self, entry: HistoryEntry) -> str:
        """Return what happened; of a bulk job, also which."""
        return services.history.what_happened(entry)

    @admin.display(description=_("registration"))
    def about(self, entry: HistoryEntry) -> SafeString | str:
        """Return the reference of the registration it is about, linked."""
        return link_to(entry.registration, entry.registration.reference) if entry.registration else ""

    @admin.display(description=_("facts"))
    def what(self, entry: HistoryEntry) -> SafeString:
        """Return the facts as they were recorded."""
        return lines([plain_json(entry.facts)])


@admin.register(HistoryAnchor)
class HistoryAnchorAdmin(ReadOnlyAdmin):
    """The nightly seals: by a digest kept elsewhere, `verify_history --anchor` proves what happened before."""

    list_display = ("day", "digest", "entries", "last_entry", "made_at")
    fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[HistoryAnchor]:
        """Return the anchors without the marks, which can be large."""
        return super().get_queryset(request).defer("marks")

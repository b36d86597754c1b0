"""Overrides: who approves against the verdict, read here, asked for and answered on pages of their own."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations import permissions
from registrations.desk.columns import as_text, link_to
from registrations.desk.overrides.request_state import is_waiting, override_status
from registrations.models import Override, OverrideQuerySet
from webinar_site.foundation.desk.lists import ReadOnlyAdmin
from webinar_site.foundation.desk.site import the_desk


class OverrideFilter(admin.SimpleListFilter):
    """The state of requests for an override."""

    title = _("state of the request")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the states they can have."""
        return [
            ("open", _("waits for a second person")),
            ("confirmed", _("confirmed")),
            ("lapsed", _("lapsed, for a session to come")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return the requests in this state, or None without a choice."""
        overrides = cast(OverrideQuerySet, queryset)
        match self.value():
            case "open":
                return overrides.open()
            case "confirmed":
                return overrides.confirmed()
            case "lapsed":
                return overrides.lapsed(timezone.now())
        return None


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    """Approvals against the verdict: asked for by one, confirmed by another."""

    list_display = (
        "seat",
        "person",
        "requested_by",
        "requested_at",
        "status",
        "confirmed_by",
        "confirmed_at",
        "batch_page",
    )
    list_filter = (OverrideFilter, "seat__session")
    list_select_related = ("seat__registration", "seat__session", "requested_by", "confirmed_by")
    fields = (
        "seat_name",
        "person",
        "reason",
        "asked_by",
        "requested_at",
        "status",
        "second_person",
        "confirmed_at",
    )
    seat_name = as_text("seat", _("place"))
    asked_by = as_text("requested_by", _("asked for by"))
    second_person = as_text("confirmed_by", _("confirmed by"))

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the link to a batch's answer is for those who may answer."""
        shown = self.list_display
        return shown if request.user.has_perm(permissions.DECIDE) else shown[:-1]

    @admin.display(description=_("person"))
    def person(self, override: Override) -> SafeString | str:
        """Return whose seat it is, linked to their page."""
        return link_to(override.seat.registration)

    @admin.display(description=_("state of the request"), ordering="lapsed_at")
    def status(self, override: Override) -> str:
        """Return whether it is confirmed or lapsed, and until when it can be answered."""
        return override_status(override)

    @admin.display(description=_("batch"), ordering="batch")
    def batch_page(self, override: Override) -> SafeString | str:
        """Return a link to the page that answers all overrides asked for together, while this one waits."""
        if override.batch is None or not is_waiting(override, timezone.now()):
            return ""
        page = the_desk().pages["registrations_override_answer_batch"]
        return format_html('<a href="{}">{}</a>', page.url(override.batch), page.buttons[0].label)

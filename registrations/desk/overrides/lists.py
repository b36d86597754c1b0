"""Overrides: who approves against the verdict, read here, asked for and answered on the pages of admin_views."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations import permissions, services
from registrations.desk.columns import as_text, link_to
from registrations.desk.filters import OverrideFilter
from registrations.desk.overrides.batches import answer_overrides
from registrations.desk.overrides.report import report_overrides
from registrations.desk.overrides.requests import answer_override
from registrations.models import Override, Seat
from registrations.states import Move, seat_moves_from
from webinar_site.foundation.desk.pages import ReadOnlyAdmin, Tool


def override_tools(seat: Seat, overrides: Sequence[Override], request: HttpRequest) -> list[Tool]:
    """Return the button that asks for an override, or the one that answers it, for somebody else than who asked."""
    waiting = [override for override in overrides if _is_open(override)]
    if waiting:
        url = reverse("admin:registrations_override_answer", args=[waiting[0].pk])
        is_own = waiting[0].requested_by_id == request.user.pk
        return [] if is_own else [Tool(_("Confirm or decline the override"), url), *batch_tools(waiting[0])]
    is_open = seat.registration.is_active and seat.session.can_be_chosen(timezone.now())
    is_undecided = seat.flagged_at is not None or Move.APPROVE in seat_moves_from([seat.state])
    if not (seat.needs_override and is_open and is_undecided):
        return []
    return [Tool(_("Ask for an override"), reverse("admin:registrations_seat_override", args=[seat.pk]))]


def how_it_stands(override: Override) -> str:
    """Return whether a request for an override is confirmed or lapsed, and until when it can be answered."""
    if override.confirmed_by_id is not None:
        return gettext("confirmed")
    moment = date_format(timezone.localtime(services.overrides.lapses_at(override)), "DATETIME_FORMAT")
    if _is_open(override):
        return gettext("waits for a second person; lapses on %(moment)s") % {"moment": moment}
    return gettext("lapsed on %(moment)s") % {"moment": moment}


def _is_open(override: Override) -> bool:
    return override.is_open and not services.overrides.has_lapsed(override, timezone.now())


def batch_tools(override: Override) -> list[Tool]:
    """Return the button that answers all overrides asked for together with this one, if it is one of several."""
    if override.batch is None:
        return []
    url = reverse("admin:registrations_override_answer_batch", args=[override.batch])
    return [Tool(_("Answer all of its batch"), url)]


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    """Approvals against the verdict: asked for by one, confirmed by another."""

    list_display = (
        "seat",
        "person",
        "requested_by",
        "requested_at",
        "how_it_stands",
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
        "how_it_stands",
        "second_person",
        "confirmed_at",
    )
    seat_name = as_text("seat", _("seat"))
    asked_by = as_text("requested_by", _("asked for by"))
    second_person = as_text("confirmed_by", _("confirmed by"))

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the link to a batch's answer is for those who may answer."""
        shown = self.list_display
        return shown if request.user.has_perm(permissions.DECIDE) else shown[:-1]

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which the second person answers one override, or a batch, and the report."""
        answer = path("<int:override_id>/answer/", answer_override, name="registrations_override_answer")
        batch = path(
            "batch/<uuid:batch>/answer/", answer_overrides, name="registrations_override_answer_batch"
        )
        report = path("report/", report_overrides, name="registrations_override_report")
        return [answer, batch, report, *super().get_urls()]

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """Return the button that reports on all requests, those included that are not there any more."""
        return [Tool(_("Report"), reverse("admin:registrations_override_report"))]

    def tools(self, request: HttpRequest, row: Override) -> list[Tool]:
        """Return the button that answers, for another member of staff than who asked."""
        if not request.user.has_perm(permissions.DECIDE):
            return []
        return override_tools(row.seat, [row], request) if _is_open(row) else []

    @admin.display(description=_("person"))
    def person(self, override: Override) -> SafeString | str:
        """Return whose seat it is, linked to their page."""
        return link_to(override.seat.registration)

    @admin.display(description=_("how it stands"), ordering="lapsed_at")
    def how_it_stands(self, override: Override) -> str:
        """Return whether it is confirmed or lapsed, and until when it can be answered."""
        return how_it_stands(override)

    @admin.display(description=_("batch"), ordering="batch")
    def batch_page(self, override: Override) -> SafeString | str:
        """Return a link to the page that answers all overrides asked for together, while this one waits."""
        tools = batch_tools(override) if _is_open(override) else []
        return format_html('<a href="{}">{}</a>', tools[0].url, tools[0].label) if tools else ""

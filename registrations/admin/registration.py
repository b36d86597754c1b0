"""Registrations: the list of people, and the page about one of them, with the buttons that decide."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from eligibility.desk import ReadOnlyAdmin, Tool
from eligibility.explain import explain
from registrations import permissions, services
from registrations.admin.bounces import address_tools
from registrations.admin.contests import contest_tools
from registrations.admin.filters import (
    SEARCH_HELP,
    BouncedFilter,
    CountryFilter,
    search_people,
)
from registrations.admin.overrides import override_tools
from registrations.admin.seats import decision_tools, waiting_tools
from registrations.admin_views.bounces import retry_address
from registrations.admin_views.guests import invite_guest
from registrations.models import Contest, Override, Registration, Seat


@dataclass(frozen=True, slots=True)
class SeatPanel:
    """One seat on its person's page: the verdict in sentences, and the buttons that are possible now."""

    seat: Seat
    reasons: list[str]
    overrides: list[Override]
    contests: list[Contest]
    tools: list[Tool]


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    """One person's request: everything about it in one view, with the buttons that decide."""

    list_display = (
        "reference",
        "full_name",
        "organisation",
        "country_name",
        "seat_states",
        "state",
        "kind",
        "created_at",
    )
    list_filter = ("state", BouncedFilter, "kind", "webinar", "seats__state", ("country", CountryFilter))
    search_fields = ("search_key",)
    search_help_text = SEARCH_HELP
    view_on_site = False
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("reference", "kind", "state"),
                    "webinar",
                    ("created_at", "confirmed_at", "ended_at"),
                )
            },
        ),
        (_("Person"), {"fields": (("title", "first_name", "last_name"), ("email", "position", "language"))}),
        (_("Organisation"), {"fields": (("organisation", "organisation_type", "country_name"),)}),
        (_("Answers"), {"fields": ("question", "ask_review", "needs", "share_contact", "contact_me")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Registration | None = None) -> Any:
        """Return all fields, access needs only for those who may see them: they can touch on health.

        What somebody wants to ask is for those who pass it on, not for those who only look at how it was decided.
        """
        may, hidden = request.user.has_perm, set()
        if not may("registrations.view_accessneed"):
            hidden.add("needs")
        if not (may(permissions.DECIDE) or may(permissions.EXPORT)):
            hidden.add("question")
        return [
            (title, {"fields": [name for name in options["fields"] if name not in hidden]})
            for title, options in self.fieldsets
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        """Return registrations with their seats."""
        return super().get_queryset(request).prefetch_related("seats__session")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Registration], search_term: str
    ) -> tuple[QuerySet[Registration], bool]:
        """Return who matches every word, whatever the accents."""
        return search_people(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that invite a guest and that try an address again."""
        return [
            path("invite-guest/", invite_guest, name="registrations_registration_invite_guest"),
            path(
                "<int:registration_id>/retry-address/",
                retry_address,
                name="registrations_registration_retry_address",
            ),
            *super().get_urls(),
        ]

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """Return the button that invites a guest."""
        if not request.user.has_perm(permissions.INVITE_GUEST):
            return []
        return [Tool(_("Invite a guest"), reverse("admin:registrations_registration_invite_guest"))]

    def tools(self, request: HttpRequest, row: Registration) -> list[Tool]:
        """Return the decisions that are possible about the person's seats together, and what can be done to the address."""
        tools = address_tools(row, request)
        if request.user.has_perm(permissions.DECIDE):
            tools += decision_tools(list(row.seats.all()), timezone.now())
        return tools

    def page_context(self, request: HttpRequest, row: Registration) -> dict[str, Any]:
        """Return seats, history, mails and the pending change of address of one person."""
        return {
            "panels": self._panels(request, row),
            "history": row.history.select_related("by", "session"),
            "mails": row.mails.defer("raw", "facts"),
            "address_changes": services.open_address_changes(timezone.now()).filter(registration=row),
        }

    def _panels(self, request: HttpRequest, row: Registration) -> list[SeatPanel]:
        seats = row.seats.select_related("session", "decided_by").prefetch_related(
            "overrides__requested_by", "overrides__confirmed_by", "contests__answered_by"
        )
        return [self._panel(request, seat) for seat in seats]

    def _panel(self, request: HttpRequest, seat: Seat) -> SeatPanel:
        overrides, contests = list(seat.overrides.all()), list(seat.contests.all())
        tools = contest_tools(contests, request)
        if request.user.has_perm(permissions.DECIDE):
            tools = [
                *decision_tools([seat], timezone.now()),
                *waiting_tools(seat),
                *override_tools(seat, overrides, request),
                *tools,
            ]
        return SeatPanel(seat, explain(seat.verdict) if seat.verdict else [], overrides, contests, tools)

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, registration: Registration) -> str:
        """Return the person's name."""
        return registration.full_name

    @admin.display(description=_("country"), ordering="country")
    def country_name(self, registration: Registration) -> str:
        """Return the country by its EU name; the footnotes stand at the foot of every page."""
        return display_name(registration.country)

    @admin.display(description=_("seats"))
    def seat_states(self, registration: Registration) -> str:
        """Return the state of each seat, by the number of its session."""
        seats = sorted(registration.seats.all(), key=lambda seat: seat.session.number)
        return ", ".join(f"{seat.session.number}: {seat.get_state_display()}" for seat in seats)

    @admin.display(description=_("access needs"))
    def needs(self, registration: Registration) -> str:
        """Return the measures the person asked for."""
        return ", ".join(str(need) for need in registration.access_needs.all())

"""Registrations: the list of people, and the page about one of them, with the buttons that decide."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from registrations import permissions, services
from registrations.desk.decisions.lists import decision_tools
from registrations.desk.facets import FacetedList
from registrations.desk.filters import (
    AccessFacet,
    BouncedFacet,
    CountryFacet,
    DuplicateFacet,
    KindFacet,
    LanguageFacet,
    OrganisationTypeFacet,
    RegistrationStateFacet,
    SeatStateFacet,
    WebinarFacet,
    facets_for,
)
from registrations.desk.mail.retries import retry_address, retry_addresses, show_retry
from registrations.desk.mail.returned import address_tools, undelivered
from registrations.desk.people.guests import invite_guest
from registrations.desk.people.person import namesakes, panels
from registrations.desk.privacy.pages import erase_person, export_person
from registrations.desk.privacy.tools import data_tools
from registrations.desk.search import SEARCH_HELP, search_people
from registrations.models import Registration
from webinar_site.foundation.desk.pages import ReadOnlyAdmin, Tool, warn


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
    list_filter = (
        RegistrationStateFacet,
        BouncedFacet,
        DuplicateFacet,
        KindFacet,
        WebinarFacet,
        SeatStateFacet,
        CountryFacet,
        OrganisationTypeFacet,
        LanguageFacet,
        AccessFacet,
    )
    linked_filters = ("state",)
    search_fields = ("search_key",)
    search_help_text = SEARCH_HELP
    view_on_site = False
    actions = ("retry",)
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

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters that somebody may use."""
        return facets_for(request, self.list_filter)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FacetedList]:
        """Return the list whose filters are counted together."""
        return FacetedList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Registration], search_term: str
    ) -> tuple[QuerySet[Registration], bool]:
        """Return who matches every word, whatever the accents."""
        return search_people(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that invite a guest, try an address again, and export and erase a person."""
        return [
            path("invite-guest/", invite_guest, name="registrations_registration_invite_guest"),
            path(
                "<int:registration_id>/retry-address/",
                retry_address,
                name="registrations_registration_retry_address",
            ),
            path("retry-addresses/", retry_addresses, name="registrations_registration_retry_addresses"),
            path("<int:registration_id>/erase/", erase_person, name="registrations_registration_erase"),
            path("<int:registration_id>/export/", export_person, name="registrations_registration_export"),
            *super().get_urls(),
        ]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may let mail go again; the action asks this."""
        return request.user.has_perm(permissions.RETRY_ADDRESS)

    @admin.action(description=_("Try these addresses again"), permissions=["retry"])
    def retry(self, request: HttpRequest, registrations: QuerySet[Registration]) -> HttpResponse | None:
        """Show what letting mail go again to these addresses would do."""
        ids = list(
            registrations.order_by("pk").values_list("pk", flat=True)[: services.mail.MOST_RETRIED + 1]
        )
        if len(ids) > services.mail.MOST_RETRIED:
            warn(request, services.errors.TooManyChosen(services.mail.MOST_RETRIED))
            return None
        return show_retry(request, ids)

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """Return the button that invites a guest."""
        if not request.user.has_perm(permissions.INVITE_GUEST):
            return []
        return [Tool(_("Invite a guest"), reverse("admin:registrations_registration_invite_guest"))]

    def tools(self, request: HttpRequest, row: Registration) -> list[Tool]:
        """Return what can be done: to the address, about the person's seats together, and to the person's data."""
        tools = address_tools(row, request)
        if request.user.has_perm(permissions.DECIDE):
            tools += decision_tools(list(row.seats.all()), timezone.now(), services.seats.Places())
        return tools + data_tools(row, request)

    def page_context(self, request: HttpRequest, row: Registration) -> dict[str, Any]:
        """Return seats, likely duplicates, history, mails and the pending change of address of one person."""
        places = services.seats.Places()
        return {
            "panels": panels(request, row, places),
            "namesakes": namesakes(request, row, places),
            "history": row.history.select_related("by", "session"),
            "undelivered": undelivered(row),
            "mails": row.mails.defer("raw", "facts"),
            "address_changes": services.people.open_address_changes(timezone.now()).filter(registration=row),
        }

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
        colon = gettext(": ")
        seats = sorted(registration.seats.all(), key=lambda seat: seat.session.number)
        return ", ".join(f"{seat.session.number}{colon}{seat.get_state_display()}" for seat in seats)

    @admin.display(description=_("access needs"))
    def needs(self, registration: Registration) -> str:
        """Return the measures the person asked for."""
        return ", ".join(str(need) for need in registration.access_needs.all())

"""Registrations: the list of people, and the page about one of them, with the buttons that decide."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from registrations import permissions, services
from registrations.desk.facets import FacetedList
from registrations.desk.filters import (
    AccessFacet,
    CountryFacet,
    DuplicateFacet,
    KindFacet,
    LanguageFacet,
    OrganisationTypeFacet,
    facets_for,
)
from registrations.desk.people.filters import (
    BouncedFacet,
    RegistrationStateFacet,
    SeatStateFacet,
    WebinarFacet,
)
from registrations.desk.people.person import namesakes, panels, undelivered
from registrations.desk.search import SEARCH_HELP, search_people
from registrations.models import Registration
from webinar_site.foundation.desk.lists import ReadOnlyAdmin
from webinar_site.foundation.desk.pages import StaffRequest
from webinar_site.foundation.desk.table import Reader


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
    change_form_template = "admin/registrations/people/person.html"
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

    def page_context(self, request: HttpRequest, row: Registration) -> dict[str, Any]:
        """Return seats, likely duplicates, history, mails and the pending change of address of one person."""
        reader = Reader(cast(StaffRequest, request).user, timezone.now())
        return {
            "panels": panels(row, reader),
            "namesakes": namesakes(row, reader),
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
        """Return the country by its EU name; the footnotes are at the foot of every page."""
        return display_name(registration.country)

    @admin.display(description=_("places"))
    def seat_states(self, registration: Registration) -> str:
        """Return the state of each seat, by the number of its session."""
        colon = gettext(": ")
        seats = sorted(registration.seats.all(), key=lambda seat: seat.session.number)
        return ", ".join(f"{seat.session.number}{colon}{seat.get_state_display()}" for seat in seats)

    @admin.display(description=_("access needs"))
    def needs(self, registration: Registration) -> str:
        """Return the measures the person asked for."""
        return ", ".join(str(need) for need in registration.access_needs.all())

"""The queue of seats: looked at and ticked here; each decision has a page that says first what it would do."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome
from registrations.desk.columns import link_to
from registrations.desk.decisions.filters import (
    FlaggedFacet,
    ListFacet,
    PartStatFacet,
    ReasonFacet,
    SeatAccessFacet,
    SeatCountryFacet,
    SeatDuplicateFacet,
    SeatKindFacet,
    SeatLanguageFacet,
    SeatOrganisationTypeFacet,
    SessionFacet,
    StateFacet,
    VerdictFacet,
)
from registrations.desk.facets import FacetedList
from registrations.desk.filters import facets_for
from registrations.desk.search import SEARCH_HELP, search_people
from registrations.models import Seat, SeatQuerySet
from webinar_site.foundation.desk.lists import ReadOnlyAdmin


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    """The queue: seats of people whose address is proven, oldest first, to decide about in bulk."""

    list_display = (
        "person",
        "session",
        "verdict_label",
        "state",
        "country_name",
        "organisation",
        "reason_code",
        "is_flagged",
        "asked_at",
        "answer",
    )
    list_display_links = None
    list_filter = (
        StateFacet,
        VerdictFacet,
        ListFacet,
        FlaggedFacet,
        SeatDuplicateFacet,
        SessionFacet,
        SeatCountryFacet,
        SeatOrganisationTypeFacet,
        SeatLanguageFacet,
        SeatAccessFacet,
        SeatKindFacet,
        ReasonFacet,
        PartStatFacet,
    )
    linked_filters = ("outcome",)
    list_select_related = ("registration", "session")
    search_fields = ("registration__search_key",)
    search_help_text = SEARCH_HELP
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        """Return the seats that can be decided about: the address is proven, nobody has withdrawn."""
        seats = cast(SeatQuerySet, super().get_queryset(request)).of_active_people()
        return seats.defer("verdict_data", "told")

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters that somebody may use."""
        return facets_for(request, self.list_filter)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FacetedList]:
        """Return the list whose filters are counted together."""
        return FacetedList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Seat], search_term: str
    ) -> tuple[QuerySet[Seat], bool]:
        """Return whose person matches every word, whatever the accents."""
        return search_people(queryset, search_term, "registration__"), False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the person's page, which shows the seat among the others."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        seat = self.get_object(request, object_id)
        if seat is None:
            raise Http404
        return redirect("admin:registrations_registration_change", seat.registration_id)

    @admin.display(description=_("person"), ordering="registration__last_name")
    def person(self, seat: Seat) -> SafeString | str:
        """Return the person's name, linked to their page."""
        return link_to(seat.registration, seat.registration.full_name)

    @admin.display(description=_("organisation"), ordering="registration__organisation")
    def organisation(self, seat: Seat) -> str:
        """Return the person's organisation."""
        return seat.registration.organisation

    @admin.display(description=_("country"), ordering="registration__country")
    def country_name(self, seat: Seat) -> str:
        """Return the country by its EU name."""
        return display_name(seat.registration.country)

    @admin.display(description=_("verdict"), ordering="outcome")
    def verdict_label(self, seat: Seat) -> object:
        """Return what the rules say, or that they do not apply."""
        return OUTCOMES[Outcome(seat.outcome)] if seat.outcome else seat.registration.get_kind_display()

    @admin.display(description=_("flagged"), boolean=True)
    def is_flagged(self, seat: Seat) -> bool:
        """Return whether the verdict changed after the decision."""
        return seat.is_flagged(timezone.now())

    @admin.display(description=_("asked"), ordering="pk")
    def asked_at(self, seat: Seat) -> datetime:
        """Return when the person registered."""
        return seat.registration.created_at

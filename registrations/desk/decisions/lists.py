"""The queue of seats: looked at and ticked here, decided about on the pages of admin_views."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome
from registrations import permissions, services
from registrations.desk.columns import link_to
from registrations.desk.decisions.pages import TITLES, decide, show_decision
from registrations.desk.facets import FacetedList
from registrations.desk.filters import (
    AnswerFacet,
    FlaggedFacet,
    ListFacet,
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
    facets_for,
)
from registrations.desk.forms import DecisionForm
from registrations.desk.overrides.batches import request_overrides, show_request
from registrations.desk.overrides.requests import request_override
from registrations.desk.reports.exports import export_seats
from registrations.desk.search import SEARCH_HELP, search_people
from registrations.desk.verdicts.impact import publication_impact
from registrations.desk.waiting_list.pages import move_on_list
from registrations.models import Seat, SeatQuerySet
from registrations.states import STAFF_MOVES, Move, SeatState
from webinar_site.foundation.desk.pages import ReadOnlyAdmin, StaffRequest, Tool, staff_page


def decision_tools(seats: Sequence[Seat], now: datetime, places: services.seats.Places) -> list[Tool]:
    """Return a button for each move that is possible for at least one of these seats, about those seats."""
    possible = {
        move: [seat.pk for seat in seats if not services.decisions.why_not(seat, move, now, places)]
        for move in STAFF_MOVES
    }
    return [_decision_tool(move, seat_ids) for move, seat_ids in possible.items() if seat_ids]


def waiting_tools(seat: Seat) -> list[Tool]:
    """Return the button that changes a seat's place on the waiting list, where it is on one."""
    if seat.state != SeatState.WAITLISTED:
        return []
    url = reverse("admin:registrations_seat_waiting-place", args=[seat.pk])
    return [Tool(_("Change place on the waiting list"), url)]


def _decision_tool(move: Move, seat_ids: Sequence[int]) -> Tool:
    url = reverse("admin:registrations_seat_decide", args=[move.value])
    label = TITLES[move]
    if len(seat_ids) > 1:
        label = gettext("%(move)s (%(count)d seats)") % {"move": label, "count": len(seat_ids)}
    return Tool(label, f"{url}?seats={','.join(map(str, seat_ids))}")


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
        AnswerFacet,
    )
    linked_filters = ("outcome",)
    list_select_related = ("registration", "session")
    search_fields = ("registration__search_key",)
    search_help_text = SEARCH_HELP
    ordering = ("pk",)
    actions = ("approve", "waitlist", "reject", "put_back", "cancel", "ask_override")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may decide; the actions ask this."""
        return request.user.has_perm(permissions.DECIDE)

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

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that decide, ask for overrides, export, and say what a publication would do."""
        export = staff_page(permissions.EXPORT)(self.export)
        return [
            path("decide/<str:move>/", decide, name="registrations_seat_decide"),
            path("<int:seat_id>/override/", request_override, name="registrations_seat_override"),
            path("export/<str:preset>/", export, name="registrations_seat_export"),
            path("<int:seat_id>/waiting-place/", move_on_list, name="registrations_seat_waiting-place"),
            path("publication-impact/", publication_impact, name="registrations_publication_impact"),
            path("overrides/", request_overrides, name="registrations_seat_overrides"),
            *super().get_urls(),
        ]

    def list_tools(self, request: HttpRequest) -> list[Tool]:
        """Return the button that exports what is listed."""
        if not request.user.has_perm(permissions.EXPORT):
            return []
        export = reverse("admin:registrations_seat_export", args=["people"])
        return [Tool(_("Export"), f"{export}?{request.GET.urlencode()}")]

    def export(self, request: StaffRequest, preset: str) -> HttpResponseBase:
        """Export the seats that the list shows under the filters of this address."""
        try:
            seats = cast(SeatQuerySet, self.get_changelist_instance(request).get_queryset(request))
        except IncorrectLookupParameters:
            return redirect("admin:registrations_seat_changelist")
        return export_seats(request, seats, preset)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the person's page, which shows the seat among the others."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        seat = self.get_object(request, object_id)
        if seat is None:
            raise Http404
        return redirect("admin:registrations_registration_change", seat.registration_id)

    @admin.action(description=_("Approve"), permissions=["decide"])
    def approve(self, request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
        """Show what approving these seats would do."""
        return self._show(request, Move.APPROVE, seats)

    @admin.action(description=_("Put on the waiting list"), permissions=["decide"])
    def waitlist(self, request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
        """Show what putting these seats on the waiting list would do."""
        return self._show(request, Move.WAITLIST, seats)

    @admin.action(description=_("Reject"), permissions=["decide"])
    def reject(self, request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
        """Show what rejecting these seats would do."""
        return self._show(request, Move.REJECT, seats)

    @admin.action(description=_("Put back to requested"), permissions=["decide"])
    def put_back(self, request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
        """Show what putting these seats back would do."""
        return self._show(request, Move.PUT_BACK, seats)

    @admin.action(description=_("Cancel"), permissions=["decide"])
    def cancel(self, request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
        """Show what cancelling these seats would do."""
        return self._show(request, Move.CANCEL, seats)

    @admin.action(description=_("Ask for an override"), permissions=["decide"])
    def ask_override(self, request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
        """Show for which of these seats an override can be asked for, and ask why."""
        return show_request(request, self._ids(seats))

    def _show(self, request: HttpRequest, move: Move, seats: QuerySet[Seat]) -> HttpResponse:
        return show_decision(request, move, self._ids(seats), DecisionForm(move))

    def _ids(self, seats: QuerySet[Seat]) -> list[int]:
        """Return the seats' ids: the page carries them, and decides about those it shows, whoever else registers."""
        return list(seats.order_by("pk").values_list("pk", flat=True))

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

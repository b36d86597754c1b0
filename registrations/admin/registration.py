"""Registrations, the queue of seats, and overrides: looked at here, decided on the pages of admin_views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name
from eligibility.explain import explain
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome
from registrations import permissions, services
from registrations.admin.bounces import address_tools
from registrations.admin.contests import contest_tools
from registrations.admin.desk import ReadOnlyAdmin, Tool, as_text, link_to
from registrations.admin.filters import (
    BouncedFilter,
    ConfirmedFilter,
    CountryFilter,
    FlaggedFilter,
    VerdictFilter,
    search_people,
)
from registrations.admin_views.bounces import retry_address
from registrations.admin_views.decisions import WORDS, decide, show_decision
from registrations.admin_views.exports import export_seats
from registrations.admin_views.forms import DecisionForm
from registrations.admin_views.guests import invite_guest
from registrations.admin_views.impact import publication_impact
from registrations.admin_views.override_batches import (
    answer_overrides,
    request_overrides,
    show_request,
)
from registrations.admin_views.overrides import answer_override, request_override
from registrations.admin_views.pages import StaffRequest, staff_page
from registrations.models import Contest, Override, Registration, Seat
from registrations.states import STAFF_MOVES, Move, RegistrationState, seat_moves_from


@dataclass(frozen=True, slots=True)
class SeatPanel:
    """One seat on its person's page: the verdict in sentences, and the buttons that are possible now."""

    seat: Seat
    reasons: list[str]
    overrides: list[Override]
    contests: list[Contest]
    tools: list[Tool]


def decision_tools(seats: Sequence[Seat], now: datetime) -> list[Tool]:
    """Return a button for each move that is possible for at least one of these seats, about those it is possible for."""
    possible = {
        move: [seat.pk for seat in seats if not services.why_not(seat, move, now)] for move in STAFF_MOVES
    }
    return [_decision_tool(move, seat_ids) for move, seat_ids in possible.items() if seat_ids]


def _decision_tool(move: Move, seat_ids: Sequence[int]) -> Tool:
    url = reverse("admin:registrations_seat_decide", args=[move.value])
    label = WORDS[move].title
    if len(seat_ids) > 1:
        label = gettext("%(move)s (%(count)d seats)") % {"move": label, "count": len(seat_ids)}
    return Tool(label, f"{url}?seats={','.join(map(str, seat_ids))}")


def override_tools(seat: Seat, overrides: Sequence[Override], request: HttpRequest) -> list[Tool]:
    """Return the button that asks for an override, or the one that answers it, for somebody else than who asked."""
    waiting = [override for override in overrides if override.confirmed_by_id is None]
    if waiting:
        url = reverse("admin:registrations_override_answer", args=[waiting[0].pk])
        is_own = waiting[0].requested_by_id == request.user.pk
        return [] if is_own else [Tool(_("Confirm or decline the override"), url), *batch_tools(waiting[0])]
    is_open = seat.registration.is_active and seat.session.can_be_chosen(timezone.now())
    is_undecided = seat.flagged_at is not None or Move.APPROVE in seat_moves_from([seat.state])
    if not (seat.needs_override and is_open and is_undecided):
        return []
    return [Tool(_("Ask for an override"), reverse("admin:registrations_seat_override", args=[seat.pk]))]


def batch_tools(override: Override) -> list[Tool]:
    """Return the button that answers all overrides asked for together with this one, if it is one of several."""
    if override.batch is None:
        return []
    url = reverse("admin:registrations_override_answer_batch", args=[override.batch])
    return [Tool(_("Answer all of its batch"), url)]


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
    search_help_text = _("Name, organisation, country, address or reference; accents do not matter")
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


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    """The queue: seats of people whose address is proven, oldest first, to decide about in bulk."""

    list_display = (
        "person",
        "organisation",
        "country_name",
        "verdict_label",
        "state",
        "is_flagged",
        "session",
        "asked_at",
        "answer",
    )
    list_display_links = None
    list_filter = (
        "state",
        ("outcome", VerdictFilter),
        FlaggedFilter,
        "answer",
        "session",
        "registration__kind",
        ("registration__country", CountryFilter),
    )
    list_select_related = ("registration", "session")
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("registration__search_key",)
    search_help_text = RegistrationAdmin.search_help_text
    ordering = ("pk",)
    actions = ("approve", "reject", "put_back", "cancel", "ask_override")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may decide; the actions ask this."""
        return request.user.has_perm(permissions.DECIDE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seat]:
        """Return the seats that can be decided about: the address is proven, nobody has withdrawn."""
        return super().get_queryset(request).filter(registration__state=RegistrationState.ACTIVE)

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
            seats = self.get_changelist_instance(request).get_queryset(request)
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
        """Return the seats' ids: the page carries them, so that it decides what it shows, whoever registers meanwhile."""
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
        return seat.flagged_at is not None

    @admin.display(description=_("asked"), ordering="pk")
    def asked_at(self, seat: Seat) -> datetime:
        """Return when the person registered."""
        return seat.registration.created_at


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    """Approvals against the verdict: asked for by one, confirmed by another."""

    list_display = (
        "seat",
        "person",
        "requested_by",
        "requested_at",
        "confirmed_by",
        "confirmed_at",
        "batch_page",
    )
    list_filter = (ConfirmedFilter, "seat__session")
    list_select_related = ("seat__registration", "seat__session", "requested_by", "confirmed_by")
    fields = ("seat_name", "person", "reason", "asked_by", "requested_at", "second_person", "confirmed_at")
    seat_name = as_text("seat", _("seat"))
    asked_by = as_text("requested_by", _("asked for by"))
    second_person = as_text("confirmed_by", _("confirmed by"))

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the link to a batch's answer is for those who may answer."""
        shown = self.list_display
        return shown if request.user.has_perm(permissions.DECIDE) else shown[:-1]

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which the second person answers one override, or a batch."""
        answer = path("<int:override_id>/answer/", answer_override, name="registrations_override_answer")
        batch = path(
            "batch/<uuid:batch>/answer/", answer_overrides, name="registrations_override_answer_batch"
        )
        return [answer, batch, *super().get_urls()]

    def tools(self, request: HttpRequest, row: Override) -> list[Tool]:
        """Return the button that answers, for another member of staff than who asked."""
        if not request.user.has_perm(permissions.DECIDE):
            return []
        return override_tools(row.seat, [row], request) if row.confirmed_by_id is None else []

    @admin.display(description=_("person"))
    def person(self, override: Override) -> SafeString | str:
        """Return whose seat it is, linked to their page."""
        return link_to(override.seat.registration)

    @admin.display(description=_("batch"), ordering="batch")
    def batch_page(self, override: Override) -> SafeString | str:
        """Return a link to the page that answers all overrides asked for together, while this one waits."""
        tools = batch_tools(override) if override.confirmed_by_id is None else []
        return format_html('<a href="{}">{}</a>', tools[0].url, tools[0].label) if tools else ""

"""The page about one person: each seat with its verdict, calendar and buttons, and who may be the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.countries import display_name
from eligibility.explain import explain_html
from registrations import permissions, services
from registrations.desk.contests.lists import contest_tools
from registrations.desk.decisions.lists import decision_tools, waiting_tools
from registrations.desk.overrides.lists import how_it_stands, override_tools
from registrations.models import BulkJob, Contest, Override, Registration, Seat
from registrations.times import session_time
from webinar_site.foundation.desk.pages import Tool

MOST_NAMESAKES = 20


@dataclass(frozen=True, slots=True)
class SeatPanel:
    """One seat on its person's page: the verdict in sentences, what the calendar knows, the buttons possible now."""

    seat: Seat
    session_stands: str
    reasons: Sequence[str]
    calendar: str
    overrides: list[tuple[Override, str]]
    contests: list[Contest]
    waiting: list[BulkJob]
    tools: list[Tool]


@dataclass(frozen=True, slots=True)
class Namesake:
    """One of several registrations under one name, as they stand beside each other."""

    registration: Registration
    is_this: bool
    country: str
    seats: list[Seat]
    tools: list[Tool]


def panels(request: HttpRequest, row: Registration, places: services.seats.Places) -> list[SeatPanel]:
    """Return the seats of a registration as its page shows them; a fixed number of queries."""
    seats = row.seats.select_related("session", "decided_by").prefetch_related(
        "overrides__requested_by", "overrides__confirmed_by", "contests__answered_by"
    )
    waiting = services.seats.waiting_for(seats)
    return [_panel(request, seat, places, waiting.get(seat.pk, [])) for seat in seats]


def _panel(
    request: HttpRequest, seat: Seat, places: services.seats.Places, waiting: list[BulkJob]
) -> SeatPanel:
    overrides, contests = list(seat.overrides.all()), list(seat.contests.all())
    tools = contest_tools(contests, request)
    if request.user.has_perm(permissions.DECIDE):
        tools = [
            *decision_tools([seat], timezone.now(), places),
            *waiting_tools(seat),
            *override_tools(seat, overrides, request),
            *tools,
        ]
    reasons = explain_html(seat.verdict) if seat.verdict else []
    standing = [(override, how_it_stands(override)) for override in overrides]
    session_stands = seat.session.how_it_stands(timezone.now())
    return SeatPanel(seat, session_stands, reasons, calendar_of(seat), standing, contests, waiting, tools)


def calendar_of(seat: Seat) -> str:
    """Return in a sentence what we last told the person's calendar of a session, and whether it is still so."""
    if not seat.told_method:
        return _("The calendar was told nothing.")
    if not seat.is_invited:
        return _("The session was taken out of the calendar (CANCEL, SEQUENCE %(sequence)s).") % {
            "sequence": seat.told_sequence
        }
    told = seat.told or {}
    words = (
        _("The calendar says: “%(title)s”, %(time)s, %(place)s (REQUEST, SEQUENCE %(sequence)s).")
        if services.notifications.says_the_same(seat)
        else _(
            "The calendar says: “%(title)s”, %(time)s, %(place)s (REQUEST, SEQUENCE %(sequence)s). "
            "The session has changed since."
        )
    )
    return words % {
        "title": told.get("title", ""),
        "time": session_time(_moment(told.get("starts_at")), _moment(told.get("ends_at"))),
        "place": told.get("place", ""),
        "sequence": seat.told_sequence,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def namesakes(request: HttpRequest, row: Registration, places: services.seats.Places) -> list[Namesake]:
    """Return a registration and the others that are likely the same person's, oldest first; nothing if it is alone.

    Three queries. Nothing is ever merged: who looks at them decides about each.
    """
    others = Registration.objects.likely_same_as(row).prefetch_related("seats__session").order_by("pk")
    found = list(others[:MOST_NAMESAKES])
    if not found:
        return []
    everybody = sorted([row, *found], key=lambda each: each.pk)
    return [_namesake(request, each, row, places) for each in everybody]


def _namesake(
    request: HttpRequest, each: Registration, row: Registration, places: services.seats.Places
) -> Namesake:
    seats = sorted(each.seats.all(), key=lambda seat: seat.session.number)
    may_decide = request.user.has_perm(permissions.DECIDE)
    tools = decision_tools(seats, timezone.now(), places) if may_decide else []
    return Namesake(each, each.pk == row.pk, display_name(each.country), seats, tools)

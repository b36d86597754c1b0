"""The page about one person: each seat with its verdict, calendar and buttons, and who may be the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from eligibility.countries import display_name
from eligibility.explain import explain_html
from registrations import services
from registrations.desk.overrides.request_state import override_status
from registrations.models import BulkJob, Contest, OutgoingMail, Override, Registration, Seat
from registrations.times import session_time
from webinar_site.foundation.desk.site import the_desk
from webinar_site.foundation.desk.table import Reader, Tool

MOST_NAMESAKES = 20


@dataclass(frozen=True, slots=True)
class SeatPanel:
    """One seat on its person's page: the verdict in sentences, what the calendar knows, the buttons possible now."""

    seat: Seat
    session_status: str
    reasons: Sequence[str]
    calendar: str
    overrides: list[tuple[Override, str]]
    contests: list[Contest]
    waiting: list[BulkJob]
    tools: list[Tool]


@dataclass(frozen=True, slots=True)
class Namesake:
    """One of several registrations under one name, to be compared."""

    registration: Registration
    is_this: bool
    country: str
    seats: list[Seat]
    tools: list[Tool]


def panels(row: Registration, reader: Reader) -> list[SeatPanel]:
    """Return the seats of a registration as its page shows them; a fixed number of queries."""
    seats = row.seats.select_related("session", "decided_by").prefetch_related(
        "overrides__requested_by", "overrides__confirmed_by", "contests__answered_by"
    )
    waiting = services.seats.waiting_for(seats)
    return [_panel(seat, reader, waiting.get(seat.pk, [])) for seat in seats]


def _panel(seat: Seat, reader: Reader, waiting: list[BulkJob]) -> SeatPanel:
    overrides, contests = list(seat.overrides.all()), list(seat.contests.all())
    reasons = explain_html(seat.verdict) if seat.verdict else []
    standing = [(override, override_status(override)) for override in overrides]
    session_status = seat.session.status(reader.now)
    tools = [tool for about in (seat, *overrides, *contests) for tool in the_desk().buttons(about, reader)]
    return SeatPanel(seat, session_status, reasons, calendar_of(seat), standing, contests, waiting, tools)


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
        if services.notifications.is_calendar_current(seat)
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


def namesakes(row: Registration, reader: Reader) -> list[Namesake]:
    """Return a registration and the others that are likely the same person's, oldest first; nothing if it is alone.

    Three queries. Nothing is ever merged: who looks at them decides about each.
    """
    others = Registration.objects.likely_same_as(row).prefetch_related("seats__session").order_by("pk")
    found = list(others[:MOST_NAMESAKES])
    if not found:
        return []
    everybody = sorted([row, *found], key=lambda each: each.pk)
    return [_namesake(each, row, reader) for each in everybody]


def _namesake(each: Registration, row: Registration, reader: Reader) -> Namesake:
    seats = sorted(each.seats.all(), key=lambda seat: seat.session.number)
    tools = the_desk().buttons(each, reader, of="registrations_seat_decide")
    return Namesake(each, each.pk == row.pk, display_name(each.country), seats, tools)


def undelivered(registration: Registration) -> OutgoingMail | None:
    """Return the person's newest mail that was not delivered, unless a later one to the same address was sent."""
    mails = registration.mails.filter(recipient=registration.email).defer("raw", "facts")
    newest = mails.filter(sent_at__isnull=False).order_by("-sent_at", "-pk").first()
    return newest if newest is not None and newest.state == OutgoingMail.State.RETURNED else None

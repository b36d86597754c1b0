"""The numbers of a webinar as plots, each with its table: of the rows that whoever looks may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eligibility.countries import display_name
from registrations import permissions, services
from registrations.desk.reports import plots
from registrations.desk.reports.plots import Bar
from registrations.models import OrganisationType, OutgoingMail, Webinar
from registrations.services.reports import RegistrationNumbers
from registrations.states import RegistrationState, SeatState
from webinar_site.foundation.desk.pages import StaffRequest, show

MOST_BARS = 30  # the table has the others
MOST_COLUMNS = 62  # two months of days; with more they are weeks, and then months
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with its heading, and the same numbers as a table; without a number there is no picture.

    Where `is_cut` the picture shows the first MOST_BARS rows only.
    """

    key: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    svg: str
    is_cut: bool = False


def webinar_numbers(request: StaffRequest, webinar_id: int) -> HttpResponse:
    """Show how many registered, what was decided and what was sent; only counts, never a person."""
    webinar = get_object_or_404(Webinar, pk=webinar_id)
    registered = services.reports.registered_numbers(webinar)
    duplicates = {"duplicate": "yes", "webinar__id__exact": webinar.pk}
    return show(
        request,
        "registrations/reports/numbers.html",
        webinar,
        title=_("Numbers"),
        plots=[
            *_of_registrations(registered),
            *_of_seats(request.user, webinar),
            *_of_mails(request.user, webinar),
        ],
        likely_duplicates=registered.likely_duplicates,
        list_of_duplicates=f"{reverse('admin:registrations_registration_changelist')}?{urlencode(duplicates)}",
    )


def _of_registrations(registered: RegistrationNumbers) -> list[Plot]:
    states = _labelled(RegistrationState.choices, registered.states)
    types = sorted(_labelled(OrganisationType.choices, registered.types), key=_largest_first)
    return [
        _over_time(registered.days),
        _plot("states", _("Registrations by state"), [_("State"), _("Registrations")], states),
        _of_countries(registered),
        _plot(
            "types", _("Active registrations by type of organisation"), [_("Type"), _("Registrations")], types
        ),
    ]


def _of_countries(registered: RegistrationNumbers) -> Plot:
    rows = [
        (display_name(country), list_key or _("no list"), number)
        for (country, list_key), number in registered.countries.items()
    ]
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    return _plot(
        "countries",
        _("Participants by country and list"),
        [_("Country"), _("List"), _("Participants")],
        rows,
    )


def _of_seats(user: User, webinar: Webinar) -> list[Plot]:
    if not user.has_perm(permissions.VIEW_SEATS):
        return []
    rows, drawn = [], []
    for numbers in services.reports.seat_numbers(webinar):
        places = (
            [] if numbers.session.capacity is None else [(_("number of places"), numbers.session.capacity)]
        )
        taken = [(_("places taken"), numbers.taken)] if places else []
        for label, number in [*places, *taken, *_labelled(SeatState.choices, numbers.states)]:
            rows.append((str(numbers.session), label, number))
            name = _("%(session)d: %(what)s") % {"session": numbers.session.number, "what": label}
            drawn.append(Bar(name, number, is_hollow=bool(places) and label == places[0][0]))
    title = _("Places of each session against its capacity")
    headings = [_("Session"), _("State"), _("Places")]
    return [Plot("seats", title, headings, rows, _drawn(plots.bars, drawn, title))]


def _of_mails(user: User, webinar: Webinar) -> list[Plot]:
    if not user.has_perm(permissions.VIEW_MAILS):
        return []
    rows = _labelled(OutgoingMail.State.choices, services.reports.mail_numbers(webinar))
    return [_plot("mails", _("Mails by state of delivery"), [_("State"), _("Mails")], rows)]


def _over_time(days: Mapping[date, int]) -> Plot:
    """Return registrations by day, or where those are too many by week or by month; nothing is left out in between."""
    span = (max(days) - min(days)).days + 1 if days else 0
    title, first, label = next(
        (title, first, label)
        for title, first, label, most in (
            (_("Registrations per day"), _same_day, "j N Y", MOST_COLUMNS),
            (_("Registrations per week, by its Monday"), _monday, "j N Y", MOST_COLUMNS * DAYS_OF_A_WEEK),
            (_("Registrations per month"), _first_of_month, "N Y", span),
        )
        if span <= most
    )
    numbers: dict[date, int] = {}
    for number in range(span):
        day = min(days) + timedelta(days=number)
        numbers[first(day)] = numbers.get(first(day), 0) + days.get(day, 0)
    rows = [(date_format(day, label), number) for day, number in numbers.items()]
    return Plot(
        "days",
        title,
        [pgettext("moment", "From"), _("Registrations")],
        rows,
        _drawn(plots.columns, [Bar(*row) for row in rows], title),
    )


def _same_day(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _labelled(choices: Sequence[tuple[str, object]], numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return all choices in words with their numbers, also those that do not occur."""
    return [(str(label), numbers.get(value, 0)) for value, label in choices]


def _largest_first(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def _plot(key: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Plot:
    """Return bars; what a row is called is all its words, and its last value is the number."""
    drawn = [Bar(" · ".join(map(str, row[:-1])), int(row[-1])) for row in rows[:MOST_BARS]]
    svg = _drawn(plots.bars, drawn, title)
    return Plot(key, title, headings, rows, svg, is_cut=len(rows) > MOST_BARS)


def _drawn(draw: Callable[[Sequence[Bar], str], str], rows: Sequence[Bar], title: str) -> str:
    """Return a plot of the rows, "" if there is none to count; its name says what is most and where the rest is."""
    if not any(row.number for row in rows):
        return ""
    most = max((row for row in rows if not row.is_hollow), key=lambda row: row.number)
    name = _("%(title)s. The most: %(label)s, %(number)d. The table below has all numbers.") % {
        "title": title,
        "label": most.label,
        "number": most.number,
    }
    return draw(rows, name)

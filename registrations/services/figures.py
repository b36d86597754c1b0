"""How many had a place in a session, came by the joining page, and were there by the meeting's report."""

from collections import Counter
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Q

from eligibility import register as eligibility_register
from eligibility.records import Treatment
from registrations.models import Attendance, AttendanceReport, Seat, WebinarSession
from registrations.services.attending import minutes_there
from registrations.services.judging import brussels_day, session_day
from registrations.states import RegistrationState, SeatState


@dataclass(frozen=True, slots=True)
class AttendanceFigures:
    """What staff read on a session's page; without a report, only places and the joining page are known.

    `by_list` counts those who attended with a place, by the country list that admits their country, "" for none.
    """

    approved: int
    joined: int
    report: AttendanceReport | None = None
    attended: int = 0
    minutes: int = 0
    without_place: int = 0
    to_match: int = 0
    by_list: tuple[tuple[str, int], ...] = ()


def attendance_figures(session: WebinarSession) -> AttendanceFigures:
    """Return the figures of a session (its webinar loaded); the number of queries does not grow with the people."""
    has_place = Q(state=SeatState.APPROVED, registration__state=RegistrationState.ACTIVE)
    seats = Seat.objects.filter(session=session).aggregate(
        approved=Count("pk", filter=has_place), joined=Count("pk", filter=Q(joined_at__isnull=False))
    )
    report = AttendanceReport.objects.filter(session=session).select_related("saved_by").first()
    if report is None:
        return AttendanceFigures(**seats)
    rows_of: dict[int, list[Attendance]] = {}
    countries: dict[int, str] = {}
    without_place: set[int] = set()
    for row in report.attendances.filter(seat__isnull=False).select_related("seat__registration"):
        seat = row.seat
        assert seat is not None  # noqa: S101 -- the filter says so
        rows_of.setdefault(seat.pk, []).append(row)
        countries[seat.pk] = seat.registration.country
        if not seat.has_place:
            without_place.add(seat.pk)
    minutes = [minutes_there(rows, session) for rows in rows_of.values()]
    with_place = Counter(country for pk, country in countries.items() if pk not in without_place)
    return AttendanceFigures(
        **seats,
        report=report,
        attended=len(rows_of),
        minutes=round(median(minutes)) if minutes else 0,
        without_place=len(without_place),
        to_match=report.attendances.to_match().count(),
        by_list=_by_list(session, with_place),
    )


def _by_list(session: WebinarSession, countries: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return how many people each list of the rule in force on the session's day admits; the first list counts."""
    assert session.starts_at is not None  # noqa: S101 -- a session without a date has no report
    register = eligibility_register.current(session.webinar.audience.key)
    day = session_day(session.webinar, session, today=brussels_day(session.starts_at))
    rule = register.rule_on(day)
    editions = [register.edition_on(key, day) for key in rule.lists] if rule else []
    found: Counter[str] = Counter()
    for country, count in countries.items():
        titles = (
            edition.title
            for edition in editions
            if edition
            for entry in edition.entries
            if entry.code == country and entry.treatment == Treatment.ADMITTED
        )
        found[next(titles, "")] += count
    return tuple(sorted(found.items(), key=lambda item: (not item[0], item[0])))

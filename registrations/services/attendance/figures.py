"""How many had a place in a session, came by the joining page, and were there by the meeting's report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Q

from eligibility import register as eligibility_register
from registrations.models import HAS_PLACE, Attendance, AttendanceReport, Seat, WebinarSession
from registrations.services.attendance.report import minutes_there
from registrations.services.verdicts.assessment import brussels_day, session_day


@dataclass(frozen=True, slots=True)
class AttendanceFigures:
    """What staff read on a session's page; without a report, only places and the joining page are known.

    `by_list` counts participants who attended with a place, by the title of the list that their seat's verdict counts
    them on (territories where their state counts), "" for none. Guests are outside eligibility and count on no list.
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
    seats = Seat.objects.filter(session=session).aggregate(
        approved=Count("pk", filter=HAS_PLACE), joined=Count("pk", filter=Q(joined_at__isnull=False))
    )
    report = AttendanceReport.objects.filter(session=session).select_related("saved_by").first()
    if report is None:
        return AttendanceFigures(**seats)
    rows_of: dict[int, list[Attendance]] = {}
    attended: dict[int, Seat] = {}
    for row in report.attendances.filter(seat__isnull=False).select_related("seat__registration"):
        seat = row.seat
        assert seat is not None  # noqa: S101 -- the filter says so
        rows_of.setdefault(seat.pk, []).append(row)
        attended[seat.pk] = seat
    minutes = [minutes_there(rows, session) for rows in rows_of.values()]
    with_place = [seat for seat in attended.values() if seat.has_place]
    return AttendanceFigures(
        **seats,
        report=report,
        attended=len(attended),
        minutes=round(median(minutes)) if minutes else 0,
        without_place=len(attended) - len(with_place),
        to_match=report.attendances.to_match().count(),
        by_list=_by_list(report, session, [seat for seat in with_place if not seat.registration.is_guest]),
    )


def _by_list(
    report: AttendanceReport, session: WebinarSession, seats: Iterable[Seat]
) -> tuple[tuple[str, int], ...]:
    """Return how many people there are by the list that their verdict counts them on, the lists in order, none last.

    Where the session's date was taken back since, the titles are those of the day on which the report was saved.
    """
    register = eligibility_register.current(session.webinar.audience.key)
    day = session_day(session.webinar, session, today=brussels_day(session.starts_at or report.saved_at))
    found: Counter[str] = Counter()
    for list_key, count in Counter(seat.list_key for seat in seats).items():
        edition = register.edition_on(list_key, day)
        found[edition.title if edition else list_key] += count
    return tuple(sorted(found.items(), key=lambda item: (not item[0], item[0])))

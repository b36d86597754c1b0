"""From a meeting's report to seats: matched by what is sure, the rest queued; a corrected report replaces the first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations.meeting_reports.attendance import (
    Attendee,
    Interval,
    Report,
    key_of,
    time_there,
    was_in,
    words_of,
)
from registrations.meeting_reports.headings import is_host
from registrations.models import (
    Action,
    Attendance,
    AttendanceReport,
    Seat,
    WebinarSession,
    email_key,
)
from registrations.models.history_facts import AttendanceMatchNoted, AttendanceReportNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_session
from registrations.services.sessions.joining import JOIN_OPENS

Match = Attendance.Match
State = Attendance.State
CLOCKS_DIFFER = timedelta(minutes=3)
MEETING_TAKES = timedelta(
    minutes=15
)  # from our joining page into the meeting, with a program to be installed


@dataclass(frozen=True, slots=True)
class Matched:
    """One person of a report, and whose seat that is, if that is known."""

    attendee: Attendee
    state: Attendance.State
    match: str = ""
    seat: Seat | None = None
    minutes: int = 0

    @property
    def is_without_place(self) -> bool:
        """Return whether somebody was there who has no place: staff have to look."""
        return self.seat is not None and not self.seat.has_place


class Matcher:
    """Finds seats by joining page, then address, then name and organisation, never by a name that two have (D-41)."""

    def __init__(
        self, session: WebinarSession, seats: Iterable[Seat], earlier: Iterable[Attendance] = ()
    ) -> None:
        """Start with all seats of a session, and what staff said of the attendances of an earlier report."""
        self._session = session
        self._by_id = {seat.pk: seat for seat in seats}
        self._by_address: dict[str, list[Seat]] = {}
        self._by_name: dict[tuple[str, ...], list[Seat]] = {}
        self._by_name_and_house: dict[tuple[str, ...], list[Seat]] = {}
        for seat in self._by_id.values():
            person = seat.registration
            self._by_address.setdefault(person.email_key, []).append(seat)
            self._by_name.setdefault(words_of(person.full_name), []).append(seat)
            both = words_of(f"{person.full_name} {person.organisation}")
            self._by_name_and_house.setdefault(both, []).append(seat)
        self._said = {key_of(row.name, row.email, row.organisation): row for row in earlier}

    def match(self, attendee: Attendee) -> Matched:
        """Return whose seat it is; what staff said of the same person of an earlier report goes first."""
        said = self._said.get(attendee.key)
        if said is not None and said.seat_id in self._by_id:
            return Matched(attendee, State.MATCHED, Match.HAND, self._by_id[said.seat_id])
        for how, found in self._ways(attendee):
            if len(found) == 1:
                return Matched(attendee, State.MATCHED, how, found[0])
        is_set_aside = said is not None and said.state == State.DISMISSED
        return Matched(attendee, State.DISMISSED if is_set_aside or is_host(attendee.role) else State.OPEN)

    def _ways(self, attendee: Attendee) -> Iterator[tuple[Match, list[Seat]]]:
        """Yield each way of finding the seat, the surest first, with the seats it leads to."""
        of_address = _best(self._by_address.get(_key(attendee.email), []))
        of_name = self._by_name.get(words_of(attendee.name), [])
        joined = [seat for seat in of_name if self._came_by_joining_page(seat, attendee)]
        yield Match.JOINING, [seat for seat in of_address if self._pressed(seat)]
        yield Match.ADDRESS, of_address
        yield Match.JOINING, joined
        both = words_of(f"{attendee.name} {attendee.organisation}")
        yield Match.NAME, _best(self._by_name_and_house.get(both, []))

    def _pressed(self, seat: Seat) -> bool:
        """Return whether somebody went to the meeting by the joining page of this session."""
        starts_at, ends_at = self._session.starts_at, self._session.ends_at
        if seat.joined_at is None or starts_at is None or ends_at is None:
            return False
        return starts_at - JOIN_OPENS <= seat.joined_at < ends_at

    def _came_by_joining_page(self, seat: Seat, attendee: Attendee) -> bool:
        """Return whether somebody of this name enters the meeting just after the seat's person pressed the button."""
        if seat.joined_at is None or not self._pressed(seat):
            return False
        first, last = seat.joined_at - CLOCKS_DIFFER, seat.joined_at + MEETING_TAKES
        return any(first <= start <= last for start, _end in attendee.intervals)


def _best(seats: Sequence[Seat]) -> list[Seat]:
    """Return the seats of active registrations where there are any: whoever withdrew may have registered again."""
    return [seat for seat in seats if seat.registration.is_active] or list(seats)


def _key(email: str) -> str:
    try:
        return email_key(email)
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class AttendancePreview:
    """What saving a report would say: everybody matched or not, in the order of the report."""

    matched: tuple[Matched, ...]
    is_saved: bool = False

    def found_by(self) -> dict[str, int]:
        """Return how many were found by what, in words."""
        return {str(how.label): sum(row.match == how for row in self.matched) for how in Match}

    @property
    def open(self) -> list[Matched]:
        """Return who is to be matched by hand."""
        return [row for row in self.matched if row.state == State.OPEN]

    @property
    def set_aside(self) -> list[Matched]:
        """Return who is set aside: those who ran the meeting, and whom staff set aside before."""
        return [row for row in self.matched if row.state == State.DISMISSED]

    @property
    def without_place(self) -> list[Matched]:
        """Return who was there without a place."""
        return [row for row in self.matched if row.is_without_place]


@dataclass(frozen=True, slots=True)
class ReportSource:
    """Where a report comes from: the hash of its text, and how it is read, as plain JSON."""

    sha256: str
    reading: Mapping[str, object]

    def is_of(self, saved: AttendanceReport) -> bool:
        """Return whether a saved report is the same, read in the same way."""
        return (saved.sha256, saved.reading) == (self.sha256, self.reading)


def preview_attendance(session_id: int, report: Report, *, source: ReportSource) -> AttendancePreview:
    """Return whom a report names and whose seats those are; nothing changes. Raises AttendanceNotPossible."""
    session = WebinarSession.objects.get(pk=session_id)
    _refuse(session, report)
    saved = AttendanceReport.objects.filter(session=session).first()
    return AttendancePreview(_match(session, report), saved is not None and source.is_of(saved))


def _match(session: WebinarSession, report: Report) -> tuple[Matched, ...]:
    seats = Seat.objects.filter(session=session).without_unconfirmed()
    known = seats.select_related("registration").defer("verdict_data", "told")
    earlier = Attendance.objects.settled_by_staff().filter(report__session=session)
    matcher = Matcher(session, known, earlier)
    return tuple(
        replace(matcher.match(attendee), minutes=_minutes(attendee.intervals, attendee.elsewhere, session))
        for attendee in report.attendees
    )


def _refuse(session: WebinarSession, report: Report) -> None:
    """Refuse a report that cannot be this session's."""
    if session.starts_at is None or session.ends_at is None:
        raise errors.AttendanceNotPossible(_("The session has no date, so nobody can have attended it."))
    if not report.attendees and not report.absent:
        raise errors.AttendanceNotPossible(_("The report names nobody that can be read."))
    span = (session.starts_at, session.ends_at)
    if not any(was_in(span, attendee.intervals, attendee.elsewhere) for attendee in report.attendees):
        raise errors.AttendanceNotPossible(
            _(
                "By this report nobody was in the session: it may be another session's report, or its times are read in "
                "a wrong way."
            )
        )


@transaction.atomic
def save_attendance(
    session_id: int, report: Report, *, source: ReportSource, by: User, now: datetime
) -> AttendanceReport:
    """Save who was in a session, in place of an earlier report; whom staff matched by hand stays matched.

    The same report, read in the same way, changes nothing. Raises AttendanceNotPossible.
    """
    session = lock_session(session_id)
    _refuse(session, report)
    earlier = AttendanceReport.objects.filter(session=session).first()
    if earlier is not None and source.is_of(earlier):
        return earlier
    matched = _match(session, report)
    if earlier is not None:
        earlier.delete()
    saved = AttendanceReport.objects.create(
        session=session, sha256=source.sha256, reading=source.reading, saved_at=now, saved_by=by
    )
    Attendance.objects.bulk_create((_row(saved, row) for row in matched), batch_size=500)
    facts = AttendanceReportNoted(
        sha256=source.sha256,
        replaces=earlier is not None,
        rows=len(matched),
        matched=sum(row.state == State.MATCHED for row in matched),
        without_place=sum(row.is_without_place for row in matched),
    )
    log.record(
        Action.ATTENDANCE_IMPORTED, at=now, by=by, webinar=session.webinar, session=session, facts=facts
    )
    return saved


def _row(report: AttendanceReport, matched: Matched) -> Attendance:
    attendee = matched.attendee
    return Attendance(
        report=report,
        seat=matched.seat,
        state=matched.state,
        match=matched.match,
        name=attendee.name,
        email=attendee.email,
        organisation=attendee.organisation,
        role=attendee.role,
        stays=[[start.isoformat(), end.isoformat()] for start, end in attendee.intervals],
        elsewhere_seconds=int(attendee.elsewhere.total_seconds()),
    )


@transaction.atomic
def match_attendance(attendance_id: int, *, seat_id: int, by: User, now: datetime) -> Attendance:
    """Say by hand whose seat an attendance was. Raises AttendanceNotPossible for a seat of another session."""
    row = _lock(attendance_id)
    seat = (
        Seat.objects.select_related("registration").filter(pk=seat_id, session=row.report.session_id).first()
    )
    if seat is None:
        raise errors.AttendanceNotPossible(_("Choose somebody who registered for this session."))
    if (row.seat_id, row.match) == (seat.pk, Match.HAND):
        return row
    return _say(row, Action.ATTENDANCE_MATCHED, by, now, state=State.MATCHED, match=Match.HAND, seat=seat)


@transaction.atomic
def set_attendance_aside(attendance_id: int, *, by: User, now: datetime) -> Attendance:
    """Say that an attendance is nobody's who registered: a test, a colleague, a telephone of the meeting."""
    row = _lock(attendance_id)
    if row.state == State.DISMISSED:
        return row
    return _say(row, Action.ATTENDANCE_DISMISSED, by, now, state=State.DISMISSED, match="", seat=None)


@transaction.atomic
def reopen_attendance(attendance_id: int, *, by: User, now: datetime) -> Attendance:
    """Put an attendance that was matched or set aside back into the queue."""
    row = _lock(attendance_id)
    if row.state == State.OPEN:
        return row
    return _say(row, Action.ATTENDANCE_OPENED, by, now, state=State.OPEN, match="", seat=None)


def _lock(attendance_id: int) -> Attendance:
    """Lock and re-read one attendance behind its session; raises AttendanceNotPossible after a new report."""
    found = Attendance.objects.filter(pk=attendance_id).values_list("report__session", flat=True).first()
    if found is not None:
        lock_session(found)
    rows = Attendance.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "report__session", "seat__registration"
    )
    row = rows.filter(pk=attendance_id).first()
    if row is None:
        raise errors.AttendanceNotPossible(_("A newer report has taken the place of this one."))
    return row


def _say(row: Attendance, action: Action, by: User, now: datetime, **columns: object) -> Attendance:
    """Change what is known of a locked attendance, and note it: about the registration it was, or is now."""
    before = row.seat
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    seat = row.seat or before
    log.record(
        action,
        at=now,
        by=by,
        webinar_id=row.report.session.webinar_id,
        session=row.report.session,
        registration=seat.registration if seat else None,
        facts=AttendanceMatchNoted(row.pk, seat.pk if seat else None),
    )
    return row


def intervals_of(rows: Iterable[Attendance]) -> list[Interval]:
    """Return when these attendances were, as moments."""
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end))
        for row in rows
        for start, end in row.stays
    ]


def minutes_there(rows: Sequence[Attendance], session: WebinarSession) -> int:
    """Return how many minutes somebody was in a session, by all devices: not before it, and not after (D-42)."""
    return _minutes(
        intervals_of(rows), timedelta(seconds=sum(row.elsewhere_seconds for row in rows)), session
    )


def _minutes(intervals: Iterable[Interval], elsewhere: timedelta, session: WebinarSession) -> int:
    if session.starts_at is None or session.ends_at is None:
        return 0
    there = time_there(intervals, elsewhere, session=(session.starts_at, session.ends_at))
    return round(there.total_seconds() / 60)

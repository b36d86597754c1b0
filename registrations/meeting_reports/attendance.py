"""What a meeting's attendance report says, as people and the time they were there; pure values.

A report has several rows for whoever came back, and none of its columns is certain: a Reading says which is which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from registrations.meeting_reports.headings import (
    Part,
    fold_heading,
    guess_columns,
    has_waited,
    only_waited,
    says_first,
    unit_of,
    was_not_there,
)
from registrations.meeting_reports.times import (
    Order,
    WrongTime,
    date_in,
    has_date,
    possible_orders,
    read_duration,
    read_moment,
    zone_in,
)
from registrations.models import email_key, name_words
from webinar_site.foundation.days import BRUSSELS
from webinar_site.foundation.tables.flaws import flaw
from webinar_site.foundation.tables.reader import Row, Table

Interval = tuple[datetime, datetime]
LONGEST = {"name": 200, "email": 254, "organisation": 200, "role": 60}


ZONE_WORDS = ("time zone", "timezone", "fuseau horaire", "zeitzone")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a report is read: which column says what, by position; how dates are written; the time zone of its clock.

    `order` is None where nobody has said so and the report does not tell. `unit` is what a bare number of a duration
    counts. `is_summed` says that a row is the first joining and the last leaving of several stays.
    """

    columns: Mapping[Part, int] = field(default_factory=dict)
    order: Order | None = None
    zone: tzinfo = BRUSSELS
    unit: timedelta = timedelta(minutes=1)
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person of a report, or one line of the telephone: all rows that name them alike, and when they were there.

    `intervals` are merged and in order; `elsewhere` is time that the report gives without saying when.
    """

    lines: tuple[int, ...]
    name: str = ""
    email: str = ""
    organisation: str = ""
    role: str = ""
    intervals: tuple[Interval, ...] = ()
    elsewhere: timedelta = timedelta()

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes rows one person: the address, or else name and organisation."""
        return key_of(self.name, self.email, self.organisation)


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that could not be read, and why."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everybody who was in the session, and the rows left out: `wrong` cannot be read, `absent` was not there."""

    attendees: tuple[Attendee, ...]
    wrong: tuple[WrongRow, ...]
    absent: tuple[WrongRow, ...] = ()


class NotThere(Exception):
    """Tell that a row is about somebody who was not in the meeting, and how the report says so."""


def key_of(name: str, email: str, organisation: str) -> tuple[str, ...]:
    """Return what makes two rows one person, as `Attendee.key`."""
    try:
        return (email_key(email),)
    except ValueError:
        return ("", " ".join(words_of(name)), " ".join(words_of(organisation)))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name as they are compared, whatever their order: “Müller, Ann” is “ann muller”."""
    return tuple(name_words(text))


def guess(table: Table) -> Reading:
    """Return how a report seems to be written; `order` is None where its dates can be read in two ways, or in none."""
    columns = guess_columns(table.headings)
    orders = possible_orders(times_of(table, columns))
    order = next(iter(orders)) if len(orders) == 1 else None
    return reading_of(table, columns, order, zone_of(table, columns) or BRUSSELS)


def reading_of(table: Table, columns: Mapping[Part, int], order: Order | None, zone: tzinfo) -> Reading:
    """Return how a report is read whose columns, order of dates and clock are known."""
    heading = {part: table.headings[position] for part, position in columns.items()}
    return Reading(
        columns,
        order,
        zone,
        unit_of(heading.get(Part.DURATION, "")),
        says_first(heading.get(Part.JOINED, "")),
    )


def zone_of(table: Table, columns: Mapping[Part, int]) -> tzinfo | None:
    """Return the time zone that a report names, in the headings of its times or above them."""
    named = [table.headings[columns[part]] for part in (Part.JOINED, Part.LEFT, Part.DATE) if part in columns]
    above = (" ".join(row.cells) for row in table.above)
    named += [text for text in above if any(words in fold_heading(text) for words in ZONE_WORDS)]
    return next((zone for text in named if (zone := zone_in(text))), None)


def times_of(table: Table, columns: Mapping[Part, int]) -> list[str]:
    """Return every time that a report gives in the columns of date, joining and leaving."""
    positions = [columns[part] for part in (Part.DATE, Part.JOINED, Part.LEFT) if part in columns]
    return [row.cells[position] for row in table.rows for position in positions if position < len(row.cells)]


def lacks_dates(table: Table, columns: Mapping[Part, int]) -> bool:
    """Return whether some times of a report do not say on which day."""
    if Part.DATE in columns and has_date(" ".join(table.samples(columns[Part.DATE]))):
        return False
    return any(_says(text) and not has_date(text) for text in times_of(table, columns))


def read_report(table: Table, reading: Reading, session: Interval) -> Report:
    """Return who was in a session; rejoins of one person are one, and time they were there twice counts once.

    Rows that cannot be read, or are about somebody who was not there while the session was on, are left out and named.
    """
    people: dict[tuple[str, ...], list[Attendee]] = {}
    wrong, absent = [], []
    for row in table.rows:
        try:
            attendee = _attendee(row, reading, session)
        except WrongTime as refusal:
            wrong.append(WrongRow(row.line, str(refusal)))
        except NotThere as refusal:
            absent.append(WrongRow(row.line, str(refusal)))
        else:
            people.setdefault(attendee.key, []).append(attendee)
    here = []
    for rows in people.values():
        attendee = _one(rows)
        if was_in(session, attendee.intervals, attendee.elsewhere):
            here.append(attendee)
        else:
            outside = _("%(who)s: no time in the session.") % {"who": attendee.name or attendee.email}
            absent += [WrongRow(line, outside) for line in attendee.lines]
    return Report(tuple(here), tuple(wrong), tuple(sorted(absent, key=lambda row: row.line)))


def _attendee(row: Row, reading: Reading, session: Interval) -> Attendee:
    """Return what one row says; raise WrongTime, with a sentence, where it cannot be read, and NotThere."""
    if row.problem:
        raise WrongTime(row.problem)
    said = {
        part: row.cells[position] for part, position in reading.columns.items() if position < len(row.cells)
    }
    if problem := flaw(said.values()):
        raise WrongTime(problem)
    names = (said.get(Part.FIRST_NAME, ""), said.get(Part.LAST_NAME, ""))
    name = " ".join(filter(None, names)) or said.get(Part.NAME, "")
    email = said.get(Part.EMAIL, "")
    if not name and not email:
        raise WrongTime(_("It names nobody."))
    _refuse_absent(said, name or email)
    intervals, elsewhere = _time(said, reading, session)
    return Attendee(
        (row.line,),
        name[: LONGEST["name"]],
        email[: LONGEST["email"]],
        said.get(Part.ORGANISATION, "")[: LONGEST["organisation"]],
        said.get(Part.ROLE, "")[: LONGEST["role"]],
        intervals,
        elsewhere,
    )


def _refuse_absent(said: Mapping[Part, str], who: str) -> None:
    """Raise NotThere where a row says that it is not about somebody in the meeting."""
    attended = said.get(Part.ATTENDED, "")
    if (
        has_waited(said.get(Part.WAITING, ""))
        or only_waited(attended)
        or only_waited(said.get(Part.ROLE, ""))
    ):
        raise NotThere(_("%(who)s: in the waiting room.") % {"who": who})
    if was_not_there(attended):
        raise NotThere(_("%(who)s: not there, says the report.") % {"who": who})


def _time(
    said: Mapping[Part, str], reading: Reading, session: Interval
) -> tuple[tuple[Interval, ...], timedelta]:
    """Return when a row's person was there, and for how long where the row does not say when."""
    joined, left = (_moment(said, part, reading, session) for part in (Part.JOINED, Part.LEFT))
    length = _duration(said, reading.unit)
    if joined and left is None and length is not None:
        left = joined + length
    if joined and left:
        if left < joined and not has_date(said[Part.LEFT]):
            left += timedelta(days=1)
        if left < joined:
            raise WrongTime(_("Somebody leaves before they join."))
        if reading.is_summed and length is not None:
            left = _shortened((joined, left), length, session)
        return (((joined, left),) if left > joined else ()), timedelta()
    if joined:
        return ((joined, joined),), timedelta()
    return (), length or timedelta()


def _shortened(interval: Interval, length: timedelta, session: Interval) -> datetime:
    """Return when to take somebody to have left who joined and left in between, and was there for `length` in all."""
    joined, left = interval
    there = time_there([interval], timedelta(), session=session)
    return left if length >= left - joined or not there else max(joined, session[0]) + min(length, there)


def _says(text: str) -> bool:
    """Return whether a cell gives a time at all: it is not empty, nor “N/A” or its like."""
    return any(letter.isdigit() for letter in text)


def _moment(said: Mapping[Part, str], part: Part, reading: Reading, session: Interval) -> datetime | None:
    text, day = said.get(part, ""), said.get(Part.DATE, "")
    if not _says(text):
        return None
    written = text if has_date(text) else f"{date_in(day)} {text}"
    try:
        return read_moment(written, reading.order or Order.DAY_FIRST, zone=reading.zone, near=session)
    except WrongTime as error:
        raise WrongTime(_("“%(text)s” is no time that can be read.") % {"text": text[:40]}) from error


def _duration(said: Mapping[Part, str], unit: timedelta) -> timedelta | None:
    text = said.get(Part.DURATION, "")
    if not _says(text):
        return None
    try:
        return read_duration(text, unit)
    except WrongTime as error:
        raise WrongTime(_("“%(text)s” is no duration that can be read.") % {"text": text[:40]}) from error


def _one(rows: Sequence[Attendee]) -> Attendee:
    """Return one person from all their rows; what the first row leaves open, a later one fills in."""
    first = {
        name: next((value for row in rows if (value := getattr(row, name))), "")
        for name in ("name", "email", "organisation", "role")
    }
    return Attendee(
        tuple(line for row in rows for line in row.lines),
        **first,
        intervals=merged(interval for row in rows for interval in row.intervals),
        elsewhere=sum((row.elsewhere for row in rows), timedelta()),
    )


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return stays in order, those that overlap or touch as one: on two devices nobody is there twice as long."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def was_in(session: Interval, intervals: Iterable[Interval], elsewhere: timedelta) -> bool:
    """Return whether somebody was in a session; a stay whose end nobody knows counts if it began in the session."""
    starts_at, ends_at = session
    return bool(elsewhere) or any(
        start < ends_at and (end > starts_at or start == end == starts_at) for start, end in intervals
    )


def time_there(intervals: Iterable[Interval], elsewhere: timedelta, *, session: Interval) -> timedelta:
    """Return how long somebody was in a session: not before, not after, and at most as long as it was."""
    starts_at, ends_at = session
    inside = (min(end, ends_at) - max(start, starts_at) for start, end in merged(intervals))
    there = sum((time for time in inside if time > timedelta()), elsewhere)
    return min(there, ends_at - starts_at)

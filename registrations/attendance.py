"""What a meeting's attendance report says, as people and the time they were there; pure values.

A report has several rows for whoever came back, and none of its columns is certain: a Reading says which is which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from eligibility.days import BRUSSELS
from registrations.models import email_key, name_words
from registrations.report_headings import Part, fold_heading, guess_columns
from registrations.report_times import Order, WrongTime, possible_orders, read_duration, read_moment
from registrations.tables import Row, Table

Stay = tuple[datetime, datetime]
LONGEST = {"name": 200, "email": 254, "organisation": 200, "role": 60}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a report is read: which column says what, by position; how dates are written; whose clock it was.

    `order` is None where nobody has said so and the report does not tell.
    """

    columns: Mapping[Part, int] = field(default_factory=dict)
    order: Order | None = None
    is_utc: bool = False


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person of a report, or one line of the telephone: all rows that name them alike, and when they were there.

    `stays` are merged and in order; `elsewhere` is time that the report gives without saying when.
    """

    lines: tuple[int, ...]
    name: str = ""
    email: str = ""
    organisation: str = ""
    role: str = ""
    stays: tuple[Stay, ...] = ()
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
    """Everybody a report names, and the rows that were left out."""

    attendees: tuple[Attendee, ...]
    wrong: tuple[WrongRow, ...]


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
    times = [table.headings[columns[part]] for part in (Part.JOINED, Part.LEFT) if part in columns]
    is_utc = any({"gmt", "utc"} & set(fold_heading(heading).split()) for heading in times)
    return Reading(columns, next(iter(orders)) if len(orders) == 1 else None, is_utc)


def times_of(table: Table, columns: Mapping[Part, int]) -> list[str]:
    """Return every time that a report gives in the columns of joining and leaving."""
    positions = [columns[part] for part in (Part.JOINED, Part.LEFT) if part in columns]
    return [row.cells[position] for row in table.rows for position in positions if position < len(row.cells)]


def read_report(table: Table, reading: Reading) -> Report:
    """Return everybody a report names; rejoins of one person are one, and time they were there twice counts once.

    Rows that cannot be read are left out and named.
    """
    people: dict[tuple[str, ...], list[Attendee]] = {}
    wrong = []
    for row in table.rows:
        try:
            attendee = _attendee(row, reading)
        except WrongTime as refusal:
            wrong.append(WrongRow(row.line, str(refusal)))
            continue
        people.setdefault(attendee.key, []).append(attendee)
    return Report(tuple(_one(rows) for rows in people.values()), tuple(wrong))


def _attendee(row: Row, reading: Reading) -> Attendee:
    """Return what one row says; raise WrongTime, with a sentence, where it names nobody or a time cannot be read."""
    said = {
        part: row.cells[position] for part, position in reading.columns.items() if position < len(row.cells)
    }
    names = (said.get(Part.FIRST_NAME, ""), said.get(Part.LAST_NAME, ""))
    name = " ".join(filter(None, names)) or said.get(Part.NAME, "")
    email = said.get(Part.EMAIL, "")
    if not name and not email:
        raise WrongTime(_("It names nobody."))
    stays, elsewhere = _time(said, reading)
    return Attendee(
        (row.line,),
        name[: LONGEST["name"]],
        email[: LONGEST["email"]],
        said.get(Part.ORGANISATION, "")[: LONGEST["organisation"]],
        said.get(Part.ROLE, "")[: LONGEST["role"]],
        stays,
        elsewhere,
    )


def _time(said: Mapping[Part, str], reading: Reading) -> tuple[tuple[Stay, ...], timedelta]:
    """Return when a row's person was there, and for how long where the row does not say when."""
    joined, left = _moment(said, Part.JOINED, reading), _moment(said, Part.LEFT, reading)
    length = _duration(said)
    if joined and left is None and length is not None:
        left = joined + length
    if joined and left:
        if left < joined:
            raise WrongTime(_("Somebody leaves before they join."))
        return ((joined, left),), timedelta()
    if joined:
        return ((joined, joined),), timedelta()
    return (), length or timedelta()


def _moment(said: Mapping[Part, str], part: Part, reading: Reading) -> datetime | None:
    text = said.get(part, "")
    if not any(letter.isdigit() for letter in text):
        return None  # empty, or “N/A” and its like
    try:
        return read_moment(text, reading.order or Order.DAY_FIRST, zone=UTC if reading.is_utc else BRUSSELS)
    except WrongTime as error:
        raise WrongTime(_("“%(text)s” is no time that can be read.") % {"text": text[:40]}) from error


def _duration(said: Mapping[Part, str]) -> timedelta | None:
    text = said.get(Part.DURATION, "")
    if not any(letter.isdigit() for letter in text):
        return None
    try:
        return read_duration(text)
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
        stays=merged(stay for row in rows for stay in row.stays),
        elsewhere=sum((row.elsewhere for row in rows), timedelta()),
    )


def merged(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """Return stays in order, those that overlap or touch as one: on two devices nobody is there twice as long."""
    found: list[Stay] = []
    for start, end in sorted(stays):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def time_there(stays: Iterable[Stay], elsewhere: timedelta, *, most: timedelta) -> timedelta:
    """Return how long somebody was there, at most as long as the session was."""
    return min(sum((end - start for start, end in merged(stays)), elsewhere), most)

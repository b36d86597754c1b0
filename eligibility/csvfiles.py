"""Read and write the entries of an edition as CSV; what is written reads back to equal entries.

Pure values: no models and no database. The apostrophe before a cell that a spreadsheet would compute is taken off again
in reading.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from eligibility import countries
from eligibility.records import Confidence, Entry, Source, Treatment, circles
from eligibility.rules import UnknownCountry
from webinar_site.foundation.days import NotADay, parse_day
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.delimited import literal
from webinar_site.foundation.tables.flaws import flaw
from webinar_site.foundation.tables.reader import Row, UnreadableTable

REQUIRED = ("code", "name")
DAYS = ("signed", "in_force", "attested")
TEXTS = ("group", "wording", "note", "exclusions")
FOOTNOTE = "footnote"  # written for the reader's sake, beside the countries that have one; not read
COLUMNS = (*REQUIRED, "treatment", "parent", *TEXTS, *DAYS, "confidence", "sources", FOOTNOTE)
LONGEST = {"name": 120, "group": 80, "wording": 200, "exclusions": 200}
LONGEST_ADDRESS = 500

MOST_LINES = 5_000
PART = "|"  # stands between the title, the address and the day of a source

validate_url = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class WrongLine:
    """Hold what is wrong on one line, counted from 1 as a text editor counts it."""

    line: int
    what: str

    def __str__(self) -> str:
        """Return it as a sentence behind its number."""
        return _("Line %(line)d: %(what)s") % {"line": self.line, "what": self.what}


class WrongLines(ValueError):
    """Tell every line that cannot be an entry (D-8)."""

    def __init__(self, lines: Iterable[WrongLine]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(map(str, self.lines)))


class _WrongCell(ValueError):
    """Tell what is wrong in one cell."""


def read_csv(text: str) -> tuple[Entry, ...]:
    """Return the entries that a table states, a header line first, in the order of its lines.

    Raises `UnreadableTable` when the columns are not those there are or nothing is below them, and `WrongLines`, which
    names every line that is malformed or contradicts another.
    """
    table = reader.read_table(text, most_rows=MOST_LINES, known=lambda cell: cell.casefold() in COLUMNS)
    columns = _columns(table.headings)
    entries: list[Entry] = []
    wrong = [WrongLine(line, _("it belongs to another part of the file.")) for line in table.left_out]
    first_seen: dict[str, int] = {}
    for row in table.rows:
        values, problems = _values(columns, row)
        code = values.get("code")
        if code in first_seen:
            words = {"code": code, "line": first_seen[code]}
            problems.append(_("%(code)s is on line %(line)d already.") % words)
        elif code:
            first_seen[code] = row.line
        wrong += [WrongLine(row.line, what) for what in problems]
        if not problems:
            entries.append(Entry(**values))
    if wrong or (wrong := list(_circles(entries, first_seen))):
        raise WrongLines(sorted(wrong, key=lambda each: each.line))
    return tuple(entries)


def _circles(entries: Iterable[Entry], lines: Mapping[str, int]) -> Iterator[WrongLine]:
    """Yield the line of the first of those that follow each other in a circle."""
    follows = ((entry.code, entry.parent) for entry in entries if entry.treatment == Treatment.FOLLOWS)
    for circle in circles(follows):
        what = _("these follow each other in a circle: %(codes)s.") % {"codes": ", ".join(circle)}
        yield WrongLine(min(lines[code] for code in circle), what)


def write_csv(entries: Iterable[Entry]) -> str:
    """Return entries as a table with a header, cells separated by commas, ready for a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([literal(_written(entry, column)) for column in COLUMNS])
    return out.getvalue()


def _written(entry: Entry, column: str) -> str:
    if column == FOOTNOTE:
        return " ".join(map(str, countries.footnotes([entry.code])))
    value: Any = getattr(entry, column)
    if column == "sources":
        return _written_sources(value)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _written_sources(sources: tuple[Source, ...]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=PART, lineterminator="\n")
    for source in sources:
        writer.writerow([source.title, source.url, source.dated.isoformat() if source.dated else ""])
    return out.getvalue().removesuffix("\n")


def _columns(headings: tuple[str, ...]) -> list[str]:
    """Return the names of the columns; raise `UnreadableTable` where they are not those there are."""
    names = [heading.casefold() for heading in headings]
    unknown = [f"“{name}”" for name in names if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in names]
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    wrong = [
        sentence % {"names": ", ".join(found)}
        for sentence, found in (
            (_("Unknown columns: %(names)s."), unknown),
            (_("Missing columns: %(names)s."), missing),
            (_("Columns named twice: %(names)s."), twice),
        )
        if found
    ]
    if wrong:
        known = _("The first line names the columns; there are: %(names)s.") % {"names": ", ".join(COLUMNS)}
        raise UnreadableTable(" ".join([*wrong, known]))
    return names


def _values(columns: list[str], row: Row) -> tuple[dict[str, Any], list[str]]:
    """Return what a line states, by the names of `Entry`, and in words what is wrong with it."""
    if row.problem:
        return {}, [row.problem]
    said = {column: cell for column, cell in zip(columns, row.cells, strict=True) if column != FOOTNOTE}
    if problem := flaw(said.values()):
        return {}, [problem]
    values: dict[str, Any] = {}
    problems: list[str] = []
    for column, cell in said.items():
        try:
            values[column] = _value(column, cell)
        except _WrongCell as refusal:
            problems.append(str(refusal))
    return values, problems or list(_contradictions(values))


def _contradictions(values: dict[str, Any]) -> Iterator[str]:
    treatment, parent = values.get("treatment", Treatment.ADMITTED), values.get("parent", "")
    if treatment == Treatment.FOLLOWS and not parent:
        yield _("it follows no state: the column parent is empty.")
    if treatment == Treatment.FOLLOWS and parent == values["code"]:
        yield _("it follows itself.")
    if treatment != Treatment.ADMITTED and not values.get("note"):
        yield _("it gives no reason: the column note is empty.")


def _value(column: str, cell: str) -> Any:
    if column == "code":
        return _country(cell)
    if column == "parent":
        return _country(cell) if cell else ""
    if column == "treatment":
        return _choice(Treatment, cell.casefold() or Treatment.ADMITTED, column)
    if column == "confidence":
        return _choice(Confidence, cell.upper() or Confidence.U, column)
    if column in DAYS:
        return _day(cell) if cell else None
    if column == "sources":
        return _sources(cell)
    return _text(column, cell)


def _country(cell: str) -> str:
    if not cell:
        raise _WrongCell(_("it names no country: the column code is empty."))
    try:
        return countries.normalise(cell)
    except UnknownCountry as error:
        raise _WrongCell(_("“%(cell)s” is no country's code or name.") % {"cell": cell}) from error


def _choice(kind: type[Treatment] | type[Confidence], cell: str, column: str) -> Treatment | Confidence:
    try:
        return kind(cell)
    except ValueError as error:
        words = {"cell": cell, "column": column, "known": ", ".join(kind)}
        raise _WrongCell(_("“%(cell)s” is no %(column)s; there are: %(known)s.") % words) from error


def _day(cell: str) -> date:
    try:
        return parse_day(cell)
    except NotADay as error:
        raise _WrongCell(_("“%(cell)s” is no day written like 2020-04-28.") % {"cell": cell}) from error


def _text(column: str, cell: str) -> str:
    if column == "name" and not cell:
        raise _WrongCell(_("the column name is empty."))
    if len(cell) > LONGEST.get(column, len(cell)):
        words = {"column": column, "length": len(cell), "longest": LONGEST[column]}
        raise _WrongCell(
            _("the column %(column)s has %(length)d characters, %(longest)d at most are kept.") % words
        )
    return cell


def _sources(cell: str) -> tuple[Source, ...]:
    try:
        rows = list(
            csv.reader(io.StringIO(cell, newline=""), delimiter=PART, strict=True, skipinitialspace=True)
        )
    except csv.Error as error:
        raise _WrongCell(_("a quotation mark in the column sources is in the wrong place.")) from error
    return tuple(_source([part.strip() for part in parts]) for parts in rows if parts)


def _source(parts: list[str]) -> Source:
    title, url, day, *surplus = [*parts, "", ""]
    if not title or any(surplus):
        raise _WrongCell(
            _("a source is written like: title | address | 2020-04-28, each on a line of its own.")
        )
    if url:
        try:
            validate_url(url)
        except ValidationError as error:
            raise _WrongCell(_("“%(url)s” is no web address.") % {"url": url}) from error
        if len(url) > LONGEST_ADDRESS:
            raise _WrongCell(_("the address of a source is too long."))
    return Source(title, url, _day(day) if day else None)

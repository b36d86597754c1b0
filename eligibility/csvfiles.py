"""Read and write the entries of an edition as CSV; what is written reads back to equal entries.

Pure values: no models and no database. The apostrophe before a cell that a spreadsheet would compute is taken off again
in reading.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from eligibility import countries, delimited
from eligibility.days import NotADay, parse_day
from eligibility.delimited import as_meant, inert
from eligibility.records import Confidence, Entry, Source, Treatment, circles
from eligibility.rules import UnknownCountry

REQUIRED = ("code", "name")
DAYS = ("signed", "in_force", "attested")
TEXTS = ("group", "wording", "note", "exclusions")
FOOTNOTE = "footnote"  # written for the reader's sake, beside the countries that have one; not read
COLUMNS = (*REQUIRED, "treatment", "parent", *TEXTS, *DAYS, "confidence", "sources", FOOTNOTE)
LONGEST = {"name": 120, "group": 80, "wording": 200, "exclusions": 200}
LONGEST_ADDRESS = 500

DELIMITERS = ",;\t"
PART = "|"  # stands between the title, the address and the day of a source
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

is_web_address = URLValidator(schemes=["http", "https"])


class UnreadableTable(ValueError):
    """Tell why something is no table of entries at all; the message is fit to be shown."""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """Hold what is wrong on one line, counted from 1 as a text editor counts it."""

    line: int
    what: str

    def __str__(self) -> str:
        """Return it as a sentence behind its number."""
        return _("Line %(line)d: %(what)s") % {"line": self.line, "what": self.what}


class WrongLines(ValueError):
    """Tell every line that cannot be an entry."""

    def __init__(self, lines: Iterable[WrongLine]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(map(str, self.lines)))


class _WrongCell(ValueError):
    """Tell what is wrong in one cell."""


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16; raise `UnreadableTable` for what is none."""
    try:
        return delimited.decode(data)
    except UnicodeDecodeError as error:
        raise UnreadableTable(_no_text()) from error


def read(text: str) -> tuple[Entry, ...]:
    """Return the entries that a table states, a header line first, in the order of its lines.

    Raises `UnreadableTable` when the columns are not those there are or nothing stands below them, and `WrongLines`,
    which names every line that is malformed or contradicts another.
    """
    plain = _plain(text)
    columns, delimiter = _header(plain)
    entries: list[Entry] = []
    wrong: list[WrongLine] = []
    first_seen: dict[str, int] = {}
    for line, cells in _rows_below_header(plain, delimiter, wrong):
        values, problems = _values(columns, cells)
        code = values.get("code")
        if code in first_seen:
            words = {"code": code, "line": first_seen[code]}
            problems.append(_("%(code)s stands on line %(line)d already.") % words)
        elif code:
            first_seen[code] = line
        wrong += [WrongLine(line, what) for what in problems]
        if not problems:
            entries.append(Entry(**values))
    if wrong or (wrong := list(_circles(entries, first_seen))):
        raise WrongLines(wrong)
    if not entries:
        raise UnreadableTable(_("No country stands below the header."))
    return tuple(entries)


def _circles(entries: Iterable[Entry], lines: Mapping[str, int]) -> Iterator[WrongLine]:
    """Yield the line of the first of those that follow each other in a circle."""
    follows = ((entry.code, entry.parent) for entry in entries if entry.treatment == Treatment.FOLLOWS)
    for circle in circles(follows):
        what = _("these follow each other in a circle: %(codes)s.") % {"codes": ", ".join(circle)}
        yield WrongLine(min(lines[code] for code in circle), what)


def write(entries: Iterable[Entry]) -> str:
    """Return entries as a table with a header, cells separated by commas, ready for a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_harmless(_written(entry, column)) for column in COLUMNS])
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


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith("'") else inert(cell)


def _plain(text: str) -> str:
    """Return a text with one kind of line break; refuse what is no text."""
    plain = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    if UNPRINTABLE.search(plain):
        raise UnreadableTable(_no_text())
    return plain


def _no_text() -> str:
    return _("This is no text in UTF-8 or UTF-16. In a spreadsheet, save the table as “CSV UTF-8”.")


def _header(plain: str) -> tuple[list[str], str]:
    """Return the names of the columns, and the delimiter that makes most sense of them."""
    first = next((line for line in plain.split("\n") if line.strip(f' "{DELIMITERS}')), "")
    readings = {delimiter: _names(first, delimiter) for delimiter in DELIMITERS}
    delimiter = max(readings, key=lambda one: len(set(readings[one]) & set(COLUMNS)))
    names = readings[delimiter]
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
    return names, delimiter


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip().casefold() for row in csv.reader([line], delimiter=delimiter) for cell in row]
    except csv.Error:  # a cell beyond what the reader takes names no column
        return []


def _rows_below_header(plain: str, delimiter: str, wrong: list[WrongLine]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with the number of its first line; note in `wrong` where reading breaks off."""
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True)
    is_header = True
    while True:
        line = reader.line_num + 1
        try:
            cells = [as_meant(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            wrong.append(WrongLine(line, _("a quotation mark is opened or closed in the wrong place.")))
            return
        if any(cells):
            if not is_header:
                yield line, cells
            is_header = False


def _values(columns: list[str], cells: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what a line states, by the names of `Entry`, and in words what is wrong with it."""
    if len(cells) != len(columns):
        words = {"found": len(cells), "wanted": len(columns)}
        return {}, [_("cells: %(found)d, columns named in the first line: %(wanted)d.") % words]
    values: dict[str, Any] = {}
    problems: list[str] = []
    for column, cell in zip(columns, cells, strict=True):
        if column != FOOTNOTE:
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
            is_web_address(url)
        except ValidationError as error:
            raise _WrongCell(_("“%(url)s” is no web address.") % {"url": url}) from error
        if len(url) > LONGEST_ADDRESS:
            raise _WrongCell(_("the address of a source is too long."))
    return Source(title, url, _day(day) if day else None)

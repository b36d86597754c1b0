"""Read delimited text into a table: any of tab, comma and semicolon, line breaks inside quotes, and limits.

Pure: no models and no database. Whatever comes in, nothing but `Unreadable` goes out, and its message is fit to be shown.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility import delimited
from eligibility.delimited import as_meant
from eligibility.plain_text import visible

DELIMITERS = "\t;,"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
MOST_COLUMNS = 500
LONGEST_PREAMBLE = 20  # lines above the headings, as reports of meetings have them


class Unreadable(ValueError):
    """Tell why something is no table at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of its first line, counted from 1 as a text editor counts it, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What a text says as a table: headings as they are written, and the rows below them."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]

    def samples(self, column: int, most: int = 3) -> tuple[str, ...]:
        """Return the first different values of a column, for somebody to recognise it by."""
        found: dict[str, None] = {}
        for row in self.rows:
            if column < len(row.cells) and row.cells[column]:
                found[row.cells[column]] = None
            if len(found) == most:
                break
        return tuple(found)


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a byte order mark; raise `Unreadable` for what is none."""
    try:
        text = delimited.decode(data)
    except UnicodeDecodeError as error:
        raise Unreadable(_no_text()) from error
    return _plain(text)


def read(text: str, *, most_rows: int, least_headings: int = 1) -> Table:
    """Return a table, cells as they are meant: without blanks around them, or the apostrophe that keeps one from computing.

    The headings are in the first of the first lines that has at least `least_headings` of them, or else in the first
    that is not blank. Raises `Unreadable` for what is no text, is broken, has no rows, or too many or too wide ones.
    """
    plain = _plain(text)
    delimiter = _delimiter(plain, LONGEST_PREAMBLE if least_headings > 1 else 1)
    rows: list[Row] = []
    for row in _rows(plain, delimiter):
        if len(row.cells) > MOST_COLUMNS:
            raise Unreadable(
                _("Line %(line)d has more than %(most)d cells: this is no list of people.")
                % {"line": row.line, "most": MOST_COLUMNS}
            )
        rows.append(row)
        if len(rows) > most_rows + 1 + LONGEST_PREAMBLE:
            raise Unreadable(_too_many(most_rows))
    return _below_headings(rows, most_rows, least_headings)


def _below_headings(rows: list[Row], most_rows: int, least_headings: int) -> Table:
    above = rows[:LONGEST_PREAMBLE]
    heading = next((row for row in above if sum(map(bool, row.cells)) >= least_headings), None)
    heading = heading or next(iter(rows), None)
    if heading is None:
        raise Unreadable(_("There is nothing in it."))
    below = rows[rows.index(heading) + 1 :]
    if len(below) > most_rows:
        raise Unreadable(_too_many(most_rows))
    if not below:
        raise Unreadable(_("There is no line below the headings."))
    return Table(heading.cells, tuple(below))


def _plain(text: str) -> str:
    """Return a text with one kind of line break; refuse what is no text."""
    plain = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    if UNPRINTABLE.search(plain):
        raise Unreadable(_no_text())
    return plain


def _delimiter(plain: str, among: int) -> str:
    """Return what separates cells: whatever makes the most of them in the widest of the first lines with text."""
    first = list(islice((line for line in plain.split("\n") if line.strip()), among)) or [""]
    return max(DELIMITERS, key=lambda delimiter: max(_width(line, delimiter) for line in first))


def _width(line: str, delimiter: str) -> int:
    try:
        return max((len(row) for row in csv.reader([line], delimiter=delimiter)), default=0)
    except csv.Error:  # a cell beyond what the reader takes
        return 0


def _rows(plain: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows that are not blank."""
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = tuple(as_meant(visible(cell)) for cell in next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(
                _(
                    "Line %(line)d: a quotation mark is opened or closed in the wrong place, or a cell is too long."
                )
                % {"line": line}
            ) from error
        if any(cells):
            yield Row(line, cells)


def _too_many(most: int) -> str:
    return ngettext(
        "There is more than %(most)d line: import it in parts.",
        "There are more than %(most)d lines: import them in parts.",
        most,
    ) % {"most": most}


def _no_text() -> str:
    return _("This file cannot be read as text: save it as UTF-8.")

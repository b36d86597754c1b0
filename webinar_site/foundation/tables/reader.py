"""Read delimited text into a table, as spreadsheets and programs for meetings really write it; with limits (D-9).

Pure: no models and no database. A row that cannot be trusted stays in the table and says why, so nothing is lost in
silence. Whatever comes in, nothing but `UnreadableTable` goes out, and its message is fit to be shown.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webinar_site.foundation.plain_text import visible
from webinar_site.foundation.tables.delimited import as_meant, plain_lines

DELIMITERS = "\t;,"
SEPARATOR_LINE = re.compile(r'\s*"?sep=([\t;,|])"?[\t;,|]*\s*(?=\n|\Z)', re.IGNORECASE)
MOST_TABLE_COLUMNS = 500
LONGEST_CELL = 131_072
LONGEST_PREAMBLE = 20  # rows above the headings, as reports of meetings have them
LEAST_OF_A_PART = 3  # known headings, for a row further down to begin another part of the file
MOST_PARTS = 3  # as many times the rows of a table may stand in a file
NAMED_LINES = 10

Known = Callable[[str], bool]


class UnreadableTable(ValueError):
    """Tell why something is no table at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of its first line, counted from 1 as a text editor counts it, and its cells.

    `problem` says why the row cannot be trusted; its cells are then only good to recognise it by. `last` is the number
    of its last line: line breaks in quoted cells make it another.
    """

    line: int
    cells: tuple[str, ...]
    problem: str = ""
    last: int = field(default=0, compare=False)

    @property
    def is_title(self) -> bool:
        """Return whether only one cell says anything."""
        return sum(map(bool, self.cells)) == 1


@dataclass(frozen=True, slots=True)
class Table:
    """What a text says as a table: headings as they are written, and the rows below them, each as wide as they are.

    `above` is what is above the headings, `left_out` the lines of other parts of the file, with headings of their own.
    """

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    above: tuple[Row, ...] = ()
    left_out: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return, in sentences for whoever brought the table, what was assumed in reading it."""
        found = (
            (
                self.cut,
                _("Lines with fewer cells than columns, whose end is taken as empty: %(lines)s."),
            ),
            (self.left_out, _("Lines of another part of the file, left out: %(lines)s.")),
        )
        return tuple(sentence % {"lines": _listed(lines)} for lines, sentence in found if lines)

    def samples(self, column: int, most: int = 3) -> tuple[str, ...]:
        """Return the first different values of a column, for somebody to recognise it by."""
        found: dict[str, None] = {}
        for row in self.rows:
            if column < len(row.cells) and row.cells[column]:
                found[row.cells[column]] = None
            if len(found) == most:
                break
        return tuple(found)


def read_table(text: str, *, most_rows: int, known: Known) -> Table:
    """Return a table; its headings are in the row with the most cells that are `known` as names of columns.

    Where none is, they are in the first row that is about as wide as the others. Raises `UnreadableTable` for what has
    no rows, or too many or too wide ones.
    """
    found = _all_rows(text, most_rows * MOST_PARTS, known)
    if not found:
        raise UnreadableTable(_("There is nothing in it."))
    starts = _heading_rows(found, known)
    width = len(found[starts[0]].cells)
    found = _all_rows(text, most_rows * MOST_PARTS, known, width)
    starts = _heading_rows(found, known)
    return _part(found, starts, most_rows)


def read_unnamed(
    text: str, *, most_rows: int, known: Known, width: int, is_above: Callable[[Row], bool]
) -> tuple[Row, ...]:
    """Return the rows of a table of `width` columns that need no names, and are recognised by cells that are `known`.

    Left out are, of the rows that `is_above` says may stand above the others: first rows of another width, which are
    titles, then one row of headings, wherever it is repeated. Raises `UnreadableTable` for too many or too wide rows.
    """
    found = _all_rows(text, most_rows, known)
    filled = [len([cell for cell in row.cells if cell]) for row in found]
    start = next((at for at, row in enumerate(found) if filled[at] == width or not is_above(row)), len(found))
    below = found[start:]
    if below and is_above(below[0]):
        headings = _without_empty_end(below[0].cells)
        below = [row for row in below if _without_empty_end(row.cells) != headings]
    if len(below) > most_rows:
        raise UnreadableTable(_too_many(most_rows))
    return tuple(below)


def _all_rows(text: str, most_rows: int, known: Known, width: int = 0) -> list[Row]:
    """Return the rows of a text that are not blank, cells as they are meant; raises `UnreadableTable`.

    `known` recognises cells by which to tell what separates them. `width` is how many cells a row should have:
    quotation marks around several lines of which each is a row by itself are then seen as marks in the wrong place.
    """
    readable = plain_lines(text)
    stated = SEPARATOR_LINE.match(readable)
    body = readable[stated.end() :] if stated else readable
    delimiter = stated[1] if stated else _delimiter(body, known)
    found = []
    for row in _rows(body, delimiter, width):
        if len(row.cells) > MOST_TABLE_COLUMNS:
            raise UnreadableTable(
                _("Line %(line)d has more than %(most)d cells: this is no list of people.")
                % {"line": row.line, "most": MOST_TABLE_COLUMNS}
            )
        found.append(row)
        if len(found) > most_rows + LONGEST_PREAMBLE:
            raise UnreadableTable(_too_many(most_rows))
    return found


def _delimiter(text: str, known: Known) -> str:
    """Return what separates cells: what makes known cells, else rows of one width, else the widest row."""

    def merit(delimiter: str) -> tuple[int, int, int]:
        first = list(islice(_rows(text, delimiter), LONGEST_PREAMBLE))
        widths = Counter(len(row.cells) for row in first if len(row.cells) > 1)
        alike = max(widths.values(), default=0)
        return max((_names(row, known) for row in first), default=0), alike, max(widths, default=0)

    return max(DELIMITERS, key=merit)


def _names(row: Row, known: Known) -> int:
    return sum(known(cell) for cell in row.cells if len(cell) <= 100)


def _rows(text: str, delimiter: str, width: int = 0) -> Iterator[Row]:
    """Yield the rows that are not blank; a line whose quotation marks do not fit is a row of its own."""
    pattern = _pattern(delimiter)
    position, line = 0, 1
    while position < len(text):
        cells, end = _cells(text, position, pattern)
        problem = ""
        if cells is None or _is_several(text[position:end], delimiter, width):
            end = text.find("\n", position) + 1 or len(text)
            cells = tuple(text[position:end].rstrip("\n").split(delimiter)[:MOST_TABLE_COLUMNS])
            problem = _("A quotation mark is opened or closed in the wrong place, or a cell is too long.")
        meant = tuple(as_meant(visible(cell)) for cell in cells)
        last = line + text.count("\n", position, end - 1)
        if any(cell.strip(DELIMITERS) for cell in meant):
            yield Row(line, meant, problem, last)
        line, position = last + 1, end


def _pattern(delimiter: str) -> re.Pattern[str]:
    one = re.escape(delimiter)
    return re.compile(rf'"([^"]*+(?:""[^"]*+)*+)"({one}|\n|\Z)|([^{one}\n]*+)({one}|\n|\Z)')


def _cells(text: str, position: int, pattern: re.Pattern[str]) -> tuple[tuple[str, ...] | None, int]:
    """Return the cells of the row that begins here and where the next one does; None where its marks do not fit."""
    cells = []
    while True:
        found = pattern.match(text, position)
        assert found is not None  # noqa: S101 -- an empty cell always matches
        quoted, open_cell, closing = found[1], found[3] or "", found[2] or found[4]
        if open_cell.startswith('"') or (open_cell.endswith('"') and open_cell.count('"') % 2):
            return None, position
        cells.append(open_cell if quoted is None else quoted.replace('""', '"'))
        if len(cells[-1]) > LONGEST_CELL:
            return None, position
        position = found.end()
        if closing in ("", "\n", None):
            return tuple(cells), position


def _is_several(written: str, delimiter: str, width: int) -> bool:
    """Return whether each line of what reads as one row would be a row: a quotation mark too many swallowed them."""
    lines = written.removesuffix("\n").split("\n")
    return width > 1 and len(lines) > 1 and all(line.count(delimiter) == width - 1 for line in lines)


def _heading_rows(found: Sequence[Row], known: Known) -> list[int]:
    """Return where headings are: first those of the table, then those that begin other parts of the file."""
    indexes = [
        index
        for index, row in enumerate(found)
        if index < LONGEST_PREAMBLE or found[index - 1].is_title or row.line > found[index - 1].last + 1
    ]
    names = {index: _names(found[index], known) for index in indexes if not found[index].problem}
    best = max(names.values(), default=0)
    if best:
        index = next(index for index, count in names.items() if count == best)
        return [index, *(other for other, n in names.items() if other != index and n >= LEAST_OF_A_PART)]
    filled = [sum(map(bool, row.cells)) for row in found[:LONGEST_PREAMBLE]]
    return [next(index for index, count in enumerate(filled) if count * 2 >= max(filled))]


def _part(found: Sequence[Row], starts: Sequence[int], most_rows: int) -> Table:
    """Return the table under the first of the headings; what is under others is left out, and named."""
    start, others = starts[0], set(starts[1:])
    headings = _without_empty_end(found[start].cells)
    taken: list[Row] = []
    left = list(found[min(others, default=start) : start])
    is_ours = True
    for index, row in enumerate(found[start + 1 :], start=start + 1):
        is_same = _without_empty_end(row.cells) == headings
        if index in others or is_same:
            is_ours = is_same
            if not is_ours and taken and taken[-1] is found[index - 1] and taken[-1].is_title:
                left.append(taken.pop())
        if not is_same:
            (taken if is_ours else left).append(row)
    if len(taken) > most_rows:
        raise UnreadableTable(_too_many(most_rows))
    if not taken:
        raise UnreadableTable(_("There is no line below the headings."))
    wrong = [False, *(bool(row.problem) for row in taken), False]
    fitted = tuple(
        _fitted(row, len(headings), is_beside=wrong[index] or wrong[index + 2])
        for index, row in enumerate(taken)
    )
    cut = tuple(row.line for row in taken if len(row.cells) < len(headings) and not row.problem)
    return Table(headings, fitted, tuple(found[:start]), tuple(row.line for row in left), cut)


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return tuple(cells[:end])


def _fitted(row: Row, width: int, *, is_beside: bool) -> Row:
    """Return a row with as many cells as there are columns: spreadsheets drop separators at the end, or add some.

    `is_beside` says that the line above or below cannot be trusted: a shorter one may then be a part of it.
    """
    if row.problem:
        return row
    cells = _without_empty_end(row.cells)
    if len(cells) > width:
        words = {"found": len(cells), "wanted": width}
        problem = _("Cells in this line: %(found)d, columns in the first line: %(wanted)d.") % words
        return replace(row, cells=cells, problem=problem)
    whole = (*cells, *[""] * (width - len(cells)))
    is_cut = is_beside or any(map(_holds_others, cells))
    if is_cut and len(row.cells) < width:
        problem = _("A quotation mark is opened or closed in the wrong place, or a cell is too long.")
        return replace(row, cells=whole, problem=problem)
    return replace(row, cells=whole)


def _holds_others(cell: str) -> bool:
    """Return whether a cell seems to hold others: what separates them, in several lines or beside a quotation mark."""
    return any(
        sign in cell if "\n" in cell else f'"{sign}' in cell or f'{sign}"' in cell for sign in DELIMITERS
    )


def _listed(lines: Sequence[int]) -> str:
    """Return numbers as people write them, runs as ranges; not too many."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    named = [str(first) if first == last else f"{first}–{last}" for first, last in runs]  # noqa: RUF001 -- a range
    return ", ".join([*named[:NAMED_LINES], *["…"] * (len(named) > NAMED_LINES)])


def _too_many(most: int) -> str:
    """Return that there are more lines than may be."""
    return ngettext(
        "There is more than %(most)d line: import it in parts.",
        "There are more than %(most)d lines: import them in parts.",
        most,
    ) % {"most": most}

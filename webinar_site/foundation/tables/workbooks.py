"""Read the first sheet of an Excel workbook as delimited text, within limits; pure (D-10).

A workbook is a foreign archive of foreign XML. Before anything is parsed, its members are counted and measured, in all
and by how far they unpack, and none may declare a document type, without which XML has no entities to expand. What is
parsed then is small, so it is quick; formulas are never computed, and nothing outside the file is opened.
"""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from webinar_site.foundation.tables.delimited import literal
from webinar_site.foundation.tables.reader import MOST_TABLE_COLUMNS, UnreadableTable

MOST_MEMBERS = 200
MOST_UNPACKED = 12_000_000  # bytes, all members together
MOST_RATIO = 200  # of unpacked to packed, for members that are not small
SMALL = 200_000
MOST_ROWS = 10_000
# What reading a broken archive may raise.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
CONTENTS = "xl/workbook.xml"
FORMULA = (b"<f>", b"<f ")


def read_workbook(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the first sheet that holds something as tab-delimited text, row by row, and notes for whoever brought it.

    Empty rows stay, so that a row has the number it has in the sheet unless a cell above has several lines. Raises
    `UnreadableTable` for a workbook that is broken or beyond the limits.
    """
    has_formulas = _check(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which are not read
        try:
            sheets = list(_sheets(data, has_formulas))
        except UnreadableTable:
            raise
        except Exception as error:
            raise UnreadableTable(_("This workbook is broken. Save it again, or as “CSV UTF-8”.")) from error
    full = [(name, rows) for name, rows in sheets if rows]
    if not full:
        raise UnreadableTable(_("There is nothing in it."))
    notes = [_("Only the sheet “%(name)s” is read.") % {"name": full[0][0]}] if len(full) > 1 else []
    return _text(full[0][1]), tuple(notes)


def _check(data: bytes) -> bool:
    """Return whether there are formulas; raise `UnreadableTable` for an archive that is not to be parsed."""
    has_formulas = False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or any(map(_is_bomb, members)):
                raise UnreadableTable(_too_much())
            if sum(member.file_size for member in members) > MOST_UNPACKED:
                raise UnreadableTable(_too_much())
            for member in members:
                content = archive.read(member)  # as long as it says, or an error
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<\x00!\x00D" in content:
                    raise UnreadableTable(
                        _("This workbook is not as spreadsheets write them. Save it as “CSV UTF-8”.")
                    )
                has_formulas = has_formulas or any(mark in content for mark in FORMULA)
    except UnreadableTable:
        raise
    except BROKEN as error:
        raise UnreadableTable(_("This workbook is broken. Save it again, or as “CSV UTF-8”.")) from error
    return has_formulas


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1)


def _too_much() -> str:
    return _("This workbook holds too much to be read here. Save the one sheet as “CSV UTF-8”.")


def _sheets(data: bytes, has_formulas: bool) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the name and the rows of each sheet, no rows after the first that has any but the first."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    written = None
    if has_formulas:
        written = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        formulas = _cells(written[sheet.title]) if written else ()
        yield sheet.title, _rows(_cells(sheet), formulas)
    book.close()
    if written:
        written.close()


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet up to their last cell that says something."""
    sheet.reset_dimensions()  # what a sheet says of its own size need not be so
    for number, row in enumerate(sheet.iter_rows(), start=1):
        end = len(row)
        while end and row[end - 1].value is None:
            end -= 1
        if end > MOST_TABLE_COLUMNS or (end and number > MOST_ROWS):
            raise UnreadableTable(_too_much())
        if number <= MOST_ROWS:
            yield row[:end]


def _rows(cells: Iterable[tuple[Any, ...]], formulas: Iterable[tuple[Any, ...]]) -> list[list[str]]:
    """Return rows as text, without the empty ones at the end."""
    rows = []
    for row, written in zip_longest(cells, formulas, fillvalue=()):
        rows.append([literal(_cell(cell, formula)) for cell, formula in zip_longest(row, written)])
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _cell(cell: Any, formula: Any) -> str:
    """Return what a cell says; of a formula whose result the file lacks, what spreadsheets show for one that fails."""
    value = getattr(cell, "value", None)
    if value is None:
        return "#VALUE!" if getattr(formula, "value", None) is not None else ""
    if isinstance(value, datetime):
        is_day = value.time() == time() and "h" not in str(cell.number_format).lower()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _text(rows: Iterable[Iterable[str]]) -> str:
    page = io.StringIO(newline="")
    csv.writer(page, delimiter="\t", lineterminator="\n").writerows(rows)
    return page.getvalue()

"""Write rows as files that spreadsheets and WebEx read, row by row, in constant memory; without Django.

What somebody typed never becomes a formula: delimited cells are inert, and in workbooks every cell is text.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from webinar_site.foundation.tables.delimited import inert

Cells = Sequence[str]
AT_ONCE = 64 * 1024
MOST_FILLED_IN = 5_000  # rows of an empty list that offer choices


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written: the end of its name, its media type, and from rows to bytes, piece by piece."""

    suffix: str
    media_type: str
    write: Callable[[Iterable[Cells]], Iterator[bytes]]


def delimited(rows: Iterable[Cells], *, delimiter: str, encoding: str, mark: bytes) -> Iterator[bytes]:
    """Yield rows as delimited text behind a byte order mark, each cell in quotes (RFC 4180), 64 KiB at a time."""
    page = io.StringIO()
    writer = csv.writer(page, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    yield mark
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
        if page.tell() > AT_ONCE:
            yield _take(page, encoding)
    yield _take(page, encoding)


def _take(page: io.StringIO, encoding: str) -> bytes:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text.encode(encoding)


def workbook(rows: Iterable[Cells]) -> Iterator[bytes]:
    """Yield rows as an Excel workbook (ISO/IEC 29500), with its first row in sight; it grows on disk, not in memory."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        book = xlsxwriter.Workbook(file.name, {"constant_memory": True, "strings_to_urls": False})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        book.close()
        with Path(file.name).open("rb") as written:
            while piece := written.read(AT_ONCE):
                yield piece


def blank_list(headings: Sequence[str], choices: Mapping[str, Sequence[str]], *, values: str) -> bytes:
    """Return a workbook with headings to fill in below; what may be under some is offered from a sheet `values`.

    Other words may be written too, for what takes several of them.
    """
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading)
    offered = [[heading, *words] for heading, words in choices.items()]
    beside = book.add_worksheet(values) if offered else sheet
    for column, words in enumerate(offered):
        for row, word in enumerate(words):
            beside.write_string(row, column, word)
        column = headings.index(words[0])
        area = xl_range_abs(1, column, len(words) - 1, column)
        rule = {"validate": "list", "source": f"='{values}'!{area}", "error_type": "warning"}
        sheet.data_validation(1, column, MOST_FILLED_IN, column, rule)
    book.close()
    return data.getvalue()


def comma_separated(rows: Iterable[Cells]) -> Iterator[bytes]:
    """Yield rows as comma-separated UTF-8 with a mark, by which spreadsheets know the encoding."""
    return delimited(rows, delimiter=",", encoding="utf-8", mark=b"\xef\xbb\xbf")


def tab_separated(rows: Iterable[Cells]) -> Iterator[bytes]:
    """Yield rows as tab-separated UTF-16, little endian with a mark: what WebEx calls “Unicode tab-delimited”."""
    return delimited(rows, delimiter="\t", encoding="utf-16-le", mark=b"\xff\xfe")


FORMATS = {
    "csv": Format("csv", "text/csv; charset=utf-8", comma_separated),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
    "tab": Format("txt", "text/tab-separated-values; charset=utf-16", tab_separated),
}

import csv
import io
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webinar_site.foundation.tables.spreadsheets import FORMATS, comma_separated, tab_separated, workbook

ROWS = [["Name", "Organisation"], ["Zoë Šimková", 'Cluster "Süd", GmbH'], ["東京", "a\nb"]]


def read(pieces, encoding, delimiter):
    text = b"".join(pieces).decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_comma_separated_reads_back():
    assert read(comma_separated(ROWS), "utf-8-sig", ",") == ROWS


def test_tab_separated_is_what_webex_reads():
    data = b"".join(tab_separated(ROWS[:2]))

    assert data[:2] == b"\xff\xfe"
    assert data[2:].decode("utf-16-le") == (
        '"Name"\t"Organisation"\r\n"Zoë Šimková"\t"Cluster ""Süd"", GmbH"\r\n'
    )
    assert read(tab_separated(ROWS), "utf-16", "\t") == ROWS


def test_workbook_holds_text_only():
    data = io.BytesIO(b"".join(workbook([["Name"], ["=1+1"], ["https://example.org"]])))

    with ZipFile(data) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in book.namelist()
    assert "<f>" not in sheet
    assert "=1+1" in sheet


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), min_size=1))
def test_no_cell_of_a_delimited_file_is_computed(rows):
    for write, encoding, delimiter in ((comma_separated, "utf-8-sig", ","), (tab_separated, "utf-16", "\t")):
        for cells, written in zip(rows, read(write(rows), encoding, delimiter), strict=True):
            assert [cell.removeprefix("'") for cell in written] == [cell.removeprefix("'") for cell in cells]
            assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in written)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reads_rows_while_it_writes(name):
    taken = []

    def rows() -> Iterator[list[str]]:
        for number in range(20_000):
            taken.append(number)
            yield [f"row {number}"]

    pieces = FORMATS[name].write(rows())
    first = [next(pieces), next(pieces)]

    assert all(first)
    if name != "xlsx":  # a workbook is complete before its first byte is known; it grows on disk
        assert len(taken) < 20_000
    pieces.close()

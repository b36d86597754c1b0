"""Delimited text as a table: what is read, what is refused, and that nothing else ever comes out."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations import tables
from registrations.tables import Row, Table, Unreadable


def read(text, **limits):
    return tables.read(text, **{"most_rows": 100, **limits})


@pytest.mark.parametrize(
    ("text", "table"),
    [
        pytest.param("A,B\n1,2", Table(("A", "B"), (Row(2, ("1", "2")),)), id="commas"),
        pytest.param("A;B\n1,5;2", Table(("A", "B"), (Row(2, ("1,5", "2")),)), id="semicolons"),
        pytest.param("A\tB\r\n1\t2\r\n", Table(("A", "B"), (Row(2, ("1", "2")),)), id="tabs, CR and LF"),
        pytest.param("A,B\n\n ,\nx,y", Table(("A", "B"), (Row(4, ("x", "y")),)), id="blank lines keep their numbers"),
        pytest.param('A,B\n"1\n2",3\n4,5', Table(("A", "B"), (Row(2, ("1\n2", "3")), Row(4, ("4", "5")))), id="line break in a cell"),
        pytest.param("A\n'=1+1", Table(("A",), (Row(2, ("=1+1",)),)), id="apostrophe before a formula"),
        pytest.param("A\n'tis", Table(("A",), (Row(2, ("'tis",)),)), id="apostrophe of a word"),
        pytest.param("\ufeffA\n1", Table(("A",), (Row(2, ("1",)),)), id="byte order mark"),
    ],
)  # fmt: skip
def test_read(text, table):
    assert read(text) == table


def test_read_passes_over_what_stands_above_the_headings():
    text = "Session detail for Supply chains\n\nName\tEmail\tJoin Time\nAda\ta@b.eu\t10:30"

    table = read(text, least_headings=3)

    assert (table.headings, [row.line for row in table.rows]) == (("Name", "Email", "Join Time"), [4])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "There is nothing in it.", id="empty"),
        pytest.param("\n , \n", "There is nothing in it.", id="blank"),
        pytest.param("A,B", "There is no line below the headings.", id="headings alone"),
        pytest.param("A\n\x00", "This file cannot be read as text: save it as UTF-8.", id="control character"),
        pytest.param('A\n"x', "Line 2: a quotation mark is opened or closed in the wrong place, or a cell is too long.", id="open quotation mark"),
        pytest.param("A\n" + "x" * 200_000, "Line 2: a quotation mark is opened or closed in the wrong place, or a cell is too long.", id="endless cell"),
        pytest.param("A\n" + "1\n" * 101, "There are more than 100 lines: import them in parts.", id="too many lines"),
        pytest.param("," * 500 + "\n" + "," * 500, "There is nothing in it.", id="nothing but separators"),
        pytest.param("A,B\n" + "x," * 501, "Line 2 has more than 500 cells: this is no list of people.", id="too wide"),
    ],
)  # fmt: skip
def test_read_refuses(text, message):
    with pytest.raises(Unreadable) as refusal:
        read(text)

    assert str(refusal.value) == message


def test_200_unknown_columns_are_a_table():
    headings = [f"Column {number}" for number in range(200)]

    assert read(f"{','.join(headings)}\n{',' * 199}x").headings == tuple(headings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_decode(encoding):
    assert tables.decode("Łódź\r\nx".encode(encoding)) == "Łódź\nx"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", id="picture"),
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00", id="Excel workbook"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", id="PDF"),
        pytest.param("Łódź".encode("iso-8859-2"), id="another encoding"),
    ],
)
def test_decode_refuses_a_binary_file(data):
    with pytest.raises(Unreadable, match="cannot be read as text"):
        tables.decode(data)


def test_samples_are_the_first_different_values_of_a_column():
    table = read("A,B\nx,\nx,1\ny\nz,2\nw,3")

    assert (table.samples(0), table.samples(1), table.samples(7)) == (("x", "y", "z"), ("1", "2", "3"), ())


@settings(max_examples=300, deadline=2000)
@given(st.binary(max_size=2000))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(Unreadable):
        read(tables.decode(data), least_headings=3)


@settings(max_examples=300, deadline=2000)
@given(st.text(alphabet="ab\"',;\t\n\r =-\ufeff", max_size=200))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(Unreadable):
        read(text)


def test_cells_hold_nothing_that_nobody_sees():
    table = tables.read("\u200ename;email\n\u202eAda\ufeff;\u200bada@example.org\n", most_rows=9)

    assert (table.headings, [row.cells for row in table.rows]) == (
        ("name", "email"),
        [("Ada", "ada@example.org")],
    )

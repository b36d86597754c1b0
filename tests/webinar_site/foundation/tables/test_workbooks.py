"""Excel workbooks: what is read of them, and what is not even looked at."""

import io
import warnings
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from webinar_site.foundation.tables import workbooks
from webinar_site.foundation.tables.reader import UnreadableTable
from webinar_site.foundation.tables.workbooks import read_workbook

BROKEN = "This workbook is broken. Save it again, or as “CSV UTF-8”."
TOO_MUCH = "This workbook holds too much to be read here. Save the one sheet as “CSV UTF-8”."
STRANGE = "This workbook is not as spreadsheets write them. Save it as “CSV UTF-8”."


def book(*sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = made.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def with_member(data, name, content):
    """Return a workbook with one member put in, in place of that of the same name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(data, change):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return with_member(data, SHEET, change(archive.read(SHEET).decode()))


def refusal(data):
    with pytest.raises(UnreadableTable) as refused:
        read_workbook(data)
    return str(refused.value)


def test_cells_are_read_as_they_are_shown():
    rows = [
        ["Name", "Day", "Time", "Moment", "Long", "Number", "Yes"],
        ["Zoë", date(2020, 4, 28), time(10, 31), datetime(2020, 4, 28, 10, 31, 5), timedelta(hours=1, minutes=5), 119.0, True],  # noqa: DTZ001 -- as workbooks have it
        [],
        ["'tis\nso", None, None, None, None, 1.5, None],
    ]  # fmt: skip

    assert read_workbook(book(rows)) == (
        "Name\tDay\tTime\tMoment\tLong\tNumber\tYes\n"
        "Zoë\t2020-04-28\t10:31:00\t2020-04-28 10:31:05\t1:05:00\t119\tTrue\n"
        "\n"
        "\"''tis\nso\"\t\t\t\t\t1.5\n",
        (),
    )


def test_formula_without_a_result_is_an_error_and_no_empty_cell():
    assert read_workbook(book([["a", "=1+1"], ["b"]]))[0] == "a\t#VALUE!\nb\n"


def test_first_sheet_that_holds_something_is_read_and_named_beside_others():
    assert read_workbook(book([], [["a"]], [["b"]])) == ("a\n", ("Only the sheet “Sheet 2” is read.",))


def test_nothing_is_computed_or_cut_by_what_a_sheet_says_of_its_size():
    data = with_sheet(
        book([["a", "b"], ["c"]]), lambda xml: xml.replace('ref="A1:B2"', 'ref="A1:XFD1048576"')
    )

    assert read_workbook(data) == ("a\tb\nc\n", ())


def far(cell):
    return lambda xml: xml.replace('r="A2"', f'r="{cell}"').replace('<row r="2"', f'<row r="{cell[-7:]}"')


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"PK\x03\x04\x14\x00xl/workbook.xml", BROKEN, id="no archive"),
        pytest.param(book([["a"]])[:-200], BROKEN, id="half an archive"),
        pytest.param(with_member(book([["a"]]), SHEET, "<worksheet>"), BROKEN, id="broken XML"),
        pytest.param(book([[]]), "There is nothing in it.", id="empty"),
        pytest.param(with_member(book([["a"]]), "xl/bomb.xml", "x" * 5_000_000), TOO_MUCH, id="unpacks too far"),
        pytest.param(with_member(book([["a"]]), SHEET, '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'), STRANGE, id="entities"),
        pytest.param(with_member(book([["a"]]), SHEET, '<!DOCTYPE x><worksheet/>'.encode("utf-16")), STRANGE, id="entities in UTF-16"),
        pytest.param(book([["x"] * 501]), TOO_MUCH, id="too wide"),
        pytest.param(with_sheet(book([["a"], ["b"]]), far("A1048576")), TOO_MUCH, id="too long"),
    ],
)  # fmt: skip
def test_what_is_refused(data, message):
    assert refusal(data) == message


@pytest.mark.parametrize(("limit", "value"), [("MOST_MEMBERS", 3), ("MOST_UNPACKED", 1000), ("MOST_ROWS", 1)])
def test_limits(monkeypatch, limit, value):
    data = book([["a"], ["b"]])
    monkeypatch.setattr(workbooks, limit, value)

    assert refusal(data) == TOO_MUCH


def test_a_workbook_leaves_no_warning(recwarn):
    warnings.simplefilter("always")

    read_workbook(book([["a"]]))

    assert [str(warning.message) for warning in recwarn] == []


GOOD = book([["Name", "Email"], ["Ada", "ada@example.org"]])


@settings(max_examples=examples(200))
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook_raises_nothing_else(position, damage):
    data = GOOD[:position] + damage + GOOD[position + len(damage) :]
    try:
        text, _notes = read_workbook(data)
    except UnreadableTable:
        return
    assert isinstance(text, str)

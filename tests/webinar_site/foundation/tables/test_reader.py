"""Delimited text as a table: what is read, what is named, what is refused, and that nothing is lost in silence."""

import contextlib
import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.delimited import NoText, decode
from webinar_site.foundation.tables.flaws import flaw
from webinar_site.foundation.tables.reader import Row, Table, UnreadableTable

QUOTE = "A quotation mark is opened or closed in the wrong place, or a cell is too long."
HEADINGS = ("name", "email", "join time", "leave time", "organisation", "country")


def is_known(cell):
    return cell.casefold() in HEADINGS


def read(text, **limits):
    return reader.read_table(text, **{"most_rows": 100, "known": is_known, **limits})


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
        pytest.param('A,B\n"=""Nino""","=""0032"""', Table(("A", "B"), (Row(2, ("Nino", "0032")),)), id="a cell made text"),
        pytest.param('A;B\n="x";="y"', Table(("A", "B"), (Row(2, ("x", "y")),)), id="a cell made text, not quoted"),
        pytest.param("\ufeffA\n1", Table(("A",), (Row(2, ("1",)),)), id="byte order mark"),
        pytest.param("sep=;\nA;B\n1,2,3;4,5,6", Table(("A", "B"), (Row(3, ("1,2,3", "4,5,6")),)), id="sep line"),
        pytest.param('"sep=|"\r\nA|B\r\n1|2', Table(("A", "B"), (Row(3, ("1", "2")),)), id="quoted sep line"),
        pytest.param("A;B;;\n1;2;;;;", Table(("A", "B"), (Row(2, ("1", "2")),)), id="separators too many"),
        pytest.param("A;B;C\n1\n1;2;3", Table(("A", "B", "C"), (Row(2, ("1", "", "")), Row(3, ("1", "2", "3"))), cut=(2,)), id="separators dropped"),
        pytest.param('A;B;C\n"1\n2";3\n4;5;6', Table(("A", "B", "C"), (Row(2, ("1\n2", "3", "")), Row(4, ("4", "5", "6"))), cut=(2,)), id="separators dropped, line break in a cell"),
        pytest.param("A;B\nx\x0by;z\x0c\x85", Table(("A", "B"), (Row(2, ("x y", "z")),)), id="line breaks of other programs"),
        pytest.param("A\nx\x1a", Table(("A",), (Row(2, ("x",)),)), id="end of file of DOS"),
        pytest.param('"Name, first and last";Email\nAda;a@b.eu', Table(("Name, first and last", "Email"), (Row(2, ("Ada", "a@b.eu")),)), id="comma in a heading"),
        pytest.param("Some list, of May, 2020\nname;email\nAda;a@b.eu", Table(("name", "email"), (Row(3, ("Ada", "a@b.eu")),), (Row(1, ("Some list, of May, 2020",)),)), id="title above"),
        pytest.param("Liste\n\nNom;Prénom;Ville\na;b;c", Table(("Nom", "Prénom", "Ville"), (Row(4, ("a", "b", "c")),), (Row(1, ("Liste",)),)), id="title above headings nobody knows"),
        pytest.param("name,email\na,b\nname,email\nc,d", Table(("name", "email"), (Row(2, ("a", "b")), Row(4, ("c", "d")))), id="headings again"),
    ],
)  # fmt: skip
def test_read(text, table):
    assert read(text) == table


def test_read_keeps_to_one_part_of_a_file_and_names_the_others():
    text = (
        "1. Summary\nStart time\t10:30\n\n2. Participants\nName\tEmail\tJoin time\tLeave time\nAda\ta@b.eu\t1\t2\n\n"
        "3. Activities\nName\tJoin time\tLeave time\tCountry\nAda\t1\t2\tBE\n"
    )

    table = read(text)

    assert (table.headings, table.rows) == (
        ("Name", "Email", "Join time", "Leave time"),
        (Row(6, ("Ada", "a@b.eu", "1", "2")),),
    )
    assert table.notes == ("Lines of another part of the file, left out: 8–10.",)  # noqa: RUF001


def test_read_takes_the_part_that_says_most_wherever_it_stands():
    hosts = "\n".join(f"Host {number},h{number}@b.eu,1" for number in range(30))
    text = f"Hosts\nName,Email,Join time\n{hosts}\nAttendees\nName,Email,Join time,Leave time\nAda,a@b.eu,1,2"

    table = read(text)

    assert (table.rows, table.notes) == (
        (Row(35, ("Ada", "a@b.eu", "1", "2")),),
        ("Lines of another part of the file, left out: 2–33.",),  # noqa: RUF001
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param('name,email\n"x,1\ny,2\nz,3', {2: QUOTE}, id="never closed"),
        pytest.param('name\temail\n"x\t1\ny\t2', {2: QUOTE}, id="never closed, tabs"),
        pytest.param('name,email\n"x,1\n"y ""z""",2', {2: QUOTE}, id="closed by the next opening one"),
        pytest.param('name,email\n"x,1\ny",2\nz,3', {2: QUOTE, 3: QUOTE}, id="closed in another row"),
        pytest.param('name,email\nx",1\ny,2', {2: QUOTE}, id="never opened"),
        pytest.param('name,email\n"x"y,1\nz,2', {2: QUOTE}, id="something behind"),
        pytest.param('name,email\n"x"",""1"\ny,2', {2: QUOTE}, id="two cells in one"),
        pytest.param(f"name,email\n{'x' * 200_000},1\ny,2", {2: QUOTE}, id="endless cell"),
        pytest.param('name,email,join time,country\nx,y,"one"\ntwo",BE\na,b,c,d', {2: QUOTE, 3: QUOTE}, id="closed too early"),
        pytest.param('name,email,join time,country\nx,y,"one\ntwo"",BE\na,b,c,d', {2: QUOTE, 3: QUOTE}, id="rest of a row"),
        pytest.param("name,email\nNord, Ada,a@b.eu\ny,2", {2: "Cells in this line: 3, columns in the first line: 2."}, id="too many cells"),
    ],
)  # fmt: skip
def test_row_that_cannot_be_trusted_is_named_and_no_other_is_lost(text, problems):
    table = read(text)

    lines = range(2, text.count("\n") + 2)
    assert {row.line: row.problem for row in table.rows} == {line: problems.get(line, "") for line in lines}


def test_line_break_in_a_cell_begins_no_other_part_of_a_file():
    people = 'Ada,a@b.eu,"Nord\nSüd",BE\n' * 30
    table = read(f"name,email,organisation,country\n{people}Name,Email,Country,BE\nBob,b@b.eu,Nord,BE")

    assert (len(table.rows), table.left_out) == (32, ())


def test_short_row_is_not_trusted_where_a_cell_with_a_line_break_holds_others():
    table = read('name,email,join time\n"x,1\ny",2\na,b,c')

    assert table.rows == (Row(2, ("x,1\ny", "2", ""), QUOTE), Row(4, ("a", "b", "c")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "There is nothing in it.", id="empty"),
        pytest.param("\n , \n", "There is nothing in it.", id="blank"),
        pytest.param("A,B", "There is no line below the headings.", id="headings alone"),
        pytest.param("A\n" + "1\n" * 101, "There are more than 100 lines: import them in parts.", id="too many lines"),
        pytest.param("," * 500 + "\n" + "," * 500, "There is nothing in it.", id="nothing but separators"),
        pytest.param("A,B\n" + "x," * 501, "Line 2 has more than 500 cells: this is no list of people.", id="too wide"),
    ],
)  # fmt: skip
def test_read_refuses(text, message):
    with pytest.raises(UnreadableTable) as refusal:
        read(text)

    assert str(refusal.value) == message


def test_200_unknown_columns_are_a_table():
    headings = [f"Column {number}" for number in range(200)]

    assert read(f"{','.join(headings)}\n{',' * 199}x").headings == tuple(headings)


def test_samples_are_the_first_different_values_of_a_column():
    table = read("A,B\nx,\nx,1\ny\nz,2\nw,3")

    assert (table.samples(0), table.samples(1), table.samples(7)) == (("x", "y", "z"), ("1", "2", "3"), ())


def test_notes_name_not_too_many_lines():
    rows = "\n".join("x\n1;2;3" for _number in range(12))

    assert read(f"A;B;C\n{rows}").notes == (
        "Lines with fewer cells than columns, whose end is taken as empty: 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, ….",
    )


@settings(max_examples=examples(300))
@given(st.binary(max_size=2000))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(UnreadableTable, NoText):
        read(decode(data)[0])


@settings(max_examples=examples(300))
@given(st.text(alphabet="ab\"',;\t\n\r =-\ufeff", max_size=200))
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(UnreadableTable):
        read(text)


# A good list as Excel may have written it, and what may have happened to it since.
WORDS = st.sampled_from(
    ["Ada", "Zoë Müller", "Łódź", "ნინო", "Müller & Söhne", 'ACME "Nord" GmbH', "a, b; c", "one\ntwo", "d'Or", "-", "=1+1"]
)  # fmt: skip
PEOPLE = st.lists(st.tuples(WORDS, WORDS, WORDS, st.just("BE")), min_size=1, max_size=6)
COLUMNS = ("name", "email", "organisation", "country")


def written(people, delimiter, quoting, newline):
    page = io.StringIO(newline="")
    writer = csv.writer(page, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerows([COLUMNS, *people])
    return page.getvalue().replace("\n", newline)


LOOKS = {
    "delimiter": st.sampled_from(",;\t"),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    "newline": st.sampled_from(["\n", "\r\n", "\r"]),
}


@settings(max_examples=examples(300))
@given(
    people=PEOPLE,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    above=st.sampled_from(["", "sep={}\n", "A title, of 2020\n", "\n\n", "Title;;;\n\n"]),
    empty=st.booleans(),
    **LOOKS,
)
def test_list_says_the_same_however_a_spreadsheet_writes_it(
    people, encoding, above, empty, delimiter, quoting, newline
):
    text = above.format(delimiter) + written(people, delimiter, quoting, newline) + newline * 2 * empty

    table = read(decode(text.encode(encoding))[0])

    assert table.headings == COLUMNS
    assert [(row.cells, row.problem, flaw(row.cells)) for row in table.rows] == [
        (row, "", "") for row in people
    ]


@example(
    people=[("one\ntwo", "Ada", "Łódź", "BE")],
    place=6,
    damage='"',
    delimiter=",",
    quoting=csv.QUOTE_ALL,
    newline="\r\n",
).via("a mark behind a line break: the first half is named, the second half reads as a row of its own")
@settings(max_examples=examples(500))
@given(
    people=PEOPLE,
    place=st.integers(0, 300),
    damage=st.sampled_from(['"', "\x00", "\x1a", "\ufffd", "Ã¼", '""']),
    **LOOKS,
)
def test_damage_in_one_place_changes_no_other_row_in_silence(
    people, place, damage, delimiter, quoting, newline
):
    good = written(people, delimiter, quoting, newline)
    below = len(written([], delimiter, quoting, newline))
    position = below + place % (len(good) - below)
    table = read(good[:position] + damage + good[position:])

    sound = [row.cells for row in table.rows if not row.problem and not flaw(row.cells)]
    named = len(table.rows) - len(sound)
    lost = [person for person in people if person not in sound]
    changed = [cells for cells in sound if cells not in people]
    # A mark may become part of what one cell says; whatever else it does is said of a row.
    assert len(lost) <= 1
    assert named or len(sound) == len(people)
    assert len(changed) <= 1
    assert named or all(any('"' in cell for cell in cells) for cells in changed)


def test_cells_hold_nothing_that_nobody_sees():
    table = reader.read_table(
        "\u200ename;email\n\u202eAda\ufeff;\u200bada@example.org\n", most_rows=9, known=is_known
    )

    assert (table.headings, [row.cells for row in table.rows]) == (
        ("name", "email"),
        [("Ada", "ada@example.org")],
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("a@b.eu;1\nc@d.eu;2", [1, 2], id="nothing above"),
        pytest.param("Who;Link\na@b.eu;1", [2], id="headings"),
        pytest.param("Our list\nof May\n\nWho;Link\na@b.eu;1", [5], id="titles and headings"),
        pytest.param("Who;Link\na@b.eu;1\nWho;Link;;\nc@d.eu;2", [2, 4], id="headings again"),
        pytest.param("Who;Link\nNobody;2\na@b.eu;1", [2, 3], id="one row of headings, no two"),
        pytest.param("a@b.eu;1\nOur list", [1, 2], id="nothing is a title further down"),
        pytest.param("Who;Link", [], id="headings alone"),
        pytest.param("Our list", [], id="title alone"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_read_unnamed_leaves_out_what_stands_above(text, lines):
    rows = reader.read_unnamed(
        text,
        most_rows=2,
        known=lambda cell: "@" in cell,
        width=2,
        is_above=lambda row: "@" not in row.cells[0],
    )

    assert [row.line for row in rows] == lines


def test_read_unnamed_refuses_more_rows_than_may_be():
    with pytest.raises(UnreadableTable, match="more than 2 lines"):
        reader.read_unnamed(
            "Who;Link\n" + "a@b.eu;1\n" * 3,
            most_rows=2,
            known=lambda cell: "@" in cell,
            width=2,
            is_above=lambda row: "@" not in row.cells[0],
        )

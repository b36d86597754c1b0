"""Tables of entries: what is written reads back equal, and every wrong line is named."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility import datafiles
from eligibility.countries import CODES
from eligibility.csvfiles import (
    COLUMNS,
    LONGEST,
    LONGEST_ADDRESS,
    WrongLines,
    read_csv,
    write_csv,
)
from eligibility.models import ListEdition, ListEntry
from eligibility.records import Confidence, Entry, Source, Treatment
from tests.examples import examples
from webinar_site.foundation.plain_text import visible
from webinar_site.foundation.tables.delimited import decode
from webinar_site.foundation.tables.flaws import flaw
from webinar_site.foundation.tables.reader import UnreadableTable

EDITIONS = {edition.key: edition for edition in datafiles.read_data_files().editions}
KNOWN = f"The first line names the columns; there are: {', '.join(COLUMNS)}."


def refusal(text: str) -> str:
    """Return why a table is refused."""
    with pytest.raises((UnreadableTable, WrongLines)) as refused:
        read_csv(text)
    return str(refused.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with mark", "utf-16-be with mark"]
)
@pytest.mark.parametrize("key", EDITIONS)
def test_every_edition_of_the_data_files_reads_back_equal(key, encoding):
    table = write_csv(EDITIONS[key].entries)
    name, _, marked = encoding.partition(" with ")

    text, is_assumed = decode(("\ufeff" * bool(marked) + table).encode(name))
    entries = read_csv(text)

    assert (entries, is_assumed) == (EDITIONS[key].entries, False)


TEXT = (
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n")
        | st.sampled_from("=+-@'\"|,;\t"),
        max_size=30,
    )
    .map(lambda text: visible(text).strip())  # what nobody sees is kept from no list
    .filter(lambda text: not flaw([text]))
)
DAY = st.none() | st.dates()
SOURCES = st.lists(
    st.builds(
        Source,
        TEXT.filter(bool),
        st.sampled_from(["", "https://example.org/a?b=c|d,e;f", "http://example.org/"]),
        DAY,
    ),
    max_size=3,
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Draw entries of different countries."""
    return tuple(
        Entry(
            code=code,
            name=draw(TEXT.filter(bool)),
            treatment=draw(st.sampled_from(list(Treatment))),
            parent="AQ" if code != "AQ" else "BE",
            group=draw(TEXT),
            wording=draw(TEXT),
            note=draw(TEXT.filter(bool)),
            exclusions=draw(TEXT),
            signed=draw(DAY),
            in_force=draw(DAY),
            attested=draw(DAY),
            confidence=draw(st.sampled_from(list(Confidence))),
            sources=tuple(draw(SOURCES)),
        )
        for code in draw(st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=4, unique=True))
    )


@settings(max_examples=examples(150))
@given(tables())
def test_whatever_an_edition_states_reads_back_equal(entries):
    assert read_csv(write_csv(entries)) == entries


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''", "'-"])
def test_cell_that_a_spreadsheet_would_compute_is_written_as_text(start):
    written = write_csv([Entry("FR", start, note=start, sources=(Source(start),))])

    (_, cells) = csv.reader(io.StringIO(written))
    assert [cells[COLUMNS.index(column)][:2] for column in ("name", "note", "sources")] == [
        f"'{start[0]}"
    ] * 3
    assert read_csv(written) == (Entry("FR", start, note=start, sources=(Source(start),)),)


def test_apostrophe_that_is_no_protection_stays():
    assert read_csv("code,name\nFR,'t Land") == (Entry("FR", "'t Land"),)


def test_written_table_carries_the_footnotes_which_are_not_read():
    written = write_csv([Entry("XK", "Kosovo*"), Entry("FR", "France")])

    footnotes = [row[-1] for row in csv.reader(io.StringIO(written))]
    assert footnotes == [
        "footnote",
        "Kosovo*: This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 "
        "and the ICJ Opinion on the Kosovo declaration of independence.",
        "",
    ]
    assert read_csv(written) == (Entry("XK", "Kosovo*"), Entry("FR", "France"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_read_takes_what_spreadsheets_write(delimiter, newline):
    rows = [
        ["", "", ""],
        [" Note", "CODE", "name "],
        ["a, b; c", "fr", "France"],
        ["", "", ""],
        ['"two\nlines"', "BE", "Belgium"],
    ]
    text = newline.join(delimiter.join(f'"{cell}"' if ", " in cell else cell for cell in row) for row in rows)

    assert read_csv(text) == (
        Entry("FR", "France", note="a, b; c"),
        Entry("BE", "Belgium", note="two\nlines"),
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("el", "GR"),
        ("UK", "GB"),
        ("xkx", "XK"),
        ("FRA", "FR"),
        ("fr", "FR"),
        ("Türkiye", "TR"),
        ("Kosovo*", "XK"),
    ],
)
def test_read_takes_countries_by_code_or_name(written, code):
    assert read_csv(f"code;name;treatment;parent;note\n{written};N;FOLLOWS;Austria;Why") == (
        Entry(code, "N", treatment=Treatment.FOLLOWS, parent="AT", note="Why"),
    )


def test_read_takes_sources_as_people_write_them():
    table = 'code,name,sources\nFR,France,"A | https://example.org/ | 0001-01-01\n\nB||9999-12-31\nC"'

    assert read_csv(table)[0].sources == (
        Source("A", "https://example.org/", date(1, 1, 1)),
        Source("B", "", date(9999, 12, 31)),
        Source("C"),
    )


WRONG_LINES = {
    "unknown country": ("ZZ,N", "“ZZ” is no country's code or name."),
    "empty code": (",N", "it names no country: the column code is empty."),
    "empty name": ("FR,", "the column name is empty."),
    "too few cells": ("FR", "the column name is empty."),
    "too many cells": ("FR,N,x", "Cells in this line: 3, columns in the first line: 2."),
    "a quotation mark in the middle": (
        'FR,"N"x',
        "A quotation mark is opened or closed in the wrong place, or a cell is too long.",
    ),
    "a quotation mark not closed": (
        'FR,"N',
        "A quotation mark is opened or closed in the wrong place, or a cell is too long.",
    ),
    "an error of the spreadsheet": (
        "FR,#REF!",
        "“#REF!” is an error that the spreadsheet shows, and no value.",
    ),
    "garbled accents": (
        "FR,RÃ©union",
        "“RÃ©union” seems to be garbled: its accents were read in another encoding.",
    ),
    "a character that is none": ("FR,Reu\x00nion", "“Reu\ufffdnion” has a character that cannot be read."),
    "too long a name": (f"FR,{'x' * 121}", "the column name has 121 characters, 120 at most are kept."),
}


@pytest.mark.parametrize(("line", "what"), WRONG_LINES.values(), ids=WRONG_LINES)
def test_read_names_a_malformed_line(line, what):
    assert refusal(f"code,name\nBE,Belgium\n{line}") == f"Line 3: {what}"


TREATMENTS = "admitted, follows, not_eligible, review, absent"
WRONG_CELLS = {
    "unknown treatment": ("treatment", "maybe", f"“maybe” is no treatment; there are: {TREATMENTS}."),
    "unknown confidence": ("confidence", "D", "“D” is no confidence; there are: A, B, C, U."),
    "a day that is none": ("signed", "2020-02-30", "“2020-02-30” is no day written like 2020-04-28."),
    "a day written otherwise": ("in_force", "28/04/2020", "“28/04/2020” is no day written like 2020-04-28."),
    "the year nought": ("attested", "0000-01-01", "“0000-01-01” is no day written like 2020-04-28."),
    "an unknown state": ("parent", "ZZ", "“ZZ” is no country's code or name."),
    "too long a group": ("group", "x" * 81, "the column group has 81 characters, 80 at most are kept."),
    "a script for an address": ("sources", "A|javascript:x", "“javascript:x” is no web address."),
    "too long an address": (
        "sources",
        f"A|https://example.org/{'x' * 500}",
        "the address of a source is too long.",
    ),
    "a source without title": (
        "sources",
        "|https://example.org",
        "a source is written like: title | address | 2020-04-28, each on a line of its own.",
    ),
    "a source of four parts": (
        "sources",
        "A|||B",
        "a source is written like: title | address | 2020-04-28, each on a line of its own.",
    ),
    "a source of no day": ("sources", "A||soon", "“soon” is no day written like 2020-04-28."),
    "a wrong quotation mark in a source": (
        "sources",
        '"""A""B"',
        "a quotation mark in the column sources is in the wrong place.",
    ),
    "a territory that follows nobody": (
        "treatment",
        "follows",
        "it follows no state: the column parent is empty.",
    ),
    "a refusal without reason": ("treatment", "absent", "it gives no reason: the column note is empty."),
}


@pytest.mark.parametrize(("column", "cell", "what"), WRONG_CELLS.values(), ids=WRONG_CELLS)
def test_read_names_a_wrong_cell(column, cell, what):
    note = "" if what.startswith("it gives") else "Why"

    assert refusal(f"code,name,{column},note\nFR,N,{cell},{note}") == f"Line 2: {what}"


def test_read_names_a_territory_that_follows_itself():
    assert refusal("code,name,treatment,parent,note\nGP,N,follows,GP,Why") == "Line 2: it follows itself."


def test_read_names_territories_that_follow_each_other_by_the_first_line():
    table = "code,name,treatment,parent,note\nFR,N,,,\nGP,N,follows,MQ,Why\nRE,N,follows,GP,Why\nMQ,N,follows,GP,Why"

    assert refusal(table) == "Line 3: these follow each other in a circle: GP, MQ."


def test_read_names_every_wrong_line_by_the_number_it_starts_on():
    table = 'code,name,signed\nFR,"two\nlines",\n\nFRA,N,never\nZZ,,\nFrance,N,\nBE,N,'

    assert refusal(table).split("\n") == [
        "Line 5: “never” is no day written like 2020-04-28.",
        "Line 5: FR is on line 2 already.",
        "Line 6: “ZZ” is no country's code or name.",
        "Line 6: the column name is empty.",
        "Line 7: FR is on line 2 already.",
    ]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("code,name,date,colour\nFR,N,,", f"Unknown columns: “date”, “colour”. {KNOWN}"),
        ("name\nN", f"Missing columns: code. {KNOWN}"),
        ("code,name,code\nFR,N,FR", f"Columns named twice: code. {KNOWN}"),
        ("FR,France\nBE,Belgium", f"Unknown columns: “fr”, “france”. Missing columns: code, name. {KNOWN}"),
        ("", "There is nothing in it."),
        ("a" * 200, "There is no line below the headings."),
        ("code,name\n\n,\n", "There is no line below the headings."),
    ],
    ids=["unknown", "missing", "twice", "no header", "nothing", "too long", "only a header"],
)
def test_read_checks_the_columns(table, what):
    assert refusal(table) == what


def test_limits_are_those_of_the_columns_in_the_database():
    fields = ListEntry._meta.get_field
    assert {name: fields(name).max_length for name in ("name", "group", "wording", "exclusions")} == LONGEST
    assert ListEdition._meta.get_field("source_url").max_length == LONGEST_ADDRESS

"""Delimited text: cells that no spreadsheet computes, and files in the encodings there are."""

import pytest

from webinar_site.foundation.tables.delimited import NoText, as_meant, decode, inert, literal, plain_lines


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("+32 2 123", "'+32 2 123"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_inert(cell, written):
    assert inert(cell) == written


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (" x\u00a0", "x"),
        ("'=1", "=1"),
        ("'tis", "'tis"),
        ('="Nino"', "Nino"),
        (' ="0032" ', "0032"),
        ('="say ""no"""', 'say "no"'),
        ('=""', ""),
        ('="a"&"b"', '="a"&"b"'),
        ('\'="x"', '="x"'),
    ],
)
def test_as_meant(cell, meant):
    assert as_meant(cell) == meant


@pytest.mark.parametrize("cell", ["'=1", "''", "=1", '="x"', "'tis", "x", "-", ""])
def test_what_is_literal_is_meant_just_as_it_is(cell):
    assert as_meant(literal(cell)) == cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ufeffa", "a"),
        ("a\x0bb\x0cc\x85d", "a b c d"),
        ("a\x00b\x1ac\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("a\x1a", "a"),
    ],
    ids=["line breaks", "mark", "breaks in a cell", "controls", "end of file"],
)
def test_plain(text, shown):
    assert plain_lines(text) == shown


LIST = "name;city\nAnn;Łódź;=1\nნინო;Київ\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)  # fmt: skip
def test_decode_reads_unicode_with_and_without_a_mark(encoding):
    assert decode(LIST.encode(encoding)) == (LIST, False)


def test_decode_reads_what_old_spreadsheets_write_and_says_that_it_assumes_so():
    assert decode("Zoë;Müller – “x”".encode("cp1252")) == ("Zoë;Müller – “x”", True)  # noqa: RUF001


def test_decode_of_a_file_with_one_line_in_another_encoding_marks_that_line():
    data = "Zoë\nMüller\n".encode() + "Søren".encode("cp1252") + "\nŁódź".encode()

    assert decode(data) == ("Zoë\nMüller\nS\ufffdren\nŁódź", False)


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfex", b"\x00\x01\x02\x03abc", b"abc\x81\xff"],
    ids=["half a character", "noughts", "no character of Windows-1252"],
)
def test_decode_refuses_what_is_no_text(data):
    with pytest.raises(NoText):
        decode(data)

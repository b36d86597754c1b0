"""Delimited text: cells that no spreadsheet computes, and files in the two encodings there are."""

import pytest

from eligibility.delimited import decode, inert


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_decode_reads_both_encodings_with_and_without_a_mark(encoding):
    assert decode("Łódź;=1".encode(encoding)) == "Łódź;=1"


@pytest.mark.parametrize("data", [b"\xffx", "Łódź".encode("iso-8859-2"), b"\xff\xfex"])
def test_decode_refuses_what_is_no_text_in_either(data):
    with pytest.raises(UnicodeDecodeError):
        decode(data)

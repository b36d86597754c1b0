"""Files that people take for a list: those that are read, and a way on for the others."""

import io
import zipfile

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.webinar_site.foundation.tables.test_workbooks import book
from webinar_site.foundation.tables.reader import UnreadableTable
from webinar_site.foundation.tables.uploads import ListFile, ListText, ListUpload, read_file

WAY_ON = "Open the list in a spreadsheet program, save it as “CSV UTF-8” or .xlsx, and choose that."


def archive(name, content=b""):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr(name, content)
    return data.getvalue()


def test_text_and_workbooks_are_read():
    assert read_file("a;Łódź\r\n".encode("utf-16-le")) == ListFile("a;Łódź\n")
    assert read_file(book([["a", "b"]])) == ListFile("a\tb\n")


def test_encoding_that_is_assumed_is_shown_with_words_to_judge_it_by():
    assert read_file("Name;City\nZoë;Malmö\n".encode("cp1252")) == ListFile(
        "Name;City\nZoë;Malmö\n",
        (
            "The file does not say in which encoding it is. It is read as Windows-1252, so that it says for example "
            "“Zoë, Malmö”. If that is wrong, save the list as “CSV UTF-8” and choose it again.",
        ),
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel workbook (.xls), or one with a password.", id="xls"),
        pytest.param(archive("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "This is an OpenDocument file (.ods).", id="ods"),
        pytest.param(archive("Index/Document.iwa"), "This is a file of Apple Numbers.", id="numbers"),
        pytest.param(archive("xl/workbook.bin"), "This is a binary Excel workbook (.xlsb).", id="xlsb"),
        pytest.param(archive("word/document.xml"), "This is a text document.", id="docx"),
        pytest.param(archive("list.csv"), "This is an archive of files (ZIP).", id="zip"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "This is a PDF.", id="pdf"),
        pytest.param(b"{\\rtf1", "This is a text document.", id="rtf"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00", "This is a picture.", id="png"),
        pytest.param(b"\n<HTML><table>", "This is a web page or XML, whatever its name ends in.", id="html"),
        pytest.param("<?xml version='1.0'?>".encode("utf-16"), "This is a web page or XML, whatever its name ends in.", id="xml"),
        pytest.param(b"\x00\x01\x02\x03\x04", "This file cannot be read as text.", id="no text"),
    ],
)  # fmt: skip
def test_other_files_are_named_with_a_way_on(data, what):
    with pytest.raises(UnreadableTable) as refusal:
        read_file(data)

    assert str(refusal.value) == f"{what} {WAY_ON}"


def test_pasted_list_with_a_nought_is_taken_and_the_character_marked():
    assert ListText(strip=False).clean("a\x00b\r\n") == "a\ufffdb\n"


def test_file_that_is_too_large_is_refused_before_it_is_read():
    field = ListUpload(most_bytes=3, too_large="Too large.")

    with pytest.raises(forms.ValidationError, match="Too large"):
        field.clean(SimpleUploadedFile("a.csv", b"abcd"))
    assert field.clean(SimpleUploadedFile("a.csv", b"abc")) == ListFile("abc")
    assert field.clean(None) is None

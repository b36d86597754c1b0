"""The fields of a page that takes a list: pasted text, and a file in any of the forms that spreadsheets write."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webinar_site.foundation.tables import delimited, workbooks
from webinar_site.foundation.tables.reader import UnreadableTable

WEB_PAGES = ("<!doctype html", "<html", "<head", "<meta", "<table", "<div", "<?xml")
# How files begin that people take for a list.
OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": gettext_lazy("This is an old Excel workbook (.xls), or one with a password."),
    b"%PDF": gettext_lazy("This is a PDF."),
    b"{\\rtf": gettext_lazy("This is a text document."),
    b"\x89PNG": gettext_lazy("This is a picture."),
    b"\xff\xd8\xff": gettext_lazy("This is a picture."),
    b"GIF8": gettext_lazy("This is a picture."),
}
# What is in an archive that is no .xlsx.
OTHER_ARCHIVES = {
    b"xl/workbook.bin": gettext_lazy("This is a binary Excel workbook (.xlsb)."),
    b"application/vnd.oasis.opendocument": gettext_lazy("This is an OpenDocument file (.ods)."),
    b"Index/Document.iwa": gettext_lazy("This is a file of Apple Numbers."),
    b"word/document.xml": gettext_lazy("This is a text document."),
}


@dataclass(frozen=True, slots=True)
class ListFile:
    """The text of a file, and sentences for whoever brought it: what was assumed in reading."""

    text: str
    notes: tuple[str, ...] = ()


def read_file(data: bytes) -> ListFile:
    """Return the text of a list, be it delimited text or an Excel workbook; raise `UnreadableTable`, with a way on."""
    if data.startswith(b"PK\x03\x04"):
        return _read_archive(data)
    for beginning, kind in OTHER_KINDS.items():
        if data.startswith(beginning):
            raise UnreadableTable(_way_on(str(kind)))
    try:
        text, is_assumed = delimited.decode(data)
    except delimited.NoText as error:
        raise UnreadableTable(_way_on(_("This file cannot be read as text."))) from error
    if text.lstrip().lower().startswith(WEB_PAGES):
        raise UnreadableTable(_way_on(_("This is a web page or XML, whatever its name ends in.")))
    return ListFile(text, (_assumed(text),) if is_assumed else ())


def _read_archive(data: bytes) -> ListFile:
    if workbooks.CONTENTS.encode() in data:
        return ListFile(*workbooks.read_workbook(data))
    kinds = (str(kind) for mark, kind in OTHER_ARCHIVES.items() if mark in data)
    raise UnreadableTable(_way_on(next(kinds, _("This is an archive of files (ZIP)."))))


def _way_on(kind: str) -> str:
    return " ".join(
        (kind, _("Open the list in a spreadsheet program, save it as “CSV UTF-8” or .xlsx, and choose that."))
    )


def _assumed(text: str) -> str:
    words = [word for word in text.replace(";", " ").replace(",", " ").split() if not word.isascii()]
    return _(
        "The file does not say in which encoding it is. It is read as Windows-1252, so that it says for example "
        "“%(words)s”. If that is wrong, save the list as “CSV UTF-8” and choose it again."
    ) % {"words": ", ".join(list(dict.fromkeys(word.strip('"')[:40] for word in words))[:3])}


class ListText(forms.CharField):
    """A pasted list; characters that are none are marked, so that one line is wrong and not the whole list."""

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of line break."""
        return delimited.plain_lines(super().to_python(value) or "")


class ListUpload(forms.FileField):
    """A list as a file: its `ListFile`, or None; refuses one that is too large before it is read."""

    def __init__(self, *, most_bytes: int, too_large: Any, **kwargs: Any) -> None:
        """Refuse files of more than `most_bytes`, in the words `too_large`."""
        super().__init__(required=False, **kwargs)
        self.most_bytes, self.too_large = most_bytes, too_large

    def clean(self, data: Any, initial: Any = None) -> ListFile | None:
        """Return what the file says; raise ValidationError for what is no list."""
        upload: UploadedFile[bytes] | None = super().clean(data, initial)
        if not upload:
            return None
        if (upload.size or 0) > self.most_bytes:
            raise forms.ValidationError(self.too_large)
        try:
            return read_file(upload.read())
        except UnreadableTable as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

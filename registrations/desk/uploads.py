"""What the pages that import something share: a list as text or file, within limits, and an empty one to fill in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webinar_site.foundation.tables.spreadsheets import FORMATS, blank_list
from webinar_site.foundation.tables.uploads import ListFile, ListText, ListUpload

MOST_UPLOADED_BYTES = 1_000_000
MOST_UPLOADED_LINES = 5_000


class ListForm(forms.Form):
    """A list, as text or as a file, which goes before the text; a file that was read comes back as text."""

    upload = ListUpload(
        label=gettext_lazy("File (CSV or .xlsx)"),
        help_text=gettext_lazy("As a spreadsheet or WebEx saves it; goes before what is pasted below."),
        most_bytes=MOST_UPLOADED_BYTES,
        too_large=gettext_lazy("This file is larger than 1 MB."),
    )
    text = ListText(
        label=gettext_lazy("Or paste the list"),
        required=False,
        max_length=MOST_UPLOADED_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 100, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the answers, the file's text as `text`, and as `notes` what was assumed in reading it."""
        cleaned = super().clean() or {}
        file: ListFile | None = cleaned.get("upload")
        cleaned["text"] = (file and file.text) or cleaned.get("text", "")
        cleaned["notes"] = file.notes if file else ()
        return cleaned


def list_to_fill_in(name: str, headings: Sequence[str], choices: Mapping[str, Sequence[str]]) -> HttpResponse:
    """Return an empty list as a workbook: the columns that a page reads, and what may be in them."""
    how = FORMATS["xlsx"]
    return HttpResponse(
        blank_list(headings, choices, values=_("Values")),
        content_type=how.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{how.suffix}"'},
    )

"""What the pages that import something share: a list as text or as a file, within limits; what was read comes back as text."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from registrations import tables

MOST_BYTES = 1_000_000
MOST_LINES = 5_000


class ListForm(forms.Form):
    """A list, as text or as a file, which goes before the text; a file that was read comes back as text."""

    upload = forms.FileField(
        label=gettext_lazy("File (CSV)"),
        required=False,
        help_text=gettext_lazy("UTF-8, or UTF-16 as WebEx writes it; goes before what is pasted below."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the list"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 100, "spellcheck": "false"}),
    )

    def clean_upload(self) -> str:
        """Return the text of the file, or ""; refuse one that is too large, before it is read, or not text."""
        upload: UploadedFile | None = self.cleaned_data["upload"]
        if upload is None:
            return ""
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 1 MB."))
        try:
            return tables.decode(upload.read())
        except tables.Unreadable as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """Return the answers, the file's text as `text`."""
        cleaned = super().clean() or {}
        cleaned["text"] = cleaned.get("upload") or cleaned.get("text", "")
        return cleaned

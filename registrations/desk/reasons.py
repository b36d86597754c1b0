"""The form on all pages of the desk that ask why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "cols": 80})
    )

    def __init__(self, data: Any = None, *, help_text: str = "") -> None:
        """Ask for the reason, saying who will read it."""
        super().__init__(data)
        self.fields["reason"].help_text = help_text

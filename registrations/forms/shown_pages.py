"""Forms of one answer or one tick on somebody's own page, which say what that page showed."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Submit
from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html

from webinar_site.foundation.stale_pages import SEEN


class ShownForm(forms.Form):
    """A form below what a page shows; `seen` is what the page carries to say so."""

    submit_label: str | Promise

    def __init__(self, *args: Any, seen: str, **kwargs: Any) -> None:
        """Carry what the page shows now, whatever came back."""
        super().__init__(*args, **kwargs)
        self.seen = seen

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out."""
        helper = FormHelper(self)
        helper.layout.append(HTML(format_html('<input type="hidden" name="{}" value="{}">', SEEN, self.seen)))
        helper.add_input(Submit("", self.submit_label))
        return helper

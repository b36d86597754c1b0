"""What people tick before their data are erased."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class EraseForm(forms.Form):
    """Ask for one tick, so that nobody erases anything by a single press."""

    understood = forms.BooleanField(
        label=gettext_lazy("I have read what is erased, and I know that it cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box to say that you have read what is erased.")},
    )

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out."""
        helper = FormHelper(self)
        helper.add_input(Submit("", _("Erase my data")))
        return helper

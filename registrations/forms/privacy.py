"""What people tick before their data are erased."""

from django import forms
from django.utils.translation import gettext_lazy

from registrations.forms.shown_pages import ShownForm


class EraseForm(ShownForm):
    """Ask for one tick, so that nobody erases anything by a single press."""

    understood = forms.BooleanField(
        label=gettext_lazy("I have read what is erased, and I know that it cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box to say that you have read what is erased.")},
    )

    submit_label = gettext_lazy("Erase my data")

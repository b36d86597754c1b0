"""What people write when they object to a result."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.forms.fields import TOO_LONG, LongText, longest
from registrations.models import Contest


class ContestForm(forms.Form):
    """Ask what staff should look at again."""

    text = LongText(
        label=gettext_lazy("What should we look at again, and why?"),
        help_text=gettext_lazy("Read by the members of staff who decide."),
        max_length=longest("text", Contest),
        error_messages={
            "required": gettext_lazy("Write what we should look at again."),
            "max_length": TOO_LONG,
        },
    )

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out."""
        helper = FormHelper(self)
        helper.add_input(Submit("", _("Contest the result")))
        return helper

"""Where somebody wants our mails to go from now on."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.forms.fields import AddressField


class NewAddressForm(forms.Form):
    """Ask for the address that a registration is to move to."""

    email = AddressField(
        label=gettext_lazy("New email address"),
        help_text=gettext_lazy("We send a link to this address, to confirm that it is yours."),
    )

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out."""
        helper = FormHelper(self)
        helper.add_input(Submit("", _("Send the link")))
        return helper

"""What somebody whom staff entered says when they confirm their address."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms.registering import RegistrationForm, word_consents


class ConfirmForm(forms.Form):
    """Ask what only the person can answer: the registration form's questions about their data, in its words."""

    privacy_acknowledged = RegistrationForm.base_fields["privacy_acknowledged"]
    share_contact = RegistrationForm.base_fields["share_contact"]
    contact_me = RegistrationForm.base_fields["contact_me"]

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out, which then asks in the words that are kept as proof."""
        word_consents(self)
        helper = FormHelper(self)
        helper.add_input(Submit("", _("Confirm my address and send my registration")))
        return helper

    def consents(self) -> services.Consents:
        """Return what was agreed to, of a valid form."""
        data = self.cleaned_data
        return services.Consents(share_contact=data["share_contact"], contact_me=data["contact_me"])

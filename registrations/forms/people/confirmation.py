"""What somebody whom staff entered says when they confirm their address."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms.people.registration import RegistrationForm
from registrations.forms.shown_texts import TEXTS_SHOWN, ShowsTexts
from registrations.models import LegalText


class ConfirmForm(ShowsTexts):
    """Ask what only the person can answer: the registration form's questions about their data, in its words."""

    privacy_acknowledged = RegistrationForm.base_fields["privacy_acknowledged"]
    share_contact = RegistrationForm.base_fields["share_contact"]
    contact_me = RegistrationForm.base_fields["contact_me"]

    action = ""  # where the form is sent, if not to its own address

    @property
    def helper(self) -> FormHelper:
        """Return how crispy forms lays the form out."""
        helper = FormHelper(self)
        helper.form_action = self.action
        helper.layout = Layout(*self.fields, HTML(TEXTS_SHOWN))
        helper.add_input(Submit("", _("Confirm my address and send my registration")))
        return helper

    def consents(self) -> services.people.Consents:
        """Return what was agreed to, and under which words, of a valid form."""
        data = self.cleaned_data
        return services.people.Consents(
            share_contact=data["share_contact"],
            contact_me=data["contact_me"],
            privacy_text=self.said_to_be_shown(LegalText.Kind.PRIVACY),
            consent_text=self.said_to_be_shown(LegalText.Kind.CONSENTS),
        )

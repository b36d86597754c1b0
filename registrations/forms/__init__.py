"""What people fill in on the public pages: forms check shape and wording, services check the world."""

from registrations.forms.addresses import NewAddressForm
from registrations.forms.consenting import ConsentForm
from registrations.forms.contesting import ContestForm
from registrations.forms.countries import country_groups, judged_as_of
from registrations.forms.erasing import EraseForm
from registrations.forms.gate import Gate
from registrations.forms.registering import EditForm, MyLinkForm, RegistrationForm, language

__all__ = [
    "ConsentForm",
    "ContestForm",
    "EditForm",
    "EraseForm",
    "Gate",
    "MyLinkForm",
    "NewAddressForm",
    "RegistrationForm",
    "country_groups",
    "judged_as_of",
    "language",
]

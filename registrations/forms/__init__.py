"""What people fill in on the public pages: forms check shape and wording, services check the world."""

from registrations.forms.addresses import NewAddressForm
from registrations.forms.blank import blank_form
from registrations.forms.confirming import ConfirmForm
from registrations.forms.consenting import ConsentForm
from registrations.forms.contesting import ContestForm
from registrations.forms.countries import country_groups, judged_as_of
from registrations.forms.erasing import EraseForm
from registrations.forms.gate import Gate
from registrations.forms.lists import LineForm, People, WrongColumns, read_people
from registrations.forms.registering import EditForm, MyLinkForm, RegistrationForm
from registrations.forms.shown_texts import language

__all__ = [
    "ConfirmForm",
    "ConsentForm",
    "ContestForm",
    "EditForm",
    "EraseForm",
    "Gate",
    "LineForm",
    "MyLinkForm",
    "NewAddressForm",
    "People",
    "RegistrationForm",
    "WrongColumns",
    "blank_form",
    "country_groups",
    "judged_as_of",
    "language",
    "read_people",
]

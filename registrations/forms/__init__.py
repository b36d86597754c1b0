"""What people fill in on the public pages: forms check shape and wording, services check the world."""

from registrations.forms.abuse_protection import Gate
from registrations.forms.contests import ContestForm
from registrations.forms.people.addresses import NewAddressForm
from registrations.forms.people.blank_form import blank_form
from registrations.forms.people.confirmation import ConfirmForm
from registrations.forms.people.consents import ConsentForm
from registrations.forms.people.countries import assessment_day, country_groups
from registrations.forms.people.lists import LineForm, PeopleList, WrongColumns, read_people
from registrations.forms.people.registration import EditForm, MyLinkForm, RegistrationForm
from registrations.forms.privacy import EraseForm
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
    "PeopleList",
    "RegistrationForm",
    "WrongColumns",
    "assessment_day",
    "blank_form",
    "country_groups",
    "language",
    "read_people",
]

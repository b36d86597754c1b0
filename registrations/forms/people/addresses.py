"""Where somebody wants our mails to go from now on."""

from django.utils.translation import gettext_lazy

from registrations.forms.fields import AddressField
from registrations.forms.shown_pages import ShownForm


class NewAddressForm(ShownForm):
    """Ask for the address that a registration is to move to."""

    email = AddressField(
        label=gettext_lazy("New email address"),
        help_text=gettext_lazy("We send a link to this address, to confirm that it is yours."),
    )

    submit_label = gettext_lazy("Send the link")

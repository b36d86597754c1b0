"""The kinds of fields the public forms are made of."""

import re
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy

from eligibility.plain_text import bare_address, one_line, visible
from registrations import ical
from registrations.models import Registration, email_key
from registrations.models.webinar import validate_plain_line

TOO_LONG = gettext_lazy("Use at most %(limit_value)d characters here; there are %(show_value)d.")
LINE_ENDS = re.compile("\r\n|[\x85\u2028\u2029]")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Options(forms.CheckboxSelectMultiple):
    """A group of checkboxes; the group as a whole carries the error, not each box."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return one box without the group's aria-invalid."""
        option = super().create_option(*args, **kwargs)
        option["attrs"].pop("aria-invalid", None)
        return option


class Line(forms.CharField):
    """One line of plain text: what nobody sees is taken out, blanks become single; control characters are refused."""

    default_validators = [validate_plain_line]

    def to_python(self, value: Any) -> str:
        """Return the line as people see it; empty where there is nothing to see."""
        return one_line(super().to_python(value) or "")


class LongText(forms.CharField):
    """Several lines of plain text; characters nobody sees are taken out, not complained about."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """Return the text with single line feeds, so that browser and server count it alike."""
        text = LINE_ENDS.sub("\n", visible(super().to_python(value) or ""))
        return CONTROL_CHARACTERS.sub("", text).strip()


def longest(name: str, model: type[models.Model] = Registration) -> int:
    """Return how long an answer may be: as long as its column."""
    column = cast("models.Field[Any, Any]", model._meta.get_field(name))
    return column.max_length or 0


def line(name: str, label: Any, *, missing: Any = "", autocomplete: str, help_text: Any = "") -> Line:
    """Return a field for one line of a registration, as long as its column; optional without `missing`."""
    return Line(
        label=label,
        required=bool(missing),
        max_length=longest(name),
        help_text=help_text,
        error_messages={"required": missing, "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


class AddressField(forms.EmailField):
    """An address that mail and calendars can carry, and that can be told from others."""

    default_error_messages = {
        "required": gettext_lazy("Enter your email address."),
        "invalid": gettext_lazy("Enter an email address in the usual form, like name@example.org."),
        "max_length": TOO_LONG,
    }

    def __init__(self, **kwargs: Any) -> None:
        usual = {
            "max_length": longest("email"),
            "widget": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        super().__init__(**{**usual, **kwargs})

    def to_python(self, value: Any) -> str:
        """Return the address that was pasted, without what stands around it."""
        return bare_address(super().to_python(value) or "")

    def clean(self, value: Any) -> str:
        """Return the address; refuse one that our mails could not be sent to."""
        address: str = super().clean(value)
        if not address:
            return address
        try:
            key = email_key(ical.ascii_address(address))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if len(key) > longest("email_key"):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class OthersAddressField(AddressField):
    """An address that staff write down of somebody else, or of an office."""

    default_error_messages = {"required": forms.Field.default_error_messages["required"]}

"""The kinds of fields the public forms are made of."""

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.validators import validate_email
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from registrations import ical
from registrations.forms.domains import likely_meant
from registrations.models import Registration, email_key
from registrations.models.webinar import validate_plain_line
from webinar_site.foundation.plain_text import bare_address, one_line, visible

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


class LineField(forms.CharField):
    """One line of plain text: what nobody sees is taken out, blanks become single; control characters are refused."""

    default_validators = [validate_plain_line]

    def to_python(self, value: Any) -> str:
        """Return the line as people see it; empty where there is nothing to see."""
        return one_line(super().to_python(value) or "")


class LongTextField(forms.CharField):
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


def line(name: str, label: Any, *, missing: Any = "", autocomplete: str, help_text: Any = "") -> LineField:
    """Return a field for one line of a registration, as long as its column; optional without `missing`."""
    return LineField(
        label=label,
        required=bool(missing),
        max_length=longest(name),
        help_text=help_text,
        error_messages={"required": missing, "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


LONGEST_LOCAL_PART = 64  # RFC 5321, section 4.5.3.1.1


def validate_address(address: str) -> None:
    """Refuse an address that no mail on the internet can have, and say what is wrong with it."""
    local, _at, domain = address.rpartition("@")
    if len(local) > LONGEST_LOCAL_PART:
        words = {"longest": LONGEST_LOCAL_PART, "length": len(local)}
        raise forms.ValidationError(AddressField.default_error_messages["local_part"], params=words)
    if local and domain and "." not in domain and not domain.startswith("["):
        raise forms.ValidationError(AddressField.default_error_messages["no_dot"])
    validate_email(address)
    ending = domain.rpartition(".")[2]
    if ending.isdigit() or domain.startswith("["):  # a number is a machine, not a mail domain
        raise forms.ValidationError(AddressField.default_error_messages["invalid"])


class TypedAddress(str):
    """An address as it came back from a page; `asked` is the one that the page had asked about, if any."""

    asked = ""


class AddressInput(forms.EmailInput):
    """An input that remembers, beside it and hidden, which likely typing error the page asks about."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the address, with the one that was asked about."""
        typed = super().value_from_datadict(data, files, name)
        if typed is None:
            return None
        address = TypedAddress(typed)
        address.asked = str(data.get(f"{name}_asked", ""))
        return address

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the input; for what the page asks about with a hidden one, so that sending it again is the answer."""
        written = super().render(name, value, attrs, renderer)
        if not value or not _suggest(bare_address(str(value))):
            return written
        return format_html('{}<input type="hidden" name="{}_asked" value="{}">', written, name, value)


def _suggest(address: str) -> str:
    """Return the address with the domain that was likely meant, or ""."""
    local, _at, domain = address.rpartition("@")
    meant = likely_meant(domain)
    return f"{local}@{meant}" if meant else ""


class AddressField(forms.EmailField):
    """An address that mail and calendars can carry, and that can be told from others.

    A likely typing error is asked about once: whoever sends the same address again means it.
    """

    default_error_messages = {
        "required": gettext_lazy("Enter your email address."),
        "invalid": gettext_lazy("Enter an email address in the usual form, like name@example.org."),
        "max_length": TOO_LONG,
        "local_part": gettext_lazy("Use at most %(longest)d characters before the @; there are %(length)d."),
        "no_dot": gettext_lazy(
            "Write the whole address: after the @ belongs a domain with a dot, like example.org."
        ),
        "likely_slip": gettext_lazy(
            "Did you mean %(suggestion)s? Correct the address, or send the form again if it is right as it is."
        ),
    }
    default_validators = [validate_address]

    def __init__(self, **kwargs: Any) -> None:
        usual = {
            "max_length": longest("email"),
            "widget": AddressInput(attrs={"autocomplete": "email"}),
        }
        super().__init__(**{**usual, **kwargs})

    def to_python(self, value: Any) -> str:
        """Return the address that was pasted, without what is around it."""
        return bare_address(super().to_python(value) or "")

    def clean(self, value: Any) -> str:
        """Return the address; refuse one that our mails could not be sent to, and ask once about a likely slip."""
        address: str = super().clean(value)
        if not address:
            return address
        try:
            key = email_key(ical.mailto_address(address))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if len(key) > longest("email_key"):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        suggestion = _suggest(address)
        if suggestion and getattr(value, "asked", "").strip() != value.strip():
            words = {"suggestion": suggestion}
            raise forms.ValidationError(self.error_messages["likely_slip"], code="likely_slip", params=words)
        return address


class OthersAddressField(AddressField):
    """An address that staff write down of somebody else, or of an office."""

    default_error_messages = {"required": forms.Field.default_error_messages["required"]}

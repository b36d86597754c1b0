"""What keeps programs out of the open forms without asking people anything: a trap, and the moment the page was made.

No captcha (WCAG 2.2, 3.3.8) and nothing from a third party (D-17).
"""

from datetime import timedelta
from functools import cache
from typing import Any

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext_lazy

SHORTEST = timedelta(seconds=2)  # nobody reads and fills in a form faster
LONGEST = timedelta(hours=24)  # people may take their time (WCAG 2.2, 2.2.1)


@cache
def _signer() -> TimestampSigner:
    """Return what signs moments; made when first needed, because `quickstart` loads the site before there is a key."""
    return TimestampSigner(salt="registrations.gate")


class Trap(forms.TextInput):
    """A field that people neither see nor reach; it always comes back empty."""

    def format_value(self, value: Any) -> str:
        """Return nothing, whatever was filled in."""
        return ""


class TimeStamp(forms.HiddenInput):
    """The signed moment at which the page was made; each page gets a new one."""

    def format_value(self, value: Any) -> str:
        """Return a new stamp, whatever came back."""
        return _signer().sign("opened")


class Gate(forms.Form):
    """Two fields that every open form carries besides its own."""

    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=Trap(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.CharField(required=False, widget=TimeStamp)

    def clean_website(self) -> None:
        """Refuse whatever was filled in; some browser's helper may have, so it can be sent again."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                gettext_lazy("A field that has to stay empty was filled in. Please send the form once more.")
            )

    def clean_opened(self) -> None:
        """Refuse a form that came back at once, without its stamp, with a foreign one, or after more than a day."""
        stamp = self.cleaned_data["opened"]
        try:
            _signer().unsign(stamp, max_age=LONGEST)
        except BadSignature as error:  # an old one is one too
            raise forms.ValidationError(
                gettext_lazy(
                    "This page was open for too long, or came back incomplete. Please send it again."
                )
            ) from error
        if _is_younger(stamp, SHORTEST):
            raise forms.ValidationError(
                gettext_lazy("The form came back faster than anybody can fill it in. Please send it again.")
            )


def _is_younger(stamp: str, age: timedelta) -> bool:
    try:
        _signer().unsign(stamp, max_age=age)
    except BadSignature:
        return False
    return True

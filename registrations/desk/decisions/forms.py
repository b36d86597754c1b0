"""What staff fill in about seats: which ones, how they were on the page, and why something is decided about them."""

import re
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registrations.desk.reasons import ReasonForm
from registrations.models import REASONS, STANDING_PART, STANDING_PARTS
from registrations.services.seats import Shown
from registrations.states import MOVES_WITHOUT_REASON, Move


class ShownSeatsField(forms.RegexField):
    """Seats something is done about, however many, as one hidden field: of each its id, and how it was on the page.

    Links to a page name ids alone. A form that is sent so shows the page again, since it does not say what it was drawn
    from.
    """

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        """Take ids, each with or without its standing, separated by commas."""
        standing = f"[\\w-]{{{STANDING_PART * len(STANDING_PARTS)}}}"
        one = f"[0-9]{{1,18}}(:{standing})?"
        super().__init__(re.compile(f"^{one}(,{one})*$", re.ASCII), **options)

    def clean(self, value: Any) -> dict[int, str]:
        """Return how each seat was shown by its id, in the order of ids; "" where the field does not say."""
        seats = super().clean(value)
        parts = (seat.partition(":") for seat in seats.split(",")) if seats else ()
        return dict(sorted((int(pk), standing) for pk, _colon, standing in parts))

    @staticmethod
    def written(shown: Shown) -> str:
        """Return what the field says of seats that are shown so."""
        return ",".join(f"{pk}:{standing}" for pk, standing in shown.items())


class SeatsForm(ReasonForm):
    """Seats something is done about, and why."""

    seats = ShownSeatsField()


class DecisionForm(SeatsForm):
    """Seats to decide about; and why, where it goes against the person."""

    reason_code = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        help_text=_("The person reads it as a sentence in the language of their mails: “Preview” shows it."),
    )
    page = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    field_order = ("reason_code", "reason")

    def __init__(self, move: Move, data: Any = None) -> None:
        """Ask for a reason where the move goes against the person: to choose, where the table has any, and to write."""
        super().__init__(
            data,
            help_text=gettext(
                "The person reads it in the mail. About several people name nobody: the history keeps it for good."
            ),
        )
        self.codes = REASONS.get(move, ())
        if move in MOVES_WITHOUT_REASON:
            del self.fields["reason"]
        if not self.codes:
            del self.fields["reason_code"]
            return
        choices = [
            ("", gettext("none of these: see my own words")),
            *((code, code.label) for code in self.codes),
        ]
        cast(forms.ChoiceField, self.fields["reason_code"]).choices = choices
        self.fields["reason"].label = gettext("In your own words")
        self.fields["reason"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse where a reason could be chosen or written, and neither was."""
        cleaned = super().clean() or {}
        if self.codes and not self.errors and not (cleaned["reason_code"] or cleaned["reason"]):
            self.add_error("reason_code", gettext("Choose a reason, or write one, or both."))
        return cleaned

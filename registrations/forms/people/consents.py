"""What the buttons beside a person's consents send."""

from django import forms

from registrations.models import CONSENTS

GIVE, WITHDRAW = "give", "withdraw"


class ConsentForm(forms.Form):
    """Which consent, whether it is given or withdrawn, and the id of the words that it is given under."""

    consent = forms.ChoiceField(choices=[(name, name) for name in CONSENTS])
    act = forms.ChoiceField(choices=[(GIVE, GIVE), (WITHDRAW, WITHDRAW)])
    text = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def text_id(self) -> int | None:
        """Return the id of the words a valid form agrees to, or None where it withdraws."""
        data = self.cleaned_data
        return (data["text"] or 0) if data["act"] == GIVE else None

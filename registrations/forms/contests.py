"""What people write when they object to a result."""

from django.utils.translation import gettext_lazy

from registrations.forms.fields import TOO_LONG, LongTextField, longest
from registrations.forms.shown_pages import ShownForm
from registrations.models import Contest


class ContestForm(ShownForm):
    """Ask what staff should look at again."""

    text = LongTextField(
        label=gettext_lazy("What should we look at again, and why?"),
        help_text=gettext_lazy("Read by the members of staff who decide."),
        max_length=longest("text", Contest),
        error_messages={
            "required": gettext_lazy("Write what we should look at again."),
            "max_length": TOO_LONG,
        },
    )

    submit_label = gettext_lazy("Contest the result")

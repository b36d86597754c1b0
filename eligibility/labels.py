"""Give the words shown to people for the values of `rules` and `records`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from eligibility.records import Confidence, ContentStatus, Treatment
from eligibility.rules import Outcome

OUTCOMES = {
    Outcome.ELIGIBLE: _("may take part"),
    Outcome.NOT_ELIGIBLE: _("may not take part"),
    Outcome.REVIEW: _("a person decides"),
}
TREATMENTS = {
    Treatment.ADMITTED: _("on the list"),
    Treatment.FOLLOWS: _("follows its state"),
    Treatment.NOT_ELIGIBLE: _("may not take part"),
    Treatment.REVIEW: _("a person decides"),
    Treatment.ABSENT: _("not on the list"),
}
CONTENT_STATUSES = {
    ContentStatus.DOCUMENTED: _("documented"),
    ContentStatus.DOCUMENTED_IN_PART: _("documented in part"),
    ContentStatus.NOT_DOCUMENTED: _("not documented"),
}
CONFIDENCES = {
    Confidence.A: _("official text read"),
    Confidence.B: _("secondary source read"),
    Confidence.C: _("general knowledge, not read again"),
    Confidence.U: _("unknown"),
}

_BY_KIND: dict[type, Mapping[Any, Any]] = {
    Outcome: OUTCOMES,
    Treatment: TREATMENTS,
    ContentStatus: CONTENT_STATUSES,
    Confidence: CONFIDENCES,
}


def label(value: Outcome | Treatment | ContentStatus | Confidence) -> str:
    """Return the words for a value, in the active language."""
    return str(_BY_KIND[type(value)][value])

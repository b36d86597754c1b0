"""Give the words shown to people for the values of `rules` and `records`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop
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
LIST_TITLES = frozenset(  # of the editions in `data`; a list that staff publish keeps the title they gave it
    {
        gettext_noop("Member States of the European Union (28)"),
        gettext_noop("Member States of the European Union (27)"),
        gettext_noop("United Kingdom in the transition period, treated as a Member State"),
        gettext_noop("Third countries participating in COSME"),
        gettext_noop("Partner countries of the European Neighbourhood Instrument"),
        gettext_noop("Territories and the states they follow"),
    }
)

_BY_KIND: dict[type, Mapping[Any, Any]] = {
    Outcome: OUTCOMES,
    Treatment: TREATMENTS,
    ContentStatus: CONTENT_STATUSES,
    Confidence: CONFIDENCES,
}


def label(value: Outcome | Treatment | ContentStatus | Confidence) -> str:
    """Return the words for a value, in the active language."""
    return str(_BY_KIND[type(value)][value])


def list_title(title: str) -> str:
    """Return the title of a list's edition in the active language, or as kept where nobody translated it (D-79)."""
    return gettext(title) if title in LIST_TITLES else title

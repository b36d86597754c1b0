"""Write countries, days and values in templates the way the rest of the package does."""

from datetime import date

from django import template
from django.utils.translation import gettext as _

from eligibility import countries, explain, labels
from eligibility.days import in_words

register = template.Library()

register.filter("country_name", countries.display_name)
register.filter("eu_code", countries.eu_code)
register.filter("label", labels.label)
register.filter("in_words", in_words)
register.simple_tag(explain.period, name="period")


@register.filter
def established(day: date | None) -> str:
    """Return a day in words, or that it is not established."""
    return in_words(day) if day else _("not established")

"""Write countries, days and values in templates the way the rest of the package does."""

from datetime import date

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eligibility import countries, explain, labels
from webinar_site.foundation.days import day_in_words
from webinar_site.foundation.languages import SOURCE_LANGUAGE, in_language

register = template.Library()

register.filter("country_name", countries.display_name)
register.filter("eu_code", countries.eu_code)
register.filter("label", labels.label)
register.filter("in_words", day_in_words)
register.filter("in_language", in_language)
register.filter("list_title", labels.list_title)
register.simple_tag(explain.period, name="period")


@register.filter
def established(day: date | None) -> str:
    """Return a day in words, or that it is not established."""
    return day_in_words(day) if day else _("not established")


@register.filter
def list_title_html(title: str) -> SafeString | str:
    """Return the title of a list's edition in the reader's language, or marked with the one it is kept in."""
    words = labels.list_title(title)
    return words if words != title else in_language(title, SOURCE_LANGUAGE)

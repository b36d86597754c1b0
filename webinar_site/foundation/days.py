"""Read and write the days that rules and lists are assessed by: Brussels days."""

import re
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

BRUSSELS = ZoneInfo("Europe/Brussels")
FIRST_YEAR, LAST_YEAR = 2000, 2099  # of a webinar: at the ends of the calendar no time zone can be reckoned
WRITTEN_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NotADay(ValueError):
    """Tell that a text is no day written as YYYY-MM-DD."""


def today() -> date:
    """Return the day it is in Brussels."""
    return timezone.localdate(timezone=BRUSSELS)


def parse_day(text: str) -> date:
    """Return the day written as YYYY-MM-DD; raise `NotADay` for another spelling and for a day that does not exist."""
    try:
        if WRITTEN_DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise NotADay(text) from error
    raise NotADay(text)


def validate_year(day: date) -> None:
    """Refuse a day, or a moment, that no webinar can have; raises ValidationError saying which years there are."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(_("Choose a day in the years %(first)d to %(last)d."), params=years)


def day_in_words(day: date) -> str:
    """Return a day as people write it, in the active language; some languages write the first of a month otherwise."""
    if day.day == 1:
        return date_format(day, pgettext("the first of a month in words", "j F Y"))
    return date_format(day, pgettext("a day in words", "j F Y"))


def weekday_in_words(day: date) -> str:
    """Return a day as people write it behind the name of its weekday, in the active language."""
    return _("%(weekday)s %(day)s") % {"weekday": date_format(day, "l"), "day": day_in_words(day)}

"""Moments in words, in Brussels time and the active language: the one way a session's time is written."""

from datetime import datetime, time, timedelta

from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from webinar_site.foundation.days import BRUSSELS, weekday_in_words


def session_time(starts_at: datetime | None, ends_at: datetime | None) -> str:
    """Write when a session takes place, in Brussels time, as plain text for pages and mails.

    Takes two aware datetimes in any zone, or None for a date not yet fixed. The zone's name and
    its distance from UTC are part of the text, because a mail cannot know where its reader is.
    """
    if starts_at is None or ends_at is None:
        return _("date to be confirmed")
    start, end = starts_at.astimezone(BRUSSELS), ends_at.astimezone(BRUSSELS)
    words = {
        "day": weekday_in_words(start),
        "start": date_format(start, "TIME_FORMAT"),
        "end": date_format(end, "TIME_FORMAT"),
        "zone": _("CEST") if start.dst() else _("CET"),
        "offset": (start.utcoffset() or timedelta()) // timedelta(hours=1),
    }
    if end.date() == start.date():
        return _("%(day)s, %(start)s to %(end)s (Brussels time, %(zone)s, UTC%(offset)+d)") % words
    words["last_day"] = weekday_in_words(end)
    return _("%(day)s, %(start)s to %(last_day)s, %(end)s (Brussels time, %(zone)s, UTC%(offset)+d)") % words


def session_time_html(starts_at: datetime | None, ends_at: datetime | None) -> SafeString | str:
    """Write the same text in a time element, from which site.js adds the visitor's own time."""
    text = session_time(starts_at, ends_at)
    if starts_at is None or ends_at is None:
        return text
    return format_html(
        '<time datetime="{}" data-ends="{}">{}</time>',
        starts_at.astimezone(BRUSSELS).isoformat(timespec="seconds"),
        ends_at.astimezone(BRUSSELS).isoformat(timespec="seconds"),
        text,
    )


def at_brussels(moment: datetime) -> str:
    """Write an aware moment as day and time in Brussels, and say so."""
    return _("%(moment)s (Brussels time)") % {"moment": moment_in_words(moment)}


def moment_in_words(moment: datetime) -> str:
    """Write an aware moment in Brussels time, with its weekday; the sentence around it names the zone."""
    here = moment.astimezone(BRUSSELS)
    return _("%(day)s, %(time)s") % {
        "day": weekday_in_words(here),
        "time": date_format(here, "TIME_FORMAT"),
    }


def clock(written: str) -> str:
    """Write a time of day that is kept as 10:30 in the language's own form."""
    return time_format(time.fromisoformat(written), "TIME_FORMAT")

"""Template tags of the webinar pages and mails."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from registrations import times
from registrations.domains import ascii_address
from webinar_site.foundation.days import BRUSSELS, weekday_in_words

register = template.Library()
register.simple_tag(times.session_time)
register.simple_tag(times.session_time_html)
register.filter(times.at_brussels)
register.filter(times.clock)
register.filter(times.moment_in_words)
register.filter(weekday_in_words)
register.filter(ascii_address)


@register.simple_tag
def agenda_time(line: Mapping[str, Any], sessions: Iterable[Any] = ()) -> SafeString | str:
    """Write when a line of an agenda begins, in Brussels, in the language's own form; nothing where it says no time.

    Of the `sessions`, the line's own gives it a day, where it has one: site.js then adds the reader's own time. In a
    session that goes on past midnight, what lies before its start on the clock belongs to the day after.
    """
    if not line["time"]:
        return ""
    text, at = times.clock(line["time"]), time.fromisoformat(line["time"])
    session = next((each for each in sessions if each.is_dated and each.number == line["session"]), None)
    if session is None:
        return format_html("<strong>{}</strong> ", text)
    starts, ends = session.starts_at.astimezone(BRUSSELS), session.ends_at.astimezone(BRUSSELS)
    day = ends.date() if at < starts.time() else starts.date()
    moment = datetime.combine(day, at, BRUSSELS).isoformat(timespec="seconds")
    return format_html('<strong><time datetime="{}" data-own="clock">{}</time></strong> ', moment, text)


@register.simple_tag
def moment_html(moment: datetime) -> SafeString:
    """Write an aware moment in Brussels time in a time element, from which site.js adds the visitor's own time."""
    return format_html(
        '<time datetime="{}" data-own>{}</time>',
        moment.astimezone(BRUSSELS).isoformat(timespec="seconds"),
        times.at_brussels(moment),
    )


TELEPHONE = re.compile(r"(?<![\w+])(\+|00)?\(?\d[\d ()./\u00a0\u202f-]{5,18}\d(?!\w)", re.ASCII)
FEWEST_DIGITS, MOST_DIGITS = 8, 15  # a country code and a subscriber's number; E.164 knows no longer one


@register.filter
def telephone_links(text: str) -> SafeString:
    """Write a text with each international telephone number in it as a link that dials it (RFC 3966).

    Only numbers with a country code can be dialled from everywhere; access codes and national numbers stay as text.
    """
    pieces, end = [], 0
    for found in TELEPHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0].replace("(0)", "").removeprefix("00"))
        if found[1] and FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
            pieces += [conditional_escape(text[end : found.start()])]
            pieces += [format_html('<a href="tel:+{}">{}</a>', digits, found[0])]
            end = found.end()
    return format_html_join("", "{}", ((piece,) for piece in [*pieces, conditional_escape(text[end:])]))


@register.filter
def kept(value: object) -> SafeString | str:
    """Write dicts and lists as nested lists that can be read: labels with their values, and “nothing” where there is
    none."""
    if isinstance(value, dict) and value:
        rows = ((label, kept(inner)) for label, inner in value.items())
        return format_html('<dl class="kept">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))
    if isinstance(value, list) and value:
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((kept(inner),) for inner in value))
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("nothing") if value in (None, "", [], {}) else str(value)


@register.filter
def legal_text(body: str) -> SafeString:
    """Write a LegalText's body as HTML: paragraphs, “## ” headings, “- ” lists; addresses become links."""
    blocks = (block.strip() for block in body.replace("\r\n", "\n").split("\n\n"))
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks if block))


def _block(block: str) -> SafeString:
    lines = block.splitlines()
    if len(lines) == 1 and block.startswith("## "):
        return format_html("<h2>{}</h2>", block.removeprefix("## "))
    if all(line.startswith("- ") for line in lines):
        items = ((_linked(line.removeprefix("- ")),) for line in lines)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    return format_html("<p>{}</p>", _linked(block))


def _linked(text: str) -> SafeString:
    return mark_safe(urlize(text, autoescape=True))  # noqa: S308  # urlize escapes what it does not write itself

"""Template tags of the staff's desk: what waits for somebody, and the footnotes of country names."""

from django import template
from django.utils.translation import get_language, get_language_info

from eligibility.countries import FOOTNOTES, Footnote, footnotes
from registrations import services
from registrations.desk.columns import why
from registrations.waiting import list_of

register = template.Library()
register.filter(why)


@register.simple_tag
def country_footnotes() -> tuple[Footnote, ...]:
    """Return the formulas that go with country names."""
    return footnotes(FOOTNOTES)


@register.simple_tag(takes_context=True)
def start_page_queues(context: template.Context) -> list[tuple[services.reports.Queue, str]]:
    """Return what waits for the signed-in member of staff, and what is under way, each with the address of its list."""
    user = context["user"]
    queues = services.reports.on_the_start_page(user.has_perm, user_id=user.pk)
    return [(queue, list_of(queue.key, **queue.about)) for queue in queues]


@register.simple_tag(takes_context=True)
def other_language_of_mails(context: template.Context) -> str:
    """Return the language of our mails to the signed-in member of staff, where it is not the one they read in.

    By its name in the language they read in; "" for whoever gets no mails.
    """
    language = services.reports.language_of_our_mails(context["user"].pk)
    return get_language_info(language)["name_translated"] if language not in ("", get_language()) else ""

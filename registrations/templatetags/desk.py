"""Template tags of the staff's desk: what waits for somebody, and the footnotes of country names."""

from django import template

from eligibility.countries import FOOTNOTES, Footnote, footnotes
from registrations import services

register = template.Library()


@register.simple_tag
def country_footnotes() -> tuple[Footnote, ...]:
    """Return the formulas that go with country names."""
    return footnotes(FOOTNOTES)


@register.simple_tag(takes_context=True)
def what_waits(context: template.Context) -> list[services.Queue]:
    """Return what waits for the signed-in member of staff, of what they may see, and what is under way."""
    user = context["user"]
    return services.on_the_start_page(user.has_perm, user_id=user.pk)

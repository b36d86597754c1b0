"""The key numbers of the newest webinars on the start page; all others are on each webinar's page of numbers."""

from dataclasses import dataclass

from django import template
from django.db.models import Count, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from registrations import permissions
from registrations.models import Registration, Seat, Webinar, WebinarSession

register = template.Library()

NEWEST = 3


@dataclass(frozen=True, slots=True)
class KeyNumbers:
    """How many registered for a webinar, and in a line for each session how many have a place."""

    webinar: Webinar
    url: str
    registered: int
    sessions: list[str]


@register.simple_tag(takes_context=True)
def key_numbers(context: template.Context) -> list[KeyNumbers]:
    """Return the numbers of the newest webinars, for those who may see all the rows that are counted; four queries."""
    user = context["user"]
    if not (user.has_perm(permissions.VIEW_REGISTRATIONS) and user.has_perm(permissions.VIEW_SEATS)):
        return []
    planned = WebinarSession.objects.planned()
    webinars = list(Webinar.objects.prefetch_related(Prefetch("sessions", planned))[:NEWEST])
    active = Registration.objects.active().filter(webinar__in=webinars)
    registered = dict(active.order_by().values_list("webinar").annotate(number=Count("pk")))
    # Without a look at whose they are, an index alone answers: so guests, who take no place, are among them.
    seats = Seat.objects.approved().filter(session__in=planned.filter(webinar__in=webinars))
    approved = dict(seats.order_by().values_list("session").annotate(number=Count("pk")))
    return [
        KeyNumbers(
            webinar,
            reverse("admin:registrations_webinar_numbers", args=[webinar.pk]),
            registered.get(webinar.pk, 0),
            [_line(session, approved.get(session.pk, 0)) for session in webinar.sessions.all()],
        )
        for webinar in webinars
    ]


def _line(session: WebinarSession, approved: int) -> str:
    numbers = {"number": session.number, "approved": approved, "places": session.capacity}
    if session.capacity is None:
        return _("session %(number)d: %(approved)d approved, guests included") % numbers
    return _("session %(number)d: %(approved)d approved, guests included; %(places)d places") % numbers

"""The joining page: what somebody needs to take part, and the button that leads into the meeting."""

from datetime import datetime
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from registrations import services
from registrations.models import Seat
from registrations.views.access import acts, personal

CONFLICT = 409


@personal
@acts
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """Let an approved person into the meeting, from shortly before its start until its end."""
    seats = Seat.objects.select_related("session", "registration__webinar")
    seat = seats.filter(join_token=token).first()
    if seat is None:
        raise services.errors.LinkNotValid
    now = timezone.now()
    if request.method != "POST":
        return _joining_page(request, seat, now)
    try:
        return HttpResponseRedirect(services.sessions.join(seat.pk, now=now))
    except services.errors.JoiningNotPossible as refusal:
        messages.warning(request, str(refusal))
        response = _joining_page(request, seat, now)
        response.status_code = CONFLICT
        return response


def _joining_page(request: HttpRequest, seat: Seat, now: datetime) -> HttpResponseBase:
    """Render the page; its form may lead to the meeting's host, which the strict policy forbids elsewhere."""
    session = seat.session
    opens_at = session.starts_at - services.sessions.JOIN_OPENS if session.starts_at else None
    admitted = services.sessions.is_admitted(seat)
    context = {
        "seat": seat,
        "session": session,
        "webinar": seat.registration.webinar,
        "is_admitted": admitted,
        "opens_at": opens_at,
        "is_open": opens_at is not None and opens_at <= now and not session.is_over(now),
        "is_over": session.is_over(now),
    }
    page = csp_update({"form-action": _meeting_hosts(seat) if admitted else []})(
        lambda request: render(request, "registrations/sessions/join.html", context)
    )
    return page(request)


def _meeting_hosts(seat: Seat) -> list[str]:
    """Return where the form may lead: the meeting's host, and the allowed hosts it may send people on to.

    Chromium applies form-action to every redirect behind a form (seen with version 156), and WebEx redirects within
    itself.
    """
    try:
        url = services.sessions.meeting_url_for(seat)
    except services.errors.JoiningNotPossible:
        return []
    if not url:
        return []
    onward = [f"https://{prefix}{host}" for host in settings.MEETING_HOSTS for prefix in ("", "*.")]
    return [f"https://{urlsplit(url).hostname}", *onward]

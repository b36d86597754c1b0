"""Calendar files to download and to subscribe to (facts on headers: what iOS and Outlook accept)."""

import logging
from datetime import timedelta
from hashlib import sha256

from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response

from registrations import appointments, ical
from registrations.mails import calendar_check
from registrations.models import Webinar, WebinarSession
from registrations.views.access import personal, reads
from registrations.views.people.my_registration import find_registration

FEED_KEPT = timedelta(hours=1)
logger = logging.getLogger(__name__)


@reads
def session_ics(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Give everybody one session as a file: no person in it, and no joining link."""
    sessions = WebinarSession.objects.select_related("webinar")
    return _download(request, get_object_or_404(sessions, webinar__slug=slug, number=number))


@personal
@reads
def manage_ics(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Give an approved person the session as a file, without a joining link: calendars are shared."""
    registration = find_registration(token)
    approved = [seat.session for seat in registration.seats.all() if seat.is_approved]
    session = next((session for session in approved if session.number == number), None)
    if session is None or not registration.is_active:
        raise Http404
    session.webinar = registration.webinar
    return _download(request, session)


@reads
def calendar_feed(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give calendars all dated sessions to subscribe to; a cancelled one stays, as cancelled."""
    webinar = get_object_or_404(Webinar, slug=slug)
    dated = webinar.sessions.dated().select_related("webinar")
    published = [appointment for session in dated if (appointment := _published(session))]
    body = ical.feed(published, name=webinar.title, description=webinar.series)
    kept = f"max-age={FEED_KEPT // timedelta(seconds=1)}"
    return _calendar(request, body, filename="webinar.ics", cache_control=kept)


def _download(request: HttpRequest, session: WebinarSession) -> HttpResponseBase:
    published = _published(session) if session.is_dated and not session.is_cancelled else None
    if published is None:
        raise Http404
    body = ical.invite(published)
    name = f"webinar-session-{session.number}.ics"
    return _calendar(request, body, filename=name, cache_control="no-cache")


def _published(session: WebinarSession) -> ical.Appointment | None:
    """Return what everybody is told of a session; None where delivery would hold a mail that says so back."""
    published = appointments.appointment_for(session, method=ical.Method.PUBLISH, stamp=session.changed_at)
    if calendar_check.reads_back(ical.invite(published), published):
        return published
    logger.error("The calendar file of session %s does not say what it should.", session.pk)
    return None


def _calendar(request: HttpRequest, body: bytes, *, filename: str, cache_control: str) -> HttpResponseBase:
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8; method=PUBLISH",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": cache_control,
            "ETag": etag,
        },
    )
    return get_conditional_response(request, etag=etag, response=response) or response

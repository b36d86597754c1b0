"""Calendar files to download and to subscribe to (facts on headers: what iOS and Outlook accept)."""

import logging
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256

from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response

from registrations import appointments, ical
from registrations.mails import calendar_check
from registrations.models import Seat, Webinar, WebinarSession
from registrations.models.webinar import SessionQuerySet
from registrations.views.access import personal, reads
from registrations.views.people.my_registration import require_own_page

FEED_KEPT = timedelta(hours=1)
IN_FILE = (
    *("number", "title", "state", "starts_at", "ends_at", "place", "uid", "uid_domain", "sequence"),
    *("organiser_email", "organiser_name", "created_at", "changed_at"),
    *("webinar__slug", "webinar__title", "webinar__signature", "webinar__contact_email"),
)
logger = logging.getLogger(__name__)


@reads
def session_ics(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Give everybody one session as a file: no person in it, and no joining link."""
    return _download(request, get_object_or_404(_in_file(), webinar__slug=slug, number=number))


@personal
@reads
def manage_ics(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Give an approved person the session as a file, without a joining link: calendars are shared."""
    with_place = Seat.objects.with_place().filter(registration__manage_token=token)
    session = _in_file().filter(number=number, pk__in=with_place.values("session")).first()
    if session is None:
        require_own_page(token)
        raise Http404
    return _download(request, session)


def _in_file() -> SessionQuerySet:
    """Return sessions with what a calendar file tells of them, and nothing else."""
    return WebinarSession.objects.select_related("webinar").only(*IN_FILE)


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
    body = _file(published)
    name = f"webinar-session-{session.number}.ics"
    return _calendar(request, body, filename=name, cache_control="no-cache")


def _published(session: WebinarSession) -> ical.Appointment | None:
    """Return what everybody is told of a session; None where delivery would hold a mail that says so back."""
    published = appointments.appointment_for(session, method=ical.Method.PUBLISH, stamp=session.changed_at)
    if _reads_back(published):
        return published
    logger.error("The calendar file of session %s does not say what it should.", session.pk)
    return None


@lru_cache(maxsize=64)
def _file(published: ical.Appointment) -> bytes:
    """Return a session's calendar file, written once for everybody who is told the same (D-82)."""
    return ical.invite(published)


@lru_cache(maxsize=64)
def _reads_back(published: ical.Appointment) -> bool:
    return calendar_check.reads_back(_file(published), published)


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

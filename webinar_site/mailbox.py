"""The local mailbox: every mail the site sent, readable in the browser where no mail server is used."""

import email
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from icalendar import Calendar, Component

PER_PAGE = 50
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# What a mail's HTML may do: look as it was written and open its links, in the place of this page.
HTML_POLICY = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)

MailboxView = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Attachment:
    """A part of a mail that is neither its text nor its HTML."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class MailAppointment:
    """What a mail client reads from the calendar part; moments are aware, or None where not given."""

    method: str
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    location: str
    organiser: str
    attendees: list[str]
    sequence: str
    status: str
    uid: str


@dataclass(frozen=True)
class KeptMail:
    """One kept mail, as far as it can be read: parts that are missing or damaged are empty."""

    mail_id: str
    kept_at: datetime
    message: Message

    @property
    def subject(self) -> str:
        """Return the subject, decoded."""
        return _header(self.message, "Subject")

    @property
    def language(self) -> str:
        """Return the code of the language it is written in, or nothing where it does not say."""
        return _header(self.message, "Content-Language")

    @property
    def recipient(self) -> str:
        """Return the To line, decoded."""
        return _header(self.message, "To")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Return every header in the order of the mail, decoded."""
        return [(name, _decode(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """Return the plain text part."""
        return self._part("text/plain")

    @property
    def html(self) -> str:
        """Return the HTML part."""
        return self._part("text/html")

    @property
    def calendar_text(self) -> str:
        """Return the calendar part as it was sent."""
        return self._part("text/calendar")

    @property
    def method(self) -> str:
        """Return the calendar part's method as its Content-Type states it."""
        part = self._find("text/calendar")
        return str(part.get_param("method", "")).upper() if part else ""

    @property
    def appointments(self) -> list[MailAppointment]:
        """Return the events of the calendar part; none when it is missing or cannot be read."""
        try:
            calendar = Calendar.from_ical(self.calendar_text)
        except ValueError:
            return []
        method = str(calendar.get("METHOD", ""))
        return [_appointment(event, method) for event in calendar.walk("VEVENT")]

    @property
    def attachments(self) -> list[Attachment]:
        """Return the attached files, without their content."""
        return [
            Attachment(_name(part), part.get_content_type(), len(_content(part)))
            for part in self.message.walk()
            if part.get_content_disposition() == "attachment"
        ]

    def _find(self, content_type: str) -> Message | None:
        parts = (part for part in self.message.walk() if part.get_content_type() == content_type)
        return next((part for part in parts if part.get_content_disposition() != "attachment"), None)

    def _part(self, content_type: str) -> str:
        part = self._find(content_type)
        return _text(part) if part else ""


def _decode(value: Any) -> str:
    """Return a header's words; unchanged when their encoding is damaged."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return str(value)


def _header(message: Message, name: str) -> str:
    return _decode(message.get(name, ""))


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: Message) -> str:
    try:
        return _decode(part.get_filename() or "")
    except ValueError:
        return ""


def _text(part: Message) -> str:
    try:
        return _content(part).decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, ValueError):
        return _content(part).decode(errors="replace")


def _appointment(event: Component, method: str) -> MailAppointment:
    attendees = event.get("ATTENDEE", [])
    return MailAppointment(
        method=method,
        title=str(event.get("SUMMARY", "")),
        starts_at=_moment(event, "DTSTART"),
        ends_at=_moment(event, "DTEND"),
        location=str(event.get("LOCATION", "")),
        organiser=str(event.get("ORGANIZER", "")),
        attendees=[str(each) for each in (attendees if isinstance(attendees, list) else [attendees])],
        sequence=str(event.get("SEQUENCE", "")),
        status=str(event.get("STATUS", "")),
        uid=str(event.get("UID", "")),
    )


def _moment(event: Component, name: str) -> datetime | None:
    moment = getattr(event.get(name), "dt", None)
    return moment if isinstance(moment, datetime) and moment.tzinfo else None


def _files() -> list[Path]:
    """Return the kept mails, newest first."""
    files = Path(settings.MAILDIR).glob("*.eml")
    return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)


def _read(file: Path) -> KeptMail:
    kept_at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
    return KeptMail(file.stem, kept_at, email.message_from_bytes(file.read_bytes()))


def _find_or_404(mail_id: str) -> Path:
    file = Path(settings.MAILDIR) / f"{mail_id}.eml"
    if not file.is_file():
        raise Http404
    return file


def _only_here(view: MailboxView) -> MailboxView:
    """Answer only while mail is kept locally, and only to somebody on this machine; else 404.

    Both the site's own address and the one asked for must be loopback: a public site that was left
    without a mail server must not show everybody's mail to whoever sends a Host header.
    """

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        hosts = {urlsplit(address).hostname for address in (settings.SITE_URL, f"//{request.get_host()}")}
        if settings.EMAIL_BACKEND != "webinar_site.maildir.MaildirBackend" or not hosts <= LOOPBACK:
            raise Http404
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


@_only_here
def list_mails(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    page = Paginator(_files(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mailbox/index.html", {"page": page, "letters": [_read(file) for file in page]})


@_only_here
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # django-csp types views without arguments
def show_mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Show one mail: headers, text, HTML, calendar file, attachments."""
    return render(request, "mailbox/letter.html", {"letter": _read(_find_or_404(mail_id))})


@_only_here
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Serve the HTML part alone, for the sandboxed frame on the mail's page."""
    html = _read(_find_or_404(mail_id)).html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(html, headers={"Content-Security-Policy": HTML_POLICY})


@_only_here
def raw_mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """Serve the mail as it was sent, for a mail program."""
    return HttpResponse(_find_or_404(mail_id).read_bytes(), content_type="message/rfc822")


app_name = "mailbox"
urlpatterns = [
    path("", list_mails, name="index"),
    path("<slug:mail_id>/", show_mail, name="letter"),
    path("<slug:mail_id>/html/", mail_html, name="html"),
    path("<slug:mail_id>.eml", raw_mail, name="raw"),
]

"""What the site does with every request: log, find the visitor, limit browser features, clean forms, inform caches."""

import logging
import re
from collections.abc import Callable, Iterator
from time import monotonic

from django.conf import settings
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.cache import patch_vary_headers

from webinar_site.errors import bad_request
from webinar_site.foundation.plain_text import visible
from webinar_site.visitors import UNKNOWN_IP, forwarded_hops, visitor_ip

GetResponse = Callable[[HttpRequest], HttpResponseBase]
access = logging.getLogger("webinar_site.access")
refused = logging.getLogger("webinar_site.refused")
visitors = logging.getLogger("webinar_site.visitors")
NO_IP = (
    "A visitor's address cannot be read: the server or its proxies give none. All such visitors share one lock for each "
    "name and one wide limit for forms. See TRUSTED_PROXIES."
)
NO_HEADER = (
    "A form came without X-Forwarded-For although TRUSTED_PROXIES is set: all visitors count as their proxy, for locks "
    "and limits."
)
NUL = "\x00"
UNUSED_LOOKUP = re.compile(r"__(?:i?regex|range)$")
IMPOSSIBLE = (DataError, OverflowError, FieldDoesNotExist)  # the last by an empty _to_field, in stock pages
# Staff choose the characters of a password themselves; a meeting's password is pasted like any other text.
PASSWORD = re.compile(r"(?:^|-|old_|new_)password\d?$")

UNUSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")


def log_access(get_response: GetResponse) -> GetResponse:
    """Log method, path, status and milliseconds; never the query, the address or a personal link's token."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = monotonic()
        response = get_response(request)
        extra = {"status": response.status_code, "milliseconds": round((monotonic() - started) * 1000)}
        access.info("%s %s", request.method, request.path, extra=extra)
        return response

    return middleware


def read_client_ip(get_response: GetResponse) -> GetResponse:
    """Set REMOTE_ADDR to the visitor's address (see `visitors`), or to UNKNOWN; say once where many count as one."""
    said: set[str] = set()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        ip = visitor_ip(request.META)
        if (warning := _what_is_missing(request, ip)) and warning not in said:
            said.add(warning)
            visitors.warning(warning)
        request.META["REMOTE_ADDR"] = ip
        return get_response(request)

    return middleware


def _what_is_missing(request: HttpRequest, ip: str) -> str:
    """Return why visitors cannot be told apart by their networks, or nothing where they can, or need not be."""
    if ip == UNKNOWN_IP:
        return NO_IP
    is_counted = settings.TRUSTED_PROXIES and request.method == "POST"
    return NO_HEADER if is_counted and not forwarded_hops(request.META) else ""


def limit_browser_features(get_response: GetResponse) -> GetResponse:
    """Forbid the browser features that no page uses (Permissions-Policy)."""
    policy = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Permissions-Policy", policy)
        return response

    return middleware


def vary_by_language_cookie(get_response: GetResponse) -> GetResponse:
    """Tell caches that the answer depends on the cookie; LocaleMiddleware names Accept-Language only (D-77)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


class PlainInput:
    """Take out of every form what nobody sees, whichever form it is (D-81).

    It looks once the view is known, behind the check against forgery, so that a form that cannot be read at all is
    answered as ever. Control characters below U+0020 stay: each field says itself which it takes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as without it."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Clean the form."""
        if request.method == "POST":
            request.POST = _plain(request.POST)  # type: ignore[assignment]


def _plain(data: QueryDict) -> QueryDict:
    """Return the same form without what nobody sees."""
    plain = data.copy()
    for name, values in data.lists():
        if not PASSWORD.search(name):
            plain.setlist(name, [visible(str(value)) for value in values])
    plain._mutable = False
    return plain


class RefuseImpossible:
    """Answer 400 to an address that asks for what cannot be: anything can be typed behind a question mark (D-84).

    The admin's lists turn parameters into queries. What a database cannot hold or compare (a number of 25 digits, the
    first day of all with a time zone, half an IP address) is found out only there, by an error that differs from
    database to database. Patterns are not taken at all: a bad one would look like a failing database, a slow one is
    one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as without it."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Refuse, by BadRequest, a NUL, and in the admin's lists a comparison that nobody's link makes."""
        if NUL in request.path or any(NUL in text for text in _texts(request.GET)):
            raise BadRequest("a NUL in the address")
        if _is_list(request) and any(UNUSED_LOOKUP.search(name) for name in request.GET):
            raise BadRequest("a comparison that no link makes")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Return the page of 400 where what is in the address is no value; leave all other errors alone."""
        impossible = (*IMPOSSIBLE, ValueError) if _is_list(request) else IMPOSSIBLE
        if request.method not in ("GET", "HEAD") or not isinstance(exception, impossible):
            return None
        refused.warning("%s: %s", request.path, type(exception).__name__)
        return bad_request(request, exception)


def _is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.app_name == "admin" and str(match.url_name).endswith("_changelist")


def _texts(data: QueryDict) -> Iterator[str]:
    for name, values in data.lists():
        yield from (name, *map(str, values))

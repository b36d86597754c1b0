"""What the site does with every request: log it, find the visitor's address, switch browser features off; and tell caches that words differ."""

import logging
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]
access = logging.getLogger("webinar_site.access")

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


def read_client_address(get_response: GetResponse) -> GetResponse:
    """Set REMOTE_ADDR to the visitor's address as the outermost of TRUSTED_PROXIES proxies saw it.

    Each proxy appends the address it was called from, so only the last TRUSTED_PROXIES entries of
    X-Forwarded-For can be believed; without a trusted proxy the header changes nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if settings.TRUSTED_PROXIES and hops:
            request.META["REMOTE_ADDR"] = hops[-settings.TRUSTED_PROXIES :][0]
        return get_response(request)

    return middleware


def limit_browser_features(get_response: GetResponse) -> GetResponse:
    """Forbid the browser features that no page uses (Permissions-Policy)."""
    policy = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Permissions-Policy", policy)
        return response

    return middleware


def vary_by_language_cookie(get_response: GetResponse) -> GetResponse:
    """Tell caches that the answer depends on the cookie; Django's LocaleMiddleware says so of Accept-Language only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware

"""What every template may use."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe


def public_url(request: HttpRequest) -> dict[str, str]:
    """Return the page's full address as `public_url`, empty for personal pages and for what is no page.

    From SITE_URL, and without the query: it is the address a page is to be found and shared under.
    """
    match = request.resolver_match
    is_public = match is not None and "token" not in match.kwargs
    return {"public_url": f"{settings.SITE_URL}{request.path}" if is_public else ""}


def site_logo(request: HttpRequest) -> dict[str, str]:
    """Return the logo's name among the static files as `site_logo`, and the drawing of our flag as `flag`.

    The flag is drawn in the page itself, which saves each visitor a request (D-85).
    """
    return {"site_logo": settings.SITE_LOGO, "flag": _flag()}


def languages(request: HttpRequest) -> dict[str, list[tuple[str, str]]]:
    """Return the languages of the site as `languages`: code, and the name each has in itself."""
    return {"languages": settings.LANGUAGES}


@cache
def _flag() -> SafeString:
    """Return the flag as a part of a page that nothing is read out for."""
    drawing = (settings.BASE_DIR / "static" / "flag.svg").read_text(encoding="utf-8")
    return mark_safe(drawing.replace("<svg ", '<svg width="54" height="36" aria-hidden="true" ', 1))  # noqa: S308

"""The statements every page links to: personal data, cookies, accessibility."""

import tomllib
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from registrations.forms import language
from registrations.models import LegalText
from registrations.views.doors import reads


@reads
def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy statement in force."""
    text = LegalText.objects.current(LegalText.Kind.PRIVACY, language())
    if text is None:
        raise Http404
    return render(request, "registrations/privacy.html", {"text": text})


@reads
def cookies(request: HttpRequest) -> HttpResponse:
    """Show which cookies the site sets, and what for: none but the necessary ones."""
    context = {
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "csrf_days": settings.CSRF_COOKIE_AGE // (24 * 3600),
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "session_days": settings.SESSION_COOKIE_AGE // (24 * 3600),
    }
    return render(request, "registrations/cookies.html", context)


@reads
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show what was checked, how and when, what was not, and where to complain."""
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return render(request, "registrations/accessibility.html", {"results": _results(), "contact": contact})


@cache
def _results() -> dict[str, Any]:
    """Return what the browser tests checked last; they write this file, and fail where it says anything else."""
    path = Path(apps.get_app_config("registrations").path) / "data" / "accessibility.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

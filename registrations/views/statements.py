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
from django.utils.translation import gettext_lazy as _

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
        "language_cookie": settings.LANGUAGE_COOKIE_NAME,
        "language_days": settings.LANGUAGE_COOKIE_AGE // (24 * 3600),
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "session_days": settings.SESSION_COOKIE_AGE // (24 * 3600),
    }
    return render(request, "registrations/cookies.html", context)


# What the browser tests call the windows and pages they check.
WINDOWS = {"desktop, light": _("desktop, light"), "phone, dark": _("phone, dark")}
PAGES = {
    "webinar": _("the webinar"),
    "agenda": _("the agenda"),
    "form": _("the registration form"),
    "registered": _("the answer to the form"),
    "get links": _("get your links"),
    "confirm": _("confirming an address"),
    "my registration": _("my registration"),
    "edit": _("changing the answers"),
    "withdraw": _("withdrawing"),
    "my data": _("everything that is kept about a registration"),
    "join": _("joining"),
    "link that is not valid": _("a link that is not valid"),
    "page not found": _("page not found"),
    "privacy statement": _("privacy statement"),
    "cookies": _("cookies"),
    "accessibility statement": _("accessibility statement"),
    "eligibility": _("who may take part"),
    "mailbox": _("the mailbox of a trial"),
    "mail": _("a mail in it"),
}


@reads
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show what was checked, how and when, what was not, and where to complain."""
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    results = _results()
    context = {
        "results": results,
        "windows": [WINDOWS.get(name, name) for name in results["windows"]],
        "pages": [PAGES.get(name, name) for name in results["pages"]],
        "contact": contact,
    }
    return render(request, "registrations/accessibility.html", context)


@cache
def _results() -> dict[str, Any]:
    """Return what the browser tests checked last; they write this file, and fail where it says anything else."""
    path = Path(apps.get_app_config("registrations").path) / "data" / "accessibility.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

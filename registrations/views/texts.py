"""The statements every page links to: personal data, cookies, accessibility."""

import tomllib
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from registrations import services
from registrations.domains import ascii_address
from registrations.forms import language
from registrations.models import LegalText
from registrations.views.access import reads

LARGEST_VERSION = 2**31 - 1  # what the column takes


@reads
def show_privacy_statement(request: HttpRequest) -> HttpResponse:
    """Show the privacy statement in force, and how long data are kept on this site."""
    text = LegalText.objects.current(LegalText.Kind.PRIVACY, language())
    if text is None:
        raise Http404
    return _show_text(request, text)


@reads
def show_legal_text(request: HttpRequest, kind: str, language: str, version: int) -> HttpResponse:
    """Show one version of a text, as people saw it."""
    return _show_text(request, _find_text(kind, language, version))


@reads
def legal_text_file(request: HttpRequest, kind: str, language: str, version: int) -> HttpResponse:
    """Give one version of a text byte for byte: the file has the SHA-256 that was kept with it."""
    text = _find_text(kind, language, version)
    name = f"{text.kind}-{text.language}-{text.version}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.body.encode(), content_type="text/plain; charset=utf-8", headers=headers)


def _find_text(kind: str, language: str, version: int) -> LegalText:
    if version > LARGEST_VERSION:
        raise Http404
    return get_object_or_404(LegalText, kind=kind, language=language, version=version)


def _show_text(request: HttpRequest, text: LegalText) -> HttpResponse:
    """Show a text with its version, date and hash, and every other version in its language."""
    versions = list(LegalText.objects.filter(kind=text.kind, language=text.language).defer("body"))
    context: dict[str, Any] = {"text": text, "versions": versions, "newest": versions[0]}
    if text.kind == LegalText.Kind.PRIVACY and text.version == versions[0].version:
        periods = services.privacy.retention()
        context["retention"] = [
            (category.label, periods[name]) for name, category in services.privacy.CATEGORIES.items()
        ]
    return render(request, "registrations/texts/legal_text.html", context)


@reads
def show_cookies(request: HttpRequest) -> HttpResponse:
    """Show which cookies the site sets, and what for: none but the necessary ones."""
    context = {
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "csrf_days": settings.CSRF_COOKIE_AGE // (24 * 3600),
        "language_cookie": settings.LANGUAGE_COOKIE_NAME,
        "language_days": settings.LANGUAGE_COOKIE_AGE // (24 * 3600),
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "session_days": settings.SESSION_COOKIE_AGE // (24 * 3600),
    }
    return render(request, "registrations/texts/cookies.html", context)


# What the browser tests call the windows and pages they check.
WINDOWS = {"desktop, light": _("desktop, light"), "phone, dark": _("phone, dark")}
PAGE_NAMES = {
    "webinar": _("the webinar"),
    "agenda": _("the agenda"),
    "form": _("the registration form"),
    "registered": _("the answer to the form"),
    "get links": _("get your links"),
    "confirm": _("confirming an address"),
    "my registration": _("my registration"),
    "edit": _("changing the answers"),
    "withdraw": _("withdrawing"),
    "erase my data": _("erasing all data of a registration"),
    "consents": _("what people can agree to"),
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
def show_accessibility(request: HttpRequest) -> HttpResponse:
    """Show what was checked, how and when, what was not, and where to complain."""
    contact = ascii_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    results = _results()
    context = {
        "results": results,
        "windows": [WINDOWS.get(name, name) for name in results["windows"]],
        "pages": [PAGE_NAMES.get(name, name) for name in results["pages"]],
        "contact": contact,
    }
    return render(request, "registrations/texts/accessibility.html", context)


@cache
def _results() -> dict[str, Any]:
    """Return what the browser tests checked last; they write this file, and fail where it says anything else."""
    path = Path(apps.get_app_config("registrations").path) / "data" / "accessibility.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

"""What staff filled in and sent while signed out, or after signing in again: it waits in the page only (D-72)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

PREFIX = "sign-in"
NEVER_KEPT = {"login", "logout", "password_change", "auth_user_add", "auth_user_password_change"}  # passwords


def may_be_kept(request: HttpRequest) -> bool:
    """Return whether what was sent to this page of the admin may go into hidden fields of another."""
    match = request.resolver_match
    return match is not None and match.app_name == "admin" and match.url_name not in NEVER_KEPT


@sensitive_post_parameters()
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Return a page that signs in whoever sent a form while signed out, then one that sends the form with a button.

    All that was filled in is in hidden fields of both; a file cannot. The caller has checked that the form comes from a
    page of ours (CSRF), and that nobody of the staff is signed in.
    """
    form = AdminAuthenticationForm(request, request.POST if _is_signing_in(request) else None, prefix=PREFIX)
    signed_in = form.is_valid()
    if signed_in:
        login(request, form.get_user())
    title = _("Signed in again") if signed_in else _("You were signed out")
    return _keep(request, title, form, is_signed_in=signed_in)


@sensitive_post_parameters()
def send_again(request: HttpRequest) -> HttpResponse:
    """Return a page that sends a form again whose token is that of a session before; nothing is done, nobody signed in.

    The caller has checked that the form comes from a page of ours (`comes_from_here`). The button must be pressed by
    whoever is signed in now, and carries a token of their own.
    """
    signed_in = admin.site.has_permission(request)
    title = _("You signed in again in another window") if signed_in else _("You were signed out")
    form = AdminAuthenticationForm(request, prefix=PREFIX)
    return _keep(request, title, form, is_signed_in=signed_in, status=403)


def comes_from_here(request: HttpRequest) -> bool:
    """Return whether the browser says that a form came from a page of this site; silence is not believed."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    said = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    return said in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _keep(
    request: HttpRequest, title: str, form: AdminAuthenticationForm, *, is_signed_in: bool, status: int = 200
) -> HttpResponse:
    page = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "signed_in": is_signed_in,
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-")
        ],
        "has_file": bool(request.FILES),
    }
    return TemplateResponse(request, "admin/sign_in_again.html", page, status=status)


def _is_signing_in(request: HttpRequest) -> bool:
    return f"{PREFIX}-username" in request.POST

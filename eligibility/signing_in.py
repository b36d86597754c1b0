"""What happens to what staff filled in when they were signed out meanwhile: it waits in the page, nowhere else."""

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

PREFIX = "sign-in"


@sensitive_post_parameters()
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Return a page that signs in whoever sent a form while signed out, then one that sends the form with a button.

    All that was filled in stands in hidden fields of both; a file cannot. The caller has checked that the form comes
    from a page of ours (CSRF), and that nobody of the staff is signed in.
    """
    form = AdminAuthenticationForm(request, request.POST if _is_signing_in(request) else None, prefix=PREFIX)
    signed_in = form.is_valid()
    if signed_in:
        login(request, form.get_user())
    page = {
        **admin.site.each_context(request),
        "title": _("Signed in again") if signed_in else _("You were signed out"),
        "form": form,
        "signed_in": signed_in,
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-")
        ],
        "has_file": bool(request.FILES),
    }
    return TemplateResponse(request, "admin/sign_in_again.html", page)


def _is_signing_in(request: HttpRequest) -> bool:
    return f"{PREFIX}-username" in request.POST

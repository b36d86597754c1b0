"""What every view goes through: allowed methods, personal pages, refusals put on a form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms import RegistrationForm
from registrations.models import Registration, Webinar
from webinar_site.foundation import stale_pages

PublicView = Callable[..., HttpResponseBase]

UNPROCESSABLE = 422
RECENT_WEBINARS = 5


def allow(*methods: str) -> Callable[[PublicView], PublicView]:
    """Answer other methods than these with 405 and a page that says so."""

    def decorate(view: PublicView) -> PublicView:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                return view(request, *args, **kwargs)
            return HttpResponseNotAllowed(methods, render_to_string("405.html", request=request))

        return checked

    return decorate


reads = allow("GET", "HEAD")
acts = allow("GET", "HEAD", "POST")


def personal(view: PublicView) -> PublicView:
    """Keep a page that somebody reaches by their own link out of caches and search engines.

    A link that is not valid gets a page that says how to get a new one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except services.errors.LinkNotValid as refusal:
            response = _link_not_valid(request, refusal)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def one_at_a_time(view: PublicView) -> PublicView:
    """Let a POST of somebody's own page hold all their requests for the webinar: of two windows one comes first."""

    @wraps(view)
    def held(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, token, **kwargs)
        with transaction.atomic():
            own = Registration.objects.filter(manage_token=token)
            of_address = Registration.objects.filter(
                webinar__in=own.values("webinar"), email_key__in=own.values("email_key")
            )
            list(of_address.order_by("pk").select_for_update(no_key=True).values_list("pk"))
            return view(request, token, **kwargs)

    return held


def is_page_stale(
    request: HttpRequest, shown: stale_pages.Picture, form: forms.BaseForm | None = None
) -> bool:
    """Return whether a sent page shows what is no longer so, and say so, in the form if there is one."""
    if request.method != "POST" or not shown.why_not(request.POST.get(stale_pages.SEEN, "")):
        return False
    words = _(
        "Your registration was changed in another window or by our staff while this page was open, so nothing was done. "
        "This is how it stands now: look at it, then send this page again."
    )
    if form is None:
        messages.warning(request, words)
    else:
        form.add_error(None, words)
    return True


def _link_not_valid(request: HttpRequest, refusal: services.errors.LinkNotValid) -> HttpResponse:
    context = {"message": str(refusal), "webinars": Webinar.objects.all()[:RECENT_WEBINARS]}
    return render(request, "registrations/people/link_not_valid.html", context, status=404)


def attempt(form: RegistrationForm, act: Callable[[services.people.Submission], object]) -> bool:
    """Carry out what a valid form asks for; where the service refuses, put its reasons on the form."""
    if not form.is_valid():
        return False
    try:
        act(form.submission())
    except services.errors.NotEligible as refusal:
        form.refuse(refusal.verdicts)
    except services.errors.TextChanged as refusal:
        form.show_again(refusal)
    except services.errors.UnknownSession as refusal:
        form.add_error("sessions", str(refusal))
    except services.errors.Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors

"""What every view goes through: allowed methods, personal pages, refusals put on a form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from registrations import services
from registrations.forms import RegistrationForm
from registrations.models import Webinar

View = Callable[..., HttpResponseBase]

UNPROCESSABLE = 422
RECENT_WEBINARS = 5


def allow(*methods: str) -> Callable[[View], View]:
    """Answer other methods than these with 405 and a page that says so."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                return view(request, *args, **kwargs)
            return HttpResponseNotAllowed(methods, render_to_string("405.html", request=request))

        return checked

    return decorate


reads = allow("GET", "HEAD")
acts = allow("GET", "HEAD", "POST")


def personal(view: View) -> View:
    """Keep a page that somebody reaches by their own link out of caches and search engines.

    A link that is not valid gets a page that says how to get a new one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except services.LinkNotValid as refusal:
            response = _link_not_valid(request, refusal)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def _link_not_valid(request: HttpRequest, refusal: services.LinkNotValid) -> HttpResponse:
    context = {"message": str(refusal), "webinars": Webinar.objects.all()[:RECENT_WEBINARS]}
    return render(request, "registrations/link_not_valid.html", context, status=404)


def attempt(form: RegistrationForm, act: Callable[[services.Submission], object]) -> bool:
    """Carry out what a valid form asks for; where the service refuses, put its reasons on the form."""
    if not form.is_valid():
        return False
    try:
        act(form.submission())
    except services.NotEligible as refusal:
        form.refuse(refusal.verdicts)
    except services.TextChanged as refusal:
        form.show_again(refusal)
    except services.UnknownSession as refusal:
        form.add_error("sessions", str(refusal))
    except services.Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors

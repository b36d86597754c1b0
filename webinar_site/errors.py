"""Which page answers when a request cannot be read, and when the site itself fails."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import csrf

from webinar_site.foundation.database_faults import is_out_of_reach
from webinar_site.foundation.desk import kept_forms

RETRY_AFTER = "60"  # seconds


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 413 to a form that is too large, 400 to what cannot be read."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without the right token; one of the desk, from a page of ours, is kept to be sent again."""
    if kept_forms.may_be_kept(request) and kept_forms.comes_from_here(request):
        return kept_forms.send_again(request)
    return csrf.csrf_failure(request, reason=reason)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is out of reach or read-only, else 500; both pages need no database, no request."""
    if is_out_of_reach(sys.exc_info()[1]):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(render_to_string("500.html"), status=500)

"""What the site keeps about somebody, for themselves: to read, and as a file."""

import json

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from eligibility import countries
from registrations import services
from registrations.views.access import personal, reads
from registrations.views.people.my_registration import find_registration


@personal
@reads
def own_data(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show somebody everything that is kept about their registration, with sections for what there can be many of."""
    registration = find_registration(token)
    data = services.privacy.own_data_in_words(registration)
    sections = {label: inner for label, inner in data.items() if isinstance(inner, dict | list)}
    context = {
        "registration": registration,
        "answers": {label: value for label, value in data.items() if label not in sections},
        "sections": sections,
        "footnotes": countries.footnotes([registration.country]),
    }
    return render(request, "registrations/privacy/own_data.html", context)


@personal
@reads
def own_data_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give somebody the same as a JSON file, which programs read."""
    registration = find_registration(token)
    body = json.dumps(services.privacy.own_data(registration), ensure_ascii=False, indent=2)
    filename = f"registration-{registration.reference}.json"
    return HttpResponse(
        body,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )

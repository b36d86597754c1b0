"""Pages for everybody: the rule and lists in force on a day, one country's verdict, and the same as data."""

import hashlib
from datetime import date
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from eligibility import countries, register, rules
from eligibility.explain import sentences_html
from eligibility.models import Publication
from eligibility.views.overview import as_data, overview
from eligibility.views.tilemap import tile_map
from webinar_site.foundation import days


@require_safe
def show_eligibility(request: HttpRequest) -> HttpResponse:
    """Show the rule and the lists in force on a day (`?on=`, default today), their sources and their history."""
    try:
        on = _asked_day(request)
    except days.NotADay:
        return _no_such_day(request)
    context = {"on": on, "day": _written_day(register.newest(), on, get_language())}
    return render(request, "eligibility/index.html", context)


@lru_cache(maxsize=32)
def _written_day(stamp: register.PublicationStamp, on: date, _language: str | None) -> SafeString:
    """Return what the page says about a day, the same for everybody who reads this language; so it is written once."""
    published = register.as_of(stamp)
    shown = overview(published, on)
    context = {
        "on": on,
        "shown": shown,
        "map": tile_map(shown.countries),
        "footnotes": countries.footnotes(countries.CODES),
        "register": published,
        "publications": Publication.objects.prefetch_related("listeditions", "ruleversions"),
    }
    return render_to_string("eligibility/day.html", context)


@require_safe
def show_country(request: HttpRequest, code: str) -> HttpResponse:
    """Explain one country's verdict on a day; other spellings of its code lead to the ISO one."""
    try:
        known = countries.normalise(code)
    except rules.UnknownCountry as error:
        raise Http404(_("No country has this code.")) from error
    if known != code:
        address = reverse("eligibility:country", args=[known], query=request.GET)
        return redirect(address, permanent=True)
    try:
        on = _asked_day(request)
    except days.NotADay:
        return _no_such_day(request)
    verdict = rules.assess(known, on, register.current())
    context = {
        "on": on,
        "verdict": verdict,
        "sentences": sentences_html(verdict),
        "footnotes": countries.footnotes([known]),
    }
    return render(request, "eligibility/country.html", context)


@require_safe
def eligibility_data(request: HttpRequest) -> HttpResponse:
    """Return what holds on a day as JSON, with an ETag; 304 to whoever has just that already."""
    try:
        on = _asked_day(request)
    except days.NotADay:
        return JsonResponse({"error": _("Write the day as YYYY-MM-DD.")}, status=400)
    response = JsonResponse(
        as_data(overview(register.current(), on)), json_dumps_params={"ensure_ascii": False}
    )
    etag = quote_etag(hashlib.sha256(response.content).hexdigest())
    response.headers["ETag"] = etag
    patch_cache_control(response, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response


def _asked_day(request: HttpRequest) -> date:
    written = request.GET.get("on", "").strip()
    return days.parse_day(written) if written else days.today()


def _no_such_day(request: HttpRequest) -> HttpResponse:
    return render(request, "eligibility/no_such_day.html", {"written": request.GET["on"]}, status=400)

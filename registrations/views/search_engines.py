"""What search engines ask for: which pages there are, and which are not for them."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from registrations import links
from registrations.models import Webinar
from registrations.views.access import reads

LISTED = 1000
STATEMENTS = ("privacy", "cookies", "accessibility")


@reads
def robots(request: HttpRequest) -> HttpResponseBase:
    """Keep search engines out of the staff's desk; personal pages say so themselves, which they must be read for."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /mailbox/", f"Sitemap: {links.page('sitemap')}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@reads
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the public pages (sitemaps.org, protocol 0.9)."""
    slugs = Webinar.objects.values_list("slug", flat=True)[:LISTED]
    addresses = [
        links.page("home"),
        *(links.page(name, slug) for slug in slugs for name in ("webinar", "agenda", "register")),
        links.page("eligibility"),
        *map(links.page, STATEMENTS),
    ]
    context = {"addresses": addresses}
    return render(request, "registrations/sitemap.xml", context, content_type="application/xml")

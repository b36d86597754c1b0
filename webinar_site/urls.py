"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from webinar_site import health

handler400 = "webinar_site.errors.bad_request"
handler500 = "webinar_site.errors.server_error"

urlpatterns = [
    path("", include("registrations.urls")),
    path("", include("eligibility.urls")),
    path("admin/", admin.site.urls),
    # Without a CSRF check: it changes words only, and a token would set a cookie with every page.
    path("i18n/", csrf_exempt(set_language), name="set_language"),
    path("mailbox/", include("webinar_site.mailbox")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]

"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from registrations.views.languages import choose_language
from webinar_site import health

handler400 = "webinar_site.errors.bad_request"
handler500 = "webinar_site.errors.server_error"

urlpatterns = [
    path("", include("registrations.urls")),
    path("", include("eligibility.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", choose_language, name="set_language"),
    path("mailbox/", include("webinar_site.mailbox")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]

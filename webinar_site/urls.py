"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from webinar_site import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("mailbox/", include("webinar_site.mailbox")),
    path("", include("eligibility.urls")),
    path("", include("registrations.urls")),
]

"""Addresses of the eligibility pages; included at the root of the site."""

from django.urls import path

from eligibility.views import pages

app_name = "eligibility"

urlpatterns = [
    path("eligibility.json", pages.data, name="data"),
    path("eligibility/", pages.index, name="index"),
    path("eligibility/<str:code>/", pages.country, name="country"),
]

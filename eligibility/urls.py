"""Addresses of the eligibility pages; included at the root of the site."""

from django.urls import path

from eligibility.views import pages

app_name = "eligibility"

urlpatterns = [
    path("eligibility.json", pages.eligibility_data, name="data"),
    path("eligibility/", pages.show_eligibility, name="index"),
    path("eligibility/<str:code>/", pages.show_country, name="country"),
]

"""Addresses of the eligibility pages; included at the root of the site."""

from django.urls import path

from eligibility import views

app_name = "eligibility"

urlpatterns = [
    path("eligibility.json", views.data, name="data"),
    path("eligibility/", views.index, name="index"),
    path("eligibility/<str:code>/", views.country, name="country"),
]

"""Addresses of the public pages; mails and calendars hold them, so they stay as they are."""

from django.urls import path

from registrations.models import LegalText
from registrations.views import contests, search_engines, texts, webinars
from registrations.views.people import addresses, consents, my_registration, registration
from registrations.views.privacy import disclosure, erasure
from registrations.views.sessions import calendars, joining

app_name = "registrations"
urlpatterns = [
    path("", webinars.home, name="home"),
    path(
        "eligibility/", webinars.show_eligibility_of_webinar, name="eligibility"
    ),  # before the eligibility pages: chooses the day, shows their page
    path("privacy/", texts.show_privacy_statement, name="privacy"),
    *(
        path(f"{kind}/<str:language>/<int:version>{end}", view, {"kind": kind}, name=name)
        for kind in LegalText.Kind.values
        for end, view, name in (
            ("/", texts.show_legal_text, "legal_text"),
            (".txt", texts.legal_text_file, "legal_text_file"),
        )
    ),
    path("cookies/", texts.show_cookies, name="cookies"),
    path("accessibility/", texts.show_accessibility, name="accessibility"),
    path("robots.txt", search_engines.robots, name="robots"),
    path("sitemap.xml", search_engines.sitemap, name="sitemap"),
    path("webinars/<slug:slug>/", webinars.show_webinar, name="webinar"),
    path("webinars/<slug:slug>/agenda/", webinars.show_agenda, name="agenda"),
    path("webinars/<slug:slug>/calendar.ics", calendars.calendar_feed, name="feed"),
    path("webinars/<slug:slug>/sessions/<int:number>.ics", calendars.session_ics, name="session_ics"),
    path("webinars/<slug:slug>/register/", registration.register, name="register"),
    path("webinars/<slug:slug>/register/done/", registration.registered, name="registered"),
    path("webinars/<slug:slug>/my-link/", registration.my_link, name="my_link"),
    path("confirm/<slug:token>/", registration.confirm, name="confirm"),
    path("r/<slug:token>/", my_registration.manage, name="manage"),
    path("r/<slug:token>/edit/", my_registration.edit, name="edit"),
    path("r/<slug:token>/data/", disclosure.own_data, name="own_data"),
    path("r/<slug:token>/data.json", disclosure.own_data_file, name="own_data_file"),
    path("r/<slug:token>/withdraw/", my_registration.withdraw, name="withdraw"),
    path("r/<slug:token>/consents/", consents.set_consent, name="consents"),
    path("r/<slug:token>/erase/", erasure.erase, name="erase"),
    path("r/<slug:token>/address/", addresses.change_address, name="address"),
    path("r/<slug:token>/contest/<int:number>/", contests.contest_result, name="contest"),
    path("r/<slug:token>/sessions/<int:number>.ics", calendars.manage_ics, name="manage_ics"),
    path("join/<slug:token>/", joining.join, name="join"),
]

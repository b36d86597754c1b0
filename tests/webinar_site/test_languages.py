"""Which language a page speaks, and how a visitor chooses another."""

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.catalogues import LANGUAGES
from tests.registrations.factories import make_registration, make_session, make_webinar

pytestmark = pytest.mark.django_db

PAGE = "/privacy/"
ALL = [code for code, _name in settings.LANGUAGES]


def language_of(response):
    """Return the language a page says it is in, and the one its switch marks."""
    lang = re.search(r'<html lang="([\w-]+)"', response.text)[1]
    marked = re.findall(r'value="([\w-]+)" lang="\1" aria-current="true"', response.text)
    assert response.headers["Content-Language"] == lang
    return lang, marked


@pytest.fixture(autouse=True)
def _something_to_show():
    make_webinar()


@pytest.mark.parametrize("language", ALL)
def test_page_speaks_the_language_the_browser_asks_for(client, language):
    response = client.get(
        "/cookies/", headers={"Accept-Language": f"{language}-XX,{language};q=0.9,en;q=0.1"}
    )

    assert language_of(response) == (language, [language])


@pytest.mark.parametrize("asked", ["xx", "", "*", "en-US", "../../etc"], ids=repr)
def test_page_speaks_english_where_no_language_of_the_site_is_asked_for(client, asked):
    assert language_of(client.get("/cookies/", headers={"Accept-Language": asked})) == ("en", ["en"])


@pytest.mark.parametrize("language", ALL)
def test_choice_goes_before_what_the_browser_asks_for_and_comes_back_to_the_same_page(language):
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "fr"})
    address = "/eligibility/?on=2020-04-28"

    response = client.post("/i18n/", {"language": language, "next": address})

    assert (response.status_code, response.headers["Location"]) == (302, address)
    assert language_of(client.get(address)) == (language, [language])


def test_choice_is_kept_in_a_cookie_that_no_script_and_no_other_site_reads(client):
    response = client.post("/i18n/", {"language": "fr", "next": "/"})

    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("fr", True, "Lax")
    assert cookie["max-age"] == settings.LANGUAGE_COOKIE_AGE


def test_nobody_gets_a_cookie_who_chooses_nothing(client):
    assert not client.get("/cookies/", headers={"Accept-Language": "fr"}).cookies


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_choice_leads_to_no_other_site(client, elsewhere):
    response = client.post("/i18n/", {"language": "fr", "next": elsewhere})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("language", ["xx", "", "../../etc/passwd"], ids=repr)
def test_choice_of_a_language_that_is_not_there_changes_nothing(client, language):
    response = client.post("/i18n/", {"language": language, "next": "/"})

    assert (response.status_code, dict(response.cookies)) == (302, {})


def test_choice_by_following_a_link_changes_nothing(client):
    response = client.get("/i18n/?language=fr&next=/")

    assert (response.status_code, dict(response.cookies)) == (302, {})


@pytest.mark.parametrize(
    "address", ["/nowhere/", "/r/forged/", "/admin/login/"], ids=["not found", "no such link", "staff"]
)
def test_switch_stands_on_pages_that_are_no_ordinary_page_too(client, address):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"

    response = client.get(address)

    assert language_of(response) == ("de", ["de"])
    assert f'name="next" value="{address}"' in response.text


def test_personal_page_speaks_the_visitors_language_whatever_mails_are_written_in(client):
    webinar = make_webinar()
    registration = make_registration(webinar, [make_session(webinar)], language="de")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"

    assert language_of(client.get(registration.personal_page())) == ("fr", ["fr"])


@pytest.mark.parametrize("address", ["/", "/eligibility.json", "/webinars/clusters/calendar.ics"])
def test_caches_are_told_that_words_differ_by_language(client, address):
    assert set(client.get(address).headers["Vary"].split(", ")) >= {"Cookie", "Accept-Language"}


def test_data_has_an_etag_for_each_language(client):
    tags = {
        client.get("/eligibility.json?on=2020-04-28", headers={"Accept-Language": code}).headers["ETag"]
        for code in ALL
    }

    assert len(tags) == len(ALL)


def test_text_without_a_translation_is_shown_in_english_and_marked_so(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = LANGUAGES[0]

    response = client.get(PAGE)

    assert '<div lang="en">' in response.text

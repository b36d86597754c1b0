import hashlib

import pytest
from django.db.models import QuerySet

from registrations.models import LegalText
from registrations.models.legal_texts import text_digest
from registrations.views import texts

PAGES = ["/privacy/", "/cookies/", "/accessibility/"]


def test_privacy_shows_the_newest_statement(client, webinar):
    LegalText.objects.create(
        kind=LegalText.Kind.PRIVACY, language="en", version=2, body="## 1. Introduction", sha256="0" * 64
    )

    page = client.get("/privacy/").text

    assert "<h2>1. Introduction</h2>" in page
    assert "Version 2" in page


def publish(version, body, kind="privacy", language="en"):
    return LegalText.objects.create(
        kind=kind, language=language, version=version, body=body, sha256=text_digest(body)
    )


@pytest.mark.parametrize("kind", LegalText.Kind)
@pytest.mark.parametrize(
    "body", ["Ends\n", "CR LF\r\n\r\n", "  blanks \t and ümläut ﬁ \u0301", "## Heading\n\n- a\n- b"]
)
def test_every_version_is_reproduced_byte_for_byte(client, webinar, kind, body):
    text = publish(7, body, kind)
    publish(8, "Newer.", kind)

    response = client.get(f"/{kind}/en/7.txt")

    assert response.content == body.encode()
    assert hashlib.sha256(response.content).hexdigest() == text.sha256
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{kind}-en-7.txt"'


def test_version_shows_date_and_hash_and_the_others(client, webinar):
    text = publish(2, "## New words")

    newest, old = client.get("/privacy/").text, client.get("/privacy/en/1/").text

    assert f"<code>{text.sha256}</code>" in newest
    assert 'href="/privacy/en/2.txt"' in newest
    assert 'href="/privacy/en/1/"' in newest
    assert "earlier version" not in newest
    assert "privacy statement." in old
    assert "New words" not in old
    assert 'This is an earlier version. <a href="/privacy/en/2/">' in old.replace("</p>", "")


@pytest.mark.parametrize(
    "address",
    [
        "/privacy/en/9/",
        "/privacy/en/9.txt",
        "/privacy/fr/1/",
        "/consents/en/99999999999999999999/",
        "/cookies/en/1/",
        "/privacy/en/one/",
    ],
)
def test_version_that_was_never_published_is_not_found(client, webinar, address):
    assert client.get(address).status_code == 404


def test_newest_statement_says_how_long_data_are_kept_here(client, webinar, settings):
    settings.RETENTION = settings.RETENTION | {"questions": (30, "a record <b>")}
    publish(2, "New words")

    page, old, consents = (
        client.get(f"/{name}/").text for name in ("privacy", "privacy/en/1", "consents/en/1")
    )

    assert "<dt>Questions for the discussion</dt>\n          <dd>30 days (a record &lt;b&gt;)</dd>" in page
    assert page.count("not established: kept until somebody asks for erasure") == 4
    assert "How long this site keeps data" not in old + consents


@pytest.mark.parametrize("count", [1, 3])
def test_versions_take_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    for number in range(count):
        publish(number + 2, f"{number}.")

    with django_assert_num_queries(2):
        client.get("/privacy/")


def test_privacy_without_a_statement_is_not_found(client, db):
    QuerySet(LegalText)._raw_delete("default")

    assert client.get("/privacy/").status_code == 404


def test_cookies_names_every_cookie_the_site_sets(client, session, registration):
    page = client.get("/cookies/").text
    client.get("/webinars/clusters/register/")
    client.post(f"{registration.personal_page()}withdraw/")

    client.post("/i18n/", {"language": "fr"})

    assert set(client.cookies) == {"csrftoken", "messages", "django_language"}
    for name in (*client.cookies, "sessionid"):
        assert f"<code>{name}</code>" in page
    assert "Kept for 364 days." in page


def test_accessibility_says_what_was_checked_and_what_was_not(client, db):
    page = client.get("/accessibility/").text

    assert "axe-core" in page
    assert "<li>my registration</li>" in page
    assert "desktop, light; phone, dark" in page
    assert "no expert from outside has checked it" in page
    assert "https://www.ombudsman.europa.eu/" in page
    assert 'href="mailto:webinars@localhost.localdomain"' in page


def test_accessibility_names_in_every_language_what_the_browser_tests_check():
    results = texts._results()

    assert (list(texts.WINDOWS), set(texts.PAGE_NAMES)) == (results["windows"], set(results["pages"]))


def test_accessibility_names_the_pages_in_the_readers_language(client, db):
    page = client.get("/accessibility/", headers={"Accept-Language": "de"}).text

    assert "<li>meine Anmeldung</li>" in page
    assert "Desktop, hell; Telefon, dunkel" in page


@pytest.mark.parametrize("address", PAGES)
def test_every_page_links_to_the_statements(client, webinar, address):
    home = client.get("/webinars/clusters/").text

    assert f'<a href="{address}">' in home
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_statement_takes_no_other_method(client, webinar, address, method):
    assert getattr(client, method)(address).status_code == 405

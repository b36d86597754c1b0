import pytest

from registrations.models import LegalText
from registrations.views import statements

PAGES = ["/privacy/", "/cookies/", "/accessibility/"]


def test_privacy_shows_the_newest_statement(client, webinar):
    LegalText.objects.create(
        kind=LegalText.Kind.PRIVACY, language="en", version=2, body="## 1. Introduction", sha256="0" * 64
    )

    page = client.get("/privacy/").text

    assert "<h2>1. Introduction</h2>" in page
    assert "Version 2" in page


def test_privacy_without_a_statement_is_not_found(client, db):
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
    results = statements._results()

    assert (list(statements.WINDOWS), set(statements.PAGES)) == (results["windows"], set(results["pages"]))


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

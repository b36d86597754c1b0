import re

import pytest

from tests.registrations.factories import make_webinar

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings):
    settings.SITE_URL = "https://webinars.example.eu"


def test_robots_keeps_the_desk_out_and_names_the_map(client):
    response = client.get("/robots.txt", headers={"host": "127.0.0.1"})

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /mailbox/\n"
        "Sitemap: https://webinars.example.eu/sitemap.xml\n"
    )


def test_sitemap_lists_the_public_pages_that_answer(client, session):
    response = client.get("/sitemap.xml")

    assert response.headers["Content-Type"] == "application/xml"
    paths = re.findall("<loc>https://webinars.example.eu(/[^<]*)</loc>", response.text)
    assert response.text.count("<loc>") == len(paths)
    assert paths == [
        "/",
        "/webinars/clusters/",
        "/webinars/clusters/agenda/",
        "/webinars/clusters/register/",
        "/eligibility/",
        "/privacy/",
        "/cookies/",
        "/accessibility/",
    ]
    assert {client.get(path, follow=True).status_code for path in paths} == {200}


@pytest.mark.parametrize("count", [1, 3])
def test_sitemap_takes_one_query(client, webinar, django_assert_num_queries, count):
    for _number in range(count):
        make_webinar()

    with django_assert_num_queries(1):
        client.get("/sitemap.xml")


def test_public_page_names_its_address_and_what_it_is_about(client, webinar, session):
    page = client.get("/webinars/clusters/", {"utm": "x"}, headers={"host": "localhost"}).text

    assert '<link rel="canonical" href="https://webinars.example.eu/webinars/clusters/">' in page
    assert '<meta property="og:url" content="https://webinars.example.eu/webinars/clusters/">' in page
    assert '<meta property="og:title" content="Clusters respond">' in page
    when = "Tuesday 28 April 2020, 10:30 to 12:30 (Brussels time, CEST, UTC+2)"
    description = f"Clusters respond. Session 1: {when}. DG GROW."
    assert f'<meta name="description" property="og:description" content="{description}">' in page


@pytest.mark.parametrize("address", ["/r/{}/", "/r/{}/edit/", "/r/forged/", "/confirm/forged/", "/nowhere/"])
def test_personal_page_is_not_offered_for_finding_or_sharing(client, registration, address):
    page = client.get(address.format(registration.manage_token)).text

    assert "canonical" not in page
    assert "og:" not in page

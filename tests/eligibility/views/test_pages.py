"""The public pages and the data."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from eligibility.services.drafts import draft_edition
from eligibility.services.publications import publish
from tests.eligibility.factories import edition, member_of_staff

pytestmark = pytest.mark.django_db

PAGES = ["/eligibility/?on=2020-04-28", "/eligibility/RS/?on=2020-04-28", "/eligibility.json?on=2020-04-28"]


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (
            "2020-04-28",
            ["INV-CORR", "May take part (70)", "May not take part (166)", "A person decides (14)", "EU-27"],
        ),
        ("2020-04-26", ["INV-ORIG", "A person decides (250)", "is not documented"]),
        (
            "2021-01-01",
            ["INV-CORR", "A person decides (250)", "No edition of this list is in force on this day"],
        ),
        ("0001-01-01", ["INV-ORIG", "A person decides (250)", "1 January 0001"]),
        ("9999-12-31", ["INV-CORR", "A person decides (250)", "31 December 9999"]),
    ],
)
def test_index_shows_what_holds_on_a_day(seeded, client, on, expected):
    response = client.get("/eligibility/", {"on": on})

    assert response.status_code == 200
    assert [words for words in expected if words not in text_of(response)] == []


def test_index_draws_a_tile_a_country_and_says_the_same_in_a_table(seeded, client):
    page = text_of(client.get("/eligibility/?on=2020-04-28"))

    assert (page.count('<g class="tile '), page.count('<g class="tile tile-eligible"')) == (250, 70)
    assert (page.count("<td>✓ may take part</td>"), page.count("<td>✕ may not take part</td>")) == (70, 166)
    assert '<td>EL</td><th scope="row">Greece</th><td>✓ may take part</td>' in page
    assert "concerning the delimitation of its frontiers or boundaries." in page


def test_index_shows_sources_gaps_and_footnotes(seeded, client):
    page = text_of(client.get("/eligibility/?on=2020-04-28"))

    expected = [
        "Invitation to the webinars",
        "date not established",
        "not established",
        "UNSCR 1244/1999",
        "shall not be construed as recognition",
        "Often taken to be on this list, but not on it",
        "The text of the corrigendum is not held",
        "EU-28",
        "TERRITORIES-2014",
    ]
    assert [words for words in expected if words not in page] == []


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        (datetime(2020, 4, 26, 21, 59, 59, tzinfo=UTC), "INV-ORIG"),
        (datetime(2020, 4, 26, 22, 0, 0, tzinfo=UTC), "INV-CORR"),
    ],
    ids=["last second before", "first second in Brussels"],
)
def test_index_shows_today_in_brussels_by_default(seeded, client, now, rule):
    with time_machine.travel(now, tick=False):
        page = text_of(client.get("/eligibility/"))

    assert f"<dd>{rule}, " in page


def test_index_opens_before_anything_is_published(no_lists, client):
    page = text_of(client.get("/eligibility/?on=2020-04-28"))

    assert "No rule is in force on this day" in page


def publish_news():
    """Make one more list official, by ann and bob."""
    draft = draft_edition(edition("NEWS", "FR", list_key="NEWS"))
    by, confirmed_by = member_of_staff("ann"), member_of_staff("bob")
    publish(editions=[draft.pk], rules=[], by=by, confirmed_by=confirmed_by, note="Fresh")


def test_index_names_no_member_of_staff(seeded, client):
    publish_news()

    page = text_of(client.get("/eligibility/?on=2020-04-28"))

    assert "Fresh" in page
    assert ("ann<" in page, "bob" in page) == (False, False)


def test_index_shows_at_once_what_is_published(seeded, client):
    before = text_of(client.get("/eligibility/?on=2020-04-28"))

    publish_news()

    after = text_of(client.get("/eligibility/?on=2020-04-28"))
    assert ("Fresh" in before, "Fresh" in after) == (False, True)


@pytest.mark.parametrize("address", PAGES, ids=["index", "country", "data"])
def test_pages_take_one_query_when_warm(seeded, client, address, django_assert_num_queries):
    client.get(address)

    with django_assert_num_queries(1):
        client.get(address)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("RS", ["Serbia (RS)", "may take part", "COSME-3C-2018", "Sources differ on the signature"]),
        ("GR", ["Greece (EL)", "may take part", "EU-27"]),
        ("XK", ["Kosovo*", "UNSCR 1244/1999"]),
        ("NO", ["Norway is on none of these lists", "may not take part"]),
        ("AI", ["A person decides about Anguilla"]),
    ],
)
def test_country_explains_its_verdict(seeded, client, code, expected):
    page = text_of(client.get(f"/eligibility/{code}/?on=2020-04-28"))

    assert [words for words in expected if words not in page] == []


def test_country_links_its_sources(seeded, client):
    page = text_of(client.get("/eligibility/RS/?on=2020-04-28"))

    assert 'href="https://laweuro.com/?p=4045"' in page


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("/eligibility/EL/", "/eligibility/GR/"),
        ("/eligibility/UK/?on=2020-04-28", "/eligibility/GB/?on=2020-04-28"),
        ("/eligibility/gb/", "/eligibility/GB/"),
        ("/eligibility/Turkey/", "/eligibility/TR/"),
        ("/eligibility/XKX/", "/eligibility/XK/"),
        ("/eligibility/grc/", "/eligibility/GR/"),
    ],
)
def test_country_leads_other_spellings_to_the_iso_code(client, written, leads_to):
    response = client.get(written)

    assert (response.status_code, response.headers["Location"]) == (301, leads_to)


@pytest.mark.parametrize("code", ["", "ZZ", "Atlantis", "%20", "<b>"])
def test_country_is_not_found_where_there_is_none(client, code):
    assert client.get(f"/eligibility/{code}/").status_code == 404


@pytest.mark.parametrize("on", ["yesterday", "28/04/2020", "2020-02-30", "<script>", "2020-04-28T00:00"])
@pytest.mark.parametrize("address", ["/eligibility/", "/eligibility/RS/"])
def test_pages_say_that_there_is_no_such_day(client, address, on):
    response = client.get(address, {"on": on})

    assert response.status_code == 400
    assert "is not a day" in text_of(response)
    assert "<script>" not in response.content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_data_leaves_the_first_and_the_last_day_there_is_to_a_person(seeded, client, on):
    countries = client.get("/eligibility.json", {"on": on}).json()["countries"]

    assert (len(countries), {country["outcome"] for country in countries}) == (250, {"review"})


def test_pages_keep_the_day_that_was_typed(client):
    assert 'value="28/04/2020"' in text_of(client.get("/eligibility/", {"on": "28/04/2020"}))


def test_data_says_that_there_is_no_such_day(client):
    response = client.get("/eligibility.json?on=soon")

    assert (response.status_code, response.json()) == (400, {"error": "Write the day as YYYY-MM-DD."})


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_refuse_other_methods(client, address, method):
    assert getattr(client, method)(address).status_code == 405


def test_data_holds_rule_lists_and_every_outcome(seeded, client):
    told = client.get("/eligibility.json?on=2020-04-28").json()

    assert (told["format"], told["version"], told["on"], told["rule"]["key"]) == (
        1,
        1,
        "2020-04-28",
        "INV-CORR",
    )
    assert [(listed["list"], listed["edition"]["key"]) for listed in told["lists"]] == [
        ("EU", "EU-27"),
        ("EU-UK-TRANSITION", "EU-UK-TRANSITION-2020"),
        ("COSME-3C", "COSME-3C-2018"),
        ("ENI", "ENI-2014"),
        ("TERRITORIES", "TERRITORIES-2014"),
    ]
    assert len(told["countries"]) == 250
    assert next(country for country in told["countries"] if country["code"] == "GP") == {
        "code": "GP",
        "eu_code": "GP",
        "name": "Guadeloupe",
        "outcome": "eligible",
        "editions": ["TERRITORIES-2014", "EU-27"],
    }
    assert [footnote["code"] for footnote in told["footnotes"]] == ["XK", "PS"]


def test_data_says_which_list_has_no_edition(seeded, client):
    told = client.get("/eligibility.json?on=2021-01-01").json()

    assert {listed["list"] for listed in told["lists"] if listed["edition"] is None} == {
        "EU-UK-TRANSITION",
        "COSME-3C",
        "ENI",
    }
    assert {country["outcome"] for country in told["countries"]} == {"review"}


def test_data_answers_304_to_whoever_has_it(seeded, client):
    first = client.get("/eligibility.json?on=2020-04-28")

    again = client.get("/eligibility.json?on=2020-04-28", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"


def test_data_changes_its_etag_with_a_publication(seeded, client):
    first = client.get("/eligibility.json?on=2020-04-28")
    draft = draft_edition(edition("NEWS", "FR", list_key="NEWS"))
    publish(
        editions=[draft.pk], rules=[], by=member_of_staff("a"), confirmed_by=member_of_staff("b"), note=""
    )

    again = client.get("/eligibility.json?on=2020-04-28", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, json.loads(again.content)["version"]) == (200, 2)

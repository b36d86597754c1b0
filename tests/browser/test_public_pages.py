"""The public pages in a real browser: what Django's test client never sees."""

import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import valid_html
from tests.browser.checks import (
    DESKTOP,
    PHONE,
    WINDOWS,
    faults,
    faults_in_other_modes,
    faults_of_loading,
    faults_on_paper,
    scrolls_sideways,
    violations,
    wait_for_gate,
    watch,
)
from tests.browser.focus import changed_pixels, faults_of_focus
from tests.browser.test_mails import WRITE_ALL
from tests.catalogues import LANGUAGES
from tests.journeys.visitor import Visitor
from tests.running_site import ROOT
from webinar_site.foundation import days

pytestmark = pytest.mark.browser

RESULTS = ROOT / "registrations" / "data" / "accessibility.toml"
WEBINAR = "/webinars/covid-19-industrial-cluster-response/"
REGISTER = f"{WEBINAR}register/"
ADA = "ada@example.org"
ANSWERS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "organisation": "Analytical Cluster",
    "organisation_type": "cluster_organisation",
    "country": "XK",
    "privacy_acknowledged": "on",
}
APPROVE_ALL = """
from django.contrib.auth.models import User
from django.utils import timezone
from registrations import services
from registrations.models import Registration, Seat
from registrations.states import Move
from tests.registrations import at_sight
decision = services.decisions.Decision(move=Move.APPROVE, by=User.objects.get(username="approver"), now=timezone.now())
for registration in Registration.objects.filter(state="active"):
    seats = list(registration.seats.values_list("pk", flat=True))
    at_sight.decide_seats(registration.pk, seat_ids=seats, decision=decision)
print(Seat.objects.filter(state="approved", session__number=1).get().join_token)
"""
ERROR_PAGES = """
import json
from pathlib import Path
from django.conf import settings
from django.template.loader import render_to_string
names = [file.name for file in (Path(settings.BASE_DIR) / "templates").glob("[45]*.html")]
print(json.dumps({name: render_to_string(name) for name in names}))
"""


@pytest.fixture
def open_page(browser, site):
    """Return a function that opens a page of the site in a window of some kind; complaints fail the test at its end."""
    opened = []

    def open_page(address, **window):
        page = browser.new_context(base_url=site.base_url, **window).new_page()
        opened.append((page, watch(page, site)))
        page.goto(address)
        return page

    yield open_page
    for page, complaints in opened:
        page.context.close()
        assert complaints == []


@pytest.fixture(scope="module")
def addresses(site):
    """Register somebody, approve them, and return every public page's address by a name."""
    visitor = Visitor(site.base_url)
    sessions = re.findall(r'name="sessions" value="(\d+)"', visitor.open(REGISTER).text)
    visitor.send(REGISTER, **ANSWERS, email=ADA, sessions=sessions)
    confirm = site.wait_for_mails(1, ADA)[0].get_body(("plain",)).get_content()
    own = visitor.send(re.search(r"http\S+/confirm/\S+/", confirm)[0]).url
    visitor.send(REGISTER, **ANSWERS, email="eve@example.org", sessions=sessions)
    unconfirmed = site.wait_for_mails(1, "eve@example.org")[0].get_body(("plain",)).get_content()
    token = site.python(APPROVE_ALL).strip()
    mail_id = min(
        (site.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns
    ).stem  # the first
    return {
        "webinar": "/",
        "agenda": f"{WEBINAR}agenda/",
        "form": REGISTER,
        "registered": f"{REGISTER}done/",
        "get links": f"{WEBINAR}my-link/",
        "confirm": re.search(r"http\S+/confirm/\S+/", unconfirmed)[0],
        "my registration": own,
        "edit": f"{own}edit/",
        "withdraw": f"{own}withdraw/",
        "my data": f"{own}data/",
        "erase my data": f"{own}erase/",
        "join": f"/join/{token}/",
        "link that is not valid": "/r/forged/",
        "page not found": "/nowhere/",
        "privacy statement": "/privacy/",
        "consents": "/consents/en/1/",
        "cookies": "/cookies/",
        "accessibility statement": "/accessibility/",
        "eligibility": "/eligibility/",
        "mailbox": "/mailbox/",
        "mail": f"/mailbox/{mail_id}/",
    }


PAGES = [
    "webinar",
    "agenda",
    "form",
    "registered",
    "get links",
    "confirm",
    "my registration",
    "edit",
    "withdraw",
    "my data",
    "erase my data",
    "join",
    "link that is not valid",
    "page not found",
    "privacy statement",
    "consents",
    "cookies",
    "accessibility statement",
    "eligibility",
    "mailbox",
    "mail",
]
ENGLISH = (  # words of the webinar, of the lists and of their sources, which stay as they are in every language
    "The Covid-19 industrial cluster response",
    "Solutions for dealing with",
    "The role of industrial clusters",
    "European Cluster Alliance",
    "Only participants from",
    "Statistics Explained",
    "of 11 March 2014",
    "The framework agreement on EU programmes",
    "financial instruments",
    "occupied Palestinian territory",
    "Please confirm your address",
)
TEXTS_BY_LANGUAGE = """() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) found.push([texts.currentNode.parentElement.closest("[lang]").lang, texts.currentNode.data]);
  return found;
}"""
MAIN_PAGES = [
    "webinar",
    "form",
    "registered",
    "get links",
    "my registration",
    "edit",
    "join",
    "page not found",
    "privacy statement",
    "cookies",
    "accessibility statement",
    "eligibility",
]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_keeps_the_policy(open_page, addresses, name, window):
    page = open_page(addresses[name], **window)

    assert faults_of_loading(page) == []
    assert faults(page) == []
    assert faults_in_other_modes(page) == []
    assert faults_on_paper(page) == []


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_gone_through_with_the_keyboard(open_page, addresses, name, window, proven):
    page = open_page(addresses[name], **window, reduced_motion="reduce")  # a smooth scroll would be under way

    assert faults_of_focus(page, proven[str(window)]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_and_ticks_are_seen_in_forced_colours(open_page, scheme):
    look = {"forced_colors": "active", "color_scheme": scheme, "reduced_motion": "reduce"}
    page = open_page(REGISTER, **DESKTOP, **look)

    assert faults_of_focus(page, set()) == []
    for box in page.locator("main input[type=checkbox]").all():
        box.scroll_into_view_if_needed()
        unticked = box.screenshot()
        box.check()
        page.evaluate("document.activeElement.blur()")
        page.mouse.move(0, 0)
        assert changed_pixels(unticked, box.screenshot()) > 30  # of the 24 by 24 of a box


def test_what_stays_english_says_so_on_a_french_page(open_page, addresses):
    page = open_page("/", locale="fr")
    marked, unmarked = set(), set()
    for name in PAGES:
        page.goto(addresses[name])
        for language, text in page.evaluate(TEXTS_BY_LANGUAGE):
            said = {english for english in ENGLISH if english in text}
            marked |= said if language == "en" else set()
            unmarked |= {(name, english) for english in said if language != "en"}

    assert unmarked == set()
    assert marked == set(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_in_other_languages_are_accessible_and_fit_a_telephone(open_page, addresses, language):
    page = open_page("/", **PHONE, locale=language)
    found = {}

    for name in MAIN_PAGES:
        page.goto(addresses[name])
        lang = page.locator("html").get_attribute("lang")
        found[name] = (lang, violations(page), scrolls_sideways(page))

    assert found == dict.fromkeys(MAIN_PAGES, (language, [], False))


def test_language_is_chosen_by_keyboard_and_stays(open_page):
    page = open_page("/eligibility/?on=2020-04-28", **PHONE)
    page.get_by_role("button", name="Deutsch").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Wer teilnehmen kann", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Deutsch")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("/eligibility/?on=2020-04-28")

    page.goto(REGISTER)

    expect(page.get_by_label("Land, in dem")).to_be_visible()


def test_accessibility_statement_names_what_is_checked_here(open_page):
    """The statement says what the test above checks, page for page; it fails wherever there is a fault."""
    tool = Axe().run(open_page("/accessibility/")).response["testEngine"]
    says = {
        "tool": f"{tool['name']} {tool['version']}",
        "windows": [window.id for window in WINDOWS],
        "pages": PAGES,
    }

    if os.environ.get("UPDATE_ACCESSIBILITY"):
        command = f"UPDATE_ACCESSIBILITY=1 python -m pytest {Path(__file__).relative_to(ROOT)} -k statement"
        lines = [f"# Written by the browser tests: {command}", f"checked = {days.today()}"]
        lines += [f"{key} = {json.dumps(value, indent=2)}" for key, value in says.items()]
        RESULTS.write_text("\n".join([*lines, ""]), encoding="utf-8")

    written = tomllib.loads(RESULTS.read_text(encoding="utf-8"))
    assert written == {"checked": written["checked"], **says}


@pytest.mark.parametrize("window", WINDOWS)
def test_all_that_is_said_of_one_fact_stands_in_one_column(open_page, window):
    page = open_page("/cookies/", **window)
    page.evaluate(
        "() => { const said = document.querySelector('.facts dd'); said.after(said.cloneNode(true)); }"
    )

    lefts = page.locator(".facts dd").evaluate_all("all => all.map(dd => dd.getBoundingClientRect().left)")

    assert len(lefts) > 1
    assert len(set(lefts)) == 1


@pytest.mark.parametrize("window", WINDOWS)
def test_error_state_is_accessible(open_page, window):
    page = open_page(REGISTER, **window)
    page.click("main button")

    expect(page).to_have_title(re.compile("^Error: "))
    assert violations(page) == []
    assert scrolls_sideways(page) is False


@pytest.mark.parametrize("window", WINDOWS)
def test_refusal_is_accessible(open_page, window):
    page = open_page(REGISTER, **window)
    fill_in(page, "norway@example.org", country="NO")
    page.click("main button")

    expect(page.get_by_role("heading", name="Why you cannot take part")).to_be_visible()
    expect(page.get_by_label("I ask a member of staff to look at my case")).to_be_visible()
    assert violations(page) == []
    assert scrolls_sideways(page) is False


@pytest.mark.java
def test_all_that_people_get_is_valid_html(site, addresses):
    visitor = Visitor(site.base_url)
    pages = {name: visitor.open(address).text for name, address in addresses.items()}
    sessions = re.findall(r'name="sessions" value="(\d+)"', pages["form"])
    norwegian = ANSWERS | {"country": "NO", "email": "norway@example.org", "sessions": sessions}
    pages |= {
        "form with mistakes": visitor.send(REGISTER).text,
        "refusal": visitor.send(REGISTER, **norwegian).text,
        "get links with mistakes": visitor.send(addresses["get links"]).text,
        "one country": visitor.open("/eligibility/XK/").text,
        "no such day": visitor.open("/eligibility/?on=2020-02-30").text,
        **json.loads(site.python(ERROR_PAGES)),
        **{f"mail {kind}": html for kind, html in json.loads(site.python(WRITE_ALL)).items()},
    }

    assert "Why you cannot take part" in pages["refusal"]
    assert valid_html.complaints(pages) == []


def fill_in(page, email, country):
    """Fill in the form as a person does, by its labels, as fast as the gate believes it of anybody."""
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Family name").fill("Lovelace")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Organisation", exact=True).fill("Analytical Cluster")
    page.get_by_label("Type of organisation").select_option("sme")
    page.get_by_label("Country where").select_option(country)
    page.get_by_label("Solutions for dealing with").check()
    page.get_by_label("I have read the privacy statement").check()
    wait_for_gate(page)


def test_summary_takes_focus_and_leads_to_the_field(open_page):
    page = open_page(REGISTER, **DESKTOP)
    page.click("main button")

    expect(page.locator(".error-summary")).to_be_focused()

    page.get_by_role("link", name="Enter your family name.").click()

    expect(page.get_by_label("Family name")).to_be_focused()


def test_sign_up_from_form_to_registration(open_page, site):
    page = open_page("/", **DESKTOP)
    page.get_by_role("link", name="Register", exact=True).click()
    fill_in(page, "browser@example.org", country="BE")
    page.get_by_role("button", name="Send registration").click()
    expect(page.get_by_role("heading", name="check your mail")).to_be_visible()

    site.wait_for_mails(1, "browser@example.org")
    page.goto("/mailbox/")
    page.get_by_role("link", name=re.compile("confirm your", re.I)).first.click()
    page.locator("pre a[href*='/confirm/']").click()
    page.get_by_role("button", name="Confirm my address").click()

    expect(page.get_by_role("heading", name="My registration")).to_be_visible()
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()
    expect(page.get_by_text("Result for Belgium on 28 April 2020: may take part.").first).to_be_visible()


def test_link_in_a_mail_opens_in_place_of_the_mailbox(open_page, addresses):
    page = open_page(addresses["mail"], **DESKTOP)
    link = page.frame_locator("iframe").locator("a[href^='http']").first

    with page.expect_navigation():
        link.click()

    assert "/mailbox/" not in page.url


@pytest.mark.parametrize(
    ("zone", "added"),
    [
        pytest.param("Europe/Paris", [], id="the same time"),
        pytest.param(
            "Europe/Kiev", ["(11:30 to 13:30 in your time zone, Eastern European Time)"], id="an hour later"
        ),
        pytest.param(
            "Pacific/Noumea", ["to 22:30 in your time zone, New Caledonia Standard Time)"], id="far away"
        ),
    ],
)
def test_own_time_is_added_where_it_differs_under_the_zones_name(open_page, zone, added):
    page = open_page("/", **DESKTOP, timezone_id=zone)

    found = page.locator(".own-time").all_inner_texts()

    assert len(found) == len(added)
    assert all(text.strip().endswith(words) for text, words in zip(found, added, strict=True))


@pytest.mark.parametrize(
    ("country", "hint"),
    [
        ("XK", "On the lists: organisations established there may take part."),
        ("EH", "A member of staff decides about this country."),
        ("NO", "On none of the lists. Send the form to read why; you can then ask for a human look."),
        ("", ""),
    ],
    ids=["eligible", "review", "not eligible", "nothing chosen"],
)
def test_country_is_explained_at_once(open_page, country, hint):
    page = open_page(REGISTER, **DESKTOP)

    page.get_by_label("Country where your organisation is established").select_option("BE")
    page.get_by_label("Country where your organisation is established").select_option(country)

    expect(page.get_by_role("status")).to_have_text(hint)


def test_form_works_without_script(open_page):
    page = open_page(REGISTER, **DESKTOP, java_script_enabled=False)
    fill_in(page, "noscript@example.org", country="BE")
    page.get_by_role("button", name="Send registration").click()

    expect(page.get_by_role("heading", name="check your mail")).to_be_visible()

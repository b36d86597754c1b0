"""The whole way of a participant with nothing but the keyboard: Tab, Space, Enter, arrows, letters."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.checks import DESKTOP, wait_for_gate, watch

pytestmark = pytest.mark.browser

EMAIL = "key@sever.example.org"
MOST_STOPS = 60


@pytest.fixture
def page(browser, site):
    """Open a window without a mouse; what it complains of fails the test."""
    page = browser.new_context(base_url=site.base_url, **DESKTOP).new_page()
    complaints = watch(page, site)
    yield page
    page.context.close()
    assert complaints == []


def tab_to(page, control):
    """Press Tab until this has the focus, as somebody does who looks for it."""
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if control.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {control}.")


def press(page, role, name):
    """Go to a link or button with Tab, press Enter, and wait for the page it leads to."""
    tab_to(page, page.get_by_role(role, name=name).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page, label, text):
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def choose(page, label, letters, country):
    """Choose in a list by the first letters of what one wants."""
    field = page.get_by_label(label)
    tab_to(page, field)
    page.keyboard.type(letters)
    expect(field.locator("option:checked")).to_have_text(country)


def tick(page, label):
    box = page.get_by_label(label)
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def test_from_home_to_withdrawn_without_a_mouse(page, site):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press(page, "link", "Register")

    type_into(page, "First name (optional)", "Zoë")
    type_into(page, "Family name", "Šimková")
    type_into(page, "Email address", EMAIL)
    type_into(page, "Organisation", "Klastr Sever")
    choose(page, "Type of organisation", "clus", "Cluster organisation")
    choose(page, "Country where your organisation is established", "czec", "Czechia")
    expect(page.get_by_role("status")).to_contain_text("may take part")
    tick(page, "Solutions for dealing with")
    tick(page, "I have read the privacy statement")
    wait_for_gate(page)
    press(page, "button", "Send registration")
    expect(page.get_by_role("heading", name="check your mail")).to_be_visible()

    mail = site.wait_for_mails(1, EMAIL)[0].get_body(("plain",)).get_content()
    page.goto(re.search(r"http\S+/confirm/\S+/", mail)[0])
    press(page, "button", "Confirm my address")
    expect(page.get_by_role("heading", name="My registration")).to_be_visible()

    press(page, "link", re.compile("Withdraw", re.I))
    press(page, "button", re.compile("Withdraw", re.I))
    expect(page.get_by_text("withdrawn").first).to_be_visible()


def test_mistakes_are_found_and_mended_without_a_mouse(page):
    page.goto("/webinars/covid-19-industrial-cluster-response/register/")
    press(page, "button", "Send registration")
    expect(page.locator(".error-summary")).to_be_focused()

    tab_to(page, page.get_by_role("link", name="Enter your family name."))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Family name")).to_be_focused()
    page.keyboard.type("Šimková")

    expect(page.get_by_label("Family name")).to_have_value("Šimková")

"""The HTML of every page of the admin, as the Nu checker finds it."""

import pytest

from tests import valid_html
from tests.registrations.desk import test_roles
from tests.registrations.desk.role_matrix import PAGES

everything = test_roles.everything


# How Django 5.2 itself writes the pages of accounts, which the superuser alone sees.
STOCK_FAULTS = {
    "auth_user_change user: Attribute “disabled” not allowed on element “div” at this point.",
    "auth_user_change user: The “aria-describedby” attribute must point to an element in the same document.",
    "auth_user_password_change user: No “p” element in scope but a “p” end tag seen.",
}


@pytest.mark.java
def test_every_page_is_valid_html_but_for_two_of_stock_django(everything):
    browser = test_roles.member("S")
    shown = {
        str(page): browser.get(test_roles.address(page, everything)) for page in PAGES if "S" in page.opens
    }
    pages = {
        name: response.content.decode()
        for name, response in shown.items()
        if response.status_code == 200 and response["Content-Type"].startswith("text/html")
    }

    assert set(valid_html.complaints(pages)) == STOCK_FAULTS


@pytest.mark.java
def test_every_answer_to_an_empty_form_is_valid_html(everything):
    browser = test_roles.member("S")
    sent = {
        str(page): test_roles.tried(browser, test_roles.address(page, everything), {})
        for page in PAGES
        if "S" in page.acts
    }
    pages = {
        name: answer.content.decode()
        for name, answer in sent.items()
        if not answer.streaming and b"errorlist" in answer.content
    }

    assert len(pages) >= 40
    assert set(valid_html.complaints(pages)) == STOCK_FAULTS

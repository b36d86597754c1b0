"""One whole story in a real browser: a participant in one window, staff in two others."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import wait_for_gate
from tests.running_site import PASSWORD

pytestmark = pytest.mark.browser

EMAIL = "zoe@sever.example.org"


@pytest.fixture
def window(browser, site):
    """Return a function that opens a window of its own; what the policy blocks in any of them fails the test."""
    complaints, contexts = [], []

    def open_window(address):
        context = browser.new_context(base_url=site.base_url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.goto(address)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page, name):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def open_mail(page, site, count, subject):
    """Wait for a mail and open it in the mailbox."""
    site.wait_for_mails(count, EMAIL)
    page.goto("/mailbox/")
    page.get_by_role("link", name=subject).first.click()


def test_from_sign_up_to_a_moved_invitation(window, site):
    visitor = window("/")
    visitor.get_by_role("link", name="Register", exact=True).first.click()
    visitor.get_by_label("First name").fill("Zoë")
    visitor.get_by_label("Family name").fill("Šimková")
    visitor.get_by_label("Email address").fill(EMAIL)
    visitor.get_by_label("Organisation", exact=True).fill("Klastr Sever")
    visitor.get_by_label("Type of organisation").select_option(label="Cluster organisation")
    visitor.get_by_label("Country where your organisation is established").select_option(label="Czechia")
    visitor.get_by_label("1. Solutions").check()
    visitor.get_by_label("I have read the privacy statement").check()
    wait_for_gate(visitor)
    visitor.get_by_role("button", name="Send registration").click()
    expect(visitor).to_have_url(
        f"{site.base_url}/webinars/covid-19-industrial-cluster-response/register/done/"
    )

    open_mail(visitor, site, 1, "Confirm")
    visitor.locator("a[href*='/confirm/']").first.click()
    visitor.get_by_role("button", name="Confirm my address").click()
    expect(visitor.get_by_role("heading", name="My registration")).to_be_visible()

    approver = window("/admin/")
    sign_in(approver, "approver")
    approver.get_by_role("link", name="places to decide").click()
    approver.get_by_label("Select all objects on this page for an action").check()
    approver.get_by_label("Action:").select_option(label="Approve")
    approver.get_by_role("button", name="Go").click()
    expect(approver.get_by_text("invitation, which puts the session into the calendar").first).to_be_visible()
    approver.get_by_role("button", name="Approve: 1 place").click()

    open_mail(visitor, site, 3, "Invitation")
    expect(visitor.get_by_text("REQUEST", exact=True)).to_be_visible()
    uid = visitor.locator("dt:has-text('UID') + dd").inner_text()

    editor = window("/admin/registrations/webinarsession/")
    sign_in(editor, "editor")
    editor.get_by_role("link", name="Solutions for dealing").click()
    editor.get_by_role("link", name="Change time").click()
    editor.get_by_label("Day").fill("2031-05-06")
    editor.get_by_label("From (Brussels time)").fill("14:00")
    editor.get_by_label("To (Brussels time)").fill("15:30")
    editor.get_by_role("button", name="Show what would happen").click()
    expect(editor.get_by_text("1 person with a place is told by mail")).to_be_visible()
    editor.get_by_role("button", name="Change time").click()
    expect(editor.get_by_role("heading", name="To be released at")).to_be_visible()
    editor.get_by_role("button", name="Release now").click()
    expect(editor.get_by_text("The job is released.")).to_be_visible()

    open_mail(visitor, site, 4, "Updated")
    expect(visitor.locator("dt:has-text('UID') + dd")).to_have_text(uid)
    expect(visitor.locator("dt:has-text('Sequence') + dd")).to_have_text("2")
    expect(
        visitor.get_by_text("Tuesday 6 May 2031, 14:00 to 15:30 (Brussels time, CEST, UTC+2)").first
    ).to_be_visible()

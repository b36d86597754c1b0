"""The HTML of every mail, in a real Chromium: readable in light, dark and on a small screen, fetching nothing."""

import json

import pytest
from playwright.sync_api import expect

from registrations.models import MailKind
from tests.browser.looking import DESKTOP, PHONE, scrolls_sideways, violations, watch
from tests.running_site import PASSWORD

pytestmark = pytest.mark.browser

WRITE_ALL = """
import json
from django.utils import timezone
from registrations import services
from registrations.mails.standard import standard_words
from registrations.mails.wording import Words
from registrations.models import MailKind, Webinar
webinar = Webinar.objects.get()
letters = {}
for kind in MailKind:
    words = standard_words(kind, "en")
    longer = "\\n- https://example.org/" + "long" * 60 + "\\n- " + "Wiederaufbau" * 30 + "\\n\\n<h1>No heading</h1>"
    place = services.TextPlace(webinar.pk, kind, "en")
    preview = services.preview_mail(place, Words(words.subject, words.body + longer), now=timezone.now())
    letters[kind.value] = preview.html
print(json.dumps(letters))
"""
WINDOWS = [
    pytest.param(DESKTOP | {"color_scheme": "light"}, id="desktop, light"),
    pytest.param(DESKTOP | {"color_scheme": "dark"}, id="desktop, dark"),
    pytest.param(PHONE | {"color_scheme": "light"}, id="phone, light"),
    pytest.param(PHONE, id="phone, dark"),
]


@pytest.fixture(scope="module")
def letters(site):
    """Return the HTML of every kind of mail, with a text that has long words and lists added."""
    return json.loads(site.python(WRITE_ALL))


@pytest.fixture(scope="module", params=WINDOWS)
def window(browser, request):
    """Return a window that notes every request."""
    context = browser.new_context(**request.param)
    page = context.new_page()
    asked = []
    page.on("request", lambda ask: asked.append(ask.url))
    yield page, asked
    context.close()


@pytest.mark.parametrize("kind", MailKind)
def test_html_of_a_mail_is_accessible_and_asks_for_nothing(letters, window, kind):
    page, asked = window
    page.set_content(letters[kind])

    assert violations(page) == []
    assert scrolls_sideways(page) is False
    assert asked == []


@pytest.fixture
def text_page(browser, site, request):
    """Open the page of the invitation's text as an Editor, and note what the policy blocks."""
    context = browser.new_context(base_url=site.base_url, **request.param)
    page = context.new_page()
    complaints = watch(page, site)
    page.goto("/admin/login/?next=/admin/registrations/webinar/1/mail-texts/invitation/en/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    yield page, complaints
    context.close()


@pytest.mark.parametrize("text_page", WINDOWS, indirect=True)
def test_preview_is_accessible_and_shows_the_html_as_it_looks(text_page):
    page, complaints = text_page
    page.get_by_role("button", name="Preview").click()

    mail = page.frame_locator("iframe").locator("body")
    expect(mail.get_by_role("heading")).to_contain_text("Invitation: ")
    assert mail.evaluate("body => getComputedStyle(body).paddingLeft") == "24px"  # its own style was let in
    assert complaints == []  # before axe, which writes styles into the frame
    assert violations(page) == []
    assert scrolls_sideways(page) is False


@pytest.mark.parametrize(
    "text_page", [DESKTOP | {"java_script_enabled": False}], ids=["no script"], indirect=True
)
def test_text_is_written_tested_and_saved_without_script(text_page, site):
    page, _complaints = text_page
    page.get_by_label("Subject").fill("Please come to [[session_title]]")
    page.get_by_role("button", name="Send to me as a test").click()
    expect(page.get_by_text("A test is on its way to editor@example.org.")).to_be_visible()

    (test,) = site.wait_for_mails(1, "editor@example.org")
    assert test["Subject"].startswith("[Test] Please come to ")

    page.get_by_role("button", name="Save as new version").click()
    expect(page.get_by_text("The text is saved.")).to_be_visible()
    expect(page.get_by_text("changed: version 1, editor")).to_be_visible()

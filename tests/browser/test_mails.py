"""The HTML of every mail, in a real Chromium: readable in light, dark and on a small screen, fetching nothing."""

import json

import pytest
from playwright.sync_api import expect

from registrations.models import MailKind
from tests.browser.checks import DESKTOP, PHONE, scrolls_sideways, too_wide, violations, watch
from tests.running_site import PASSWORD

pytestmark = pytest.mark.browser

WRITE_ALL = """
import json
from django.utils import timezone
from registrations import services
from registrations.mails.editor_texts import MailWords
from registrations.mails.standard_texts import standard_words
from registrations.models import MailKind, Webinar
webinar = Webinar.objects.get()
letters = {}
for kind in MailKind:
    words = standard_words(kind, "en")
    longer = "\\n- https://example.org/" + "long" * 60 + "\\n- " + "Wiederaufbau" * 30 + "\\n\\n<h1>No heading</h1>"
    key = services.texts.TextKey(webinar.pk, kind, "en")
    preview = services.texts.preview_mail(key, MailWords(words.subject, words.body + longer), now=timezone.now())
    letters[kind.value] = preview.html
print(json.dumps(letters))
"""
# Every kind of element: what it is, looks like and stands in, and what it comes after.
SHAPES = """() => [...document.querySelectorAll("*")].map(one => [one, one.parentElement, one.previousElementSibling]
  .map(at => at ? [at.tagName, ...[...at.attributes].filter(({ name }) => name !== "href")
    .map(({ name, value }) => `${name}=${value}`)].join(" ") : "").join(" | "))"""
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


@pytest.mark.parametrize("window", WINDOWS)
def test_html_of_every_mail_is_accessible_and_asks_for_nothing(letters, browser, window):
    """All are made of one template: axe looks at a mail that has something in it at which it has not looked yet."""
    context = browser.new_context(**window)
    page = context.new_page()
    asked, seen, wrong = [], set(), {}
    page.on("request", lambda ask: asked.append(ask.url))

    for kind in MailKind:
        page.set_content(letters[kind])
        shapes = set(page.evaluate(SHAPES))
        wrong[kind] = too_wide(page) + ([] if shapes <= seen else violations(page))
        seen |= shapes

    context.close()
    assert {kind: faults for kind, faults in wrong.items() if faults} == {}
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

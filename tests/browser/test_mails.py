"""The HTML of every mail, in a real Chromium: readable in light and dark and on a small screen, and fetching nothing."""

import json

import pytest

from registrations.models import MailKind
from tests.browser.test_public_pages import DESKTOP, PHONE, scrolls_sideways, violations

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

"""The real site in a real Chromium."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.running_site import RunningSite

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Run the real site on what it brings along."""
    unhurried = {
        "BULK_STOP_WINDOW": "3600"
    }  # a page on which something can be stopped is looked at much later
    with RunningSite(tmp_path_factory.mktemp("site"), unhurried) as site:
        yield site


@pytest.fixture(scope="module")
def proven() -> defaultdict[str, set[str]]:
    """Return which kinds of controls show their focus, by the window in which a page before proved it."""
    return defaultdict(set)


# Not for the whole session: Playwright's event loop would keep the database from tests that come later.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Run Chromium; make a context and a page of it in each test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()

"""The real site in a real Chromium."""

import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.running_site import PASSWORD, RunningSite

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare a site once for each worker, and return its data folder."""
    site = RunningSite(tmp_path_factory.mktemp("prepared"))
    prepare = [sys.executable, "-m", "webinar_site.prepare", PASSWORD]
    subprocess.run(
        prepare,
        **site.place(DATA_DIR=str(site.data), SECRET_KEY="for preparing only" * 3),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return site.data


@pytest.fixture(scope="module")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """Run the real site on what it brings along."""
    data = tmp_path_factory.mktemp("site")
    shutil.copytree(prepared, data, dirs_exist_ok=True)
    # A page on which something can be stopped is looked at much later.
    with RunningSite(data, {"BULK_STOP_WINDOW": "3600"}) as site:
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

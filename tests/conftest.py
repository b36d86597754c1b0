"""Fixtures every test may use, and what the report says about what could not run."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import hypothesis
import psycopg
import pytest
import redis
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from tests import real_services
from tests.mail_server import MailServer
from tests.pages import Browser

SITES = ("tests/browser/", "tests/journeys/")
Report = pytest.TestReport | pytest.CollectReport
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = (
    "browser tests were skipped: no Chromium was found. "
    "Install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
)
NO_JAVA = "tests of valid HTML were skipped: no Java was found. Install it (Debian: apt-get install default-jre-headless)."

# A busy machine is no reason to fail.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that lets no test be skipped; CI=true means the same."""
    parser.addoption("--no-skips", action="store_true", help="A skipped test is a failure, as with CI=true.")


def find_chromium() -> str | None:
    """Return the path of a Chromium: the environment's CHROMIUM, else one on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def missing_programs() -> dict[str, str]:
    """Return the markers of tests that need a program which is not here, with what to say of them."""
    programs = {"browser": (find_chromium(), NO_CHROMIUM), "java": (shutil.which("java"), NO_JAVA)}
    return {marker: words for marker, (path, words) in programs.items() if not path}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where no Chromium is found, and tests of valid HTML where no Java is."""
    for marker, words in missing_programs().items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=words.partition(": ")[2].partition(". ")[0]))


class WholeSites(LoadScopeScheduling):
    """Keeps a file whose tests share a running site on one worker; other tests go to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(SITES) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeSites:
    """Return how tests are given to workers, where there are several."""
    return WholeSites(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Turn a skipped test into a failure where nothing may be skipped."""
    return refuse_skip((yield), item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Turn a skipped file into a failure where nothing may be skipped."""
    return refuse_skip((yield), collector.config)


def refuse_skip(report: Report, config: pytest.Config) -> Report:
    """Return the report; as a failure where it is a skip and --no-skips or CI=true forbids one."""
    strict = config.getoption("--no-skips") or os.environ.get("CI") == "true"
    if strict and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped here. {report.longrepr[2]}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests did not run for want of a program."""
    missing = missing_programs()
    skipped = terminalreporter.stats.get("skipped", [])
    counts = {marker: sum(marker in report.keywords for report in skipped) for marker in missing}
    if any(counts.values()):
        terminalreporter.write_sep("=", "programs that are missing")
    for marker, words in missing.items():
        if counts[marker]:
            terminalreporter.write_line(f"{counts[marker]} {words}")


@pytest.fixture(autouse=True)
def _next_test_speaks_english() -> Iterator[None]:
    """Forget the language that a request left behind in this thread, as the next request would."""
    yield
    translation.deactivate()


@pytest.fixture
def client() -> Browser:
    """Return a browser that opens a page before it sends it."""
    return Browser()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium, for tests marked `browser`."""
    path = find_chromium()
    assert path, "Mark this test with @pytest.mark.browser."
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the address of a real PostgreSQL server; a dead one is a failure."""
    try:
        with real_services.postgres() as url:
            psycopg.connect(url, connect_timeout=5).close()
            yield url
    except (real_services.ServiceMissing, psycopg.OperationalError) as error:
        pytest.fail(str(error))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Yield the address of a real Redis server; a dead one is a failure."""
    try:
        with real_services.valkey() as url:
            real_services.redis_answers(url)
            yield url
    except (real_services.ServiceMissing, redis.ConnectionError) as error:
        pytest.fail(str(error))


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    """Run a real SMTP server that answers by script, and let the site send to it."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop(no_assert=True)

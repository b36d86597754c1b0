"""Fixtures every test may use, and what the report says about what could not run."""

import gc
import os
from collections.abc import Iterator

import hypothesis
import psycopg
import pytest
import redis
from _pytest import runner
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from eligibility import register
from eligibility.views import pages as list_pages
from registrations.forms.people import blank_form
from registrations.services.people import offers
from tests import real_services, seeds
from tests.frames import call_with_room
from tests.mail_server import MailServer
from tests.pages import Browser
from tests.programs import find_chromium, missing_programs

Report = pytest.TestReport | pytest.CollectReport
SERVICES = {"db", "transactional_db", "postgres_url", "redis_url"}  # fixtures
# What the bare command leaves out.
LEFT_OUT = ("browser", "java", "long")
# Each file goes to one worker as a whole; those that take longest go first, so that no worker ends with one of them.
LONGEST_FILES = (
    "tests/browser/test_staff_pages.py",
    "tests/browser/test_public_pages.py",
    "tests/registrations/desk/test_hostile_addresses.py",
    "tests/registrations/desk/test_roles.py",
    "tests/journeys/",
    "tests/browser/",
    "tests/registrations/test_killed_workers.py",
    "tests/registrations/test_migrations.py",
    "tests/registrations/services/notifications/test_calendar_model.py",
    "tests/registrations/desk/test_hostile_forms.py",
    "tests/registrations/desk/",
)

# A busy machine is no reason to fail, and nobody's first run fails by chance: a few examples, the same every time.
hypothesis.settings.register_profile("few", deadline=None, max_examples=10, derandomize=True)
hypothesis.settings.register_profile("full", deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what is run of the suite, and the option that lets no test be skipped."""
    parser.addoption("--no-skips", action="store_true", help="A skipped test is a failure, as with CI=true.")
    parser.addoption(
        "--full",
        action="store_true",
        help="Also run what needs Chromium or Java and what takes long, and try all examples of what is drawn at random.",
    )
    parser.addoption(
        "--rest",
        action="store_true",
        help="As --full, without what another database, broker or number of examples cannot change.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried of what is drawn at random, and collect garbage seldom: it takes a tenth."""
    gc.set_threshold(20_000, 20, 20)
    hypothesis.settings.load_profile("full" if is_full(config) else "few")


def is_full(config: pytest.Config) -> bool:
    """Tell whether nothing is left out that takes long."""
    return bool(config.getoption("--full") or config.getoption("--rest"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what nobody asked for, skip what needs a program that is missing, begin with what takes longest."""
    chosen, left_out = [], []
    for item in items:
        (chosen if is_asked_for(item, config) else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = sorted(chosen, key=rank)
    for marker, words in missing_programs().items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=words.partition(": ")[2].partition(". ")[0]))


def pytest_collection_finish() -> None:
    """Spare whatever is there before the first test the search for garbage."""
    gc.freeze()


def is_asked_for(item: pytest.Item, config: pytest.Config) -> bool:
    """Tell whether a test is run: what is named on the command line is, and else what the options say."""
    if config.option.file_or_dir or config.option.markexpr or config.getoption("--full"):
        return True
    is_left_out = any(item.get_closest_marker(marker) for marker in LEFT_OUT)
    if not config.getoption("--rest"):
        return not is_left_out
    is_random = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return is_left_out or is_random or (depends_on_services(item) and not item.get_closest_marker("embedded"))


def depends_on_services(item: pytest.Item) -> bool:
    """Tell whether a test asks for the database, or for a service by itself."""
    markers = ("django_db", "services")
    return not SERVICES.isdisjoint(item.fixturenames) or any(map(item.get_closest_marker, markers))


def pytest_fixture_setup(fixturedef: pytest.FixtureDef, request: pytest.FixtureRequest) -> None:
    """Refuse a fixture of a service to a test of which nobody can tell beforehand that it needs one."""
    item = request.node
    if fixturedef.argname in SERVICES and isinstance(item, pytest.Item) and not depends_on_services(item):
        pytest.fail(f"Let the test ask for {fixturedef.argname} by its name, or --rest leaves it out.")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run a test as pytest does, with room for the frames of its calls."""
    return call_with_room(runner.pytest_runtest_protocol, item, nextitem)


def rank(item: pytest.Item) -> int:
    """Return when the file of a test is begun: those of LONGEST_FILES first."""
    ranks = (rank for rank, path in enumerate(LONGEST_FILES) if item.nodeid.startswith(path))
    return next(ranks, len(LONGEST_FILES))


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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Have the database planted as soon as it is made."""
    seeds.plant_whenever_tables_are_made_or_emptied()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Put every migration on record as applied: tests/test_migrations.py holds that they make this database."""
    with django_db_blocker.unblock(), override_settings(MIGRATION_MODULES={}):
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in MigrationLoader(None).disk_migrations:
            recorder.record_applied(app, name)


@pytest.fixture
def migrations(settings: Settings) -> None:
    """Let Django find the migrations, which the suite does without."""
    settings.MIGRATION_MODULES = {}


@pytest.fixture(scope="session")
def _planted_reads() -> dict[str, int]:
    """Return how often published lists were read when only the planted ones had been; nothing before that."""
    return {}


@pytest.fixture(autouse=True)
def _lists_are_read_as_planted(request: pytest.FixtureRequest, _planted_reads: dict[str, int]) -> None:
    """Forget what a test before wrote out of lists, and read of others than the planted ones: those are read once.

    The site keeps lists, pages and forms by number, hash and moment of a publication; tests change rows behind that.
    """
    list_pages._written_day.cache_clear()
    blank_form._draw.cache_clear()
    offers._newest_texts.cache_clear()
    if register.as_of.cache_info().misses == _planted_reads.get("lists"):
        return
    register.as_of.cache_clear()
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        register.current()
        register.current(seeds.AUDIENCE)
        _planted_reads["lists"] = register.as_of.cache_info().misses


@pytest.fixture
def no_lists_read(db: None, _planted_reads: dict[str, int]) -> None:
    """Let the test be the first in its process to read the published lists."""
    register.as_of.cache_clear()
    _planted_reads.clear()


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

"""The suite's own machinery: real services, the scripted mail server, what the report says."""

import smtplib
from contextlib import closing

import hypothesis
import psycopg
import pytest
import redis
from django.core import mail

from tests import real_services
from tests.mail_server import Received, Trouble

pytest_plugins = ["pytester"]


@pytest.mark.services
def test_new_database_is_empty_and_gone_afterwards(postgres_url):
    with real_services.new_database(postgres_url) as url, psycopg.connect(url) as connection:
        rows = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert rows == (0,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.services
def test_empty_redis_takes_a_database_that_nobody_uses_and_empties_it(redis_url):
    with real_services.empty_redis(redis_url) as one, closing(redis.Redis.from_url(one)) as client:
        client.set("key", "value")
        with real_services.empty_redis(redis_url) as other:
            assert other != one
            assert client.get("key") == b"value"

    with closing(redis.Redis.from_url(one)) as client:
        assert client.get("key") is None


def test_wheel_missing_says_what_to_install():
    with pytest.raises(real_services.ServiceMissing) as refusal:
        real_services.wheel("no_such_wheel", "Redis", "REDIS_URL")

    assert str(refusal.value) == (
        "This test needs Redis: set REDIS_URL, or run `pip install -r tests/requirements.txt`."
    )


def send(subject: str) -> None:
    mail.EmailMessage(subject, "Text", "from@example.org", ["to@example.org"]).send()


def test_mail_server_keeps_what_it_accepts(mail_server):
    send("One")

    (received,) = mail_server.received
    assert received == Received("from@example.org", ("to@example.org",), received.data)
    assert b"Subject: One\r\n" in received.data


def test_mail_server_refuses_by_script_and_then_accepts(mail_server):
    mail_server.for_recipients.append("450 4.2.1 try later")
    mail_server.for_data.append("554 5.6.0 no")

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send("refused at RCPT")
    with pytest.raises(smtplib.SMTPDataError):
        send("refused after DATA")
    send("accepted")

    assert [b"Subject: accepted" in received.data for received in mail_server.received] == [True]


@pytest.mark.parametrize(
    ("trouble", "error", "kept"),
    [
        (Trouble.STALL, TimeoutError, 0),
        (Trouble.DROP, smtplib.SMTPServerDisconnected, 0),
        (Trouble.ACCEPT_AND_DROP, smtplib.SMTPServerDisconnected, 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_mail_server_makes_trouble(mail_server, settings, trouble, error, kept):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.for_data.append(trouble)

    with pytest.raises((error, smtplib.SMTPServerDisconnected)):
        send("lost?")

    assert len(mail_server.received) == kept


SKIPPING = """
import pytest

@pytest.mark.browser
def test_in_a_browser():
    pass

@pytest.mark.java
def test_of_html():
    pass

def test_that_skips():
    pytest.skip("because")
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    """Return a function that runs a small suite with this suite's conftest, on a machine without Chromium and Java."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    profile = hypothesis.settings.get_current_profile_name()
    pytester.makeconftest("from tests.conftest import *")
    pytester.makeini("[pytest]\nmarkers =\n  browser\n  java\n  long\n  embedded\n  services\n  django_db")

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_suite=source)
        return pytester.runpytest_inprocess("-p", "no:django", "-p", "no:cacheprovider", *options)

    yield run
    hypothesis.settings.load_profile(profile)  # for the suite around it


SHARES = """
import pytest
from hypothesis import given, strategies

@pytest.fixture
def db():
    pass

def test_pure():
    pass

@given(strategies.booleans())
def test_random(value):
    pass

def test_database(db):
    pass

@pytest.mark.embedded
def test_embedded(db):
    pass

@pytest.mark.services
def test_services():
    pass

@pytest.mark.browser
def test_browser():
    pass

@pytest.mark.java
def test_java():
    pass

@pytest.mark.long
@pytest.mark.embedded
def test_long():
    pass
"""
BARE = ["pure", "random", "database", "embedded", "services"]
LEFT_OUT = ["browser", "java", "long"]


@pytest.mark.parametrize(
    ("options", "run"),
    [
        ([], BARE),
        (["--full"], BARE + LEFT_OUT),
        (["--rest"], ["random", "database", "services", *LEFT_OUT]),
        (["-m", "browser"], ["browser"]),
        (["test_suite.py"], BARE + LEFT_OUT),
    ],
    ids=["the bare command", "--full", "--rest", "by a marker", "by a file"],
)
def test_options_say_what_is_run(suite, options, run):
    result = suite(SHARES, "--collect-only", "-q", *options)

    assert [line.partition("::test_")[2] for line in result.outlines if "::" in line] == run


def test_services_that_nobody_can_tell_of_beforehand_are_refused(suite):
    result = suite(
        """
        import pytest

        @pytest.fixture
        def db():
            pass

        def test_in_secret(request):
            request.getfixturevalue("db")
        """
    )

    result.assert_outcomes(failed=1)
    assert "Let the test ask for db by its name, or --rest leaves it out." in result.stdout.str()


def test_report_ends_with_the_tests_that_were_skipped_for_want_of_a_program(suite):
    result = suite(SKIPPING, "--full")

    result.assert_outcomes(skipped=3)
    assert result.outlines[-3:-1] == [
        "1 browser tests were skipped: no Chromium was found. "
        "Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.",
        "1 tests of valid HTML were skipped: no Java was found. "
        "Install it (Debian: apt-get install default-jre-headless).",
    ]


def test_report_says_nothing_of_browsers_where_one_is_found(suite, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/somewhere/chromium")

    result = suite(SKIPPING, "--full")

    result.assert_outcomes(passed=1, skipped=2)
    assert "Chromium" not in result.stdout.str()


@pytest.mark.parametrize(
    ("option", "variable"), [(["--no-skips"], ""), ([], "true")], ids=["--no-skips", "CI=true"]
)
def test_skip_is_a_failure_where_nothing_may_be_skipped(suite, monkeypatch, option, variable):
    monkeypatch.setenv("CI", variable)

    result = suite(SKIPPING, "--full", *option)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.parseoutcomes().get("skipped", 0) == 0
    assert "Nothing may be skipped here. Skipped: because" in result.stdout.str()


def test_skipped_file_is_a_failure_where_nothing_may_be_skipped(suite):
    result = suite("import pytest\npytest.skip('all of it', allow_module_level=True)", "--no-skips")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "Nothing may be skipped here. Skipped: all of it" in result.stdout.str()

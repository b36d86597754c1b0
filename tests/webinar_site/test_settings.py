"""Settings read from the environment; each test runs settings.py with an environment of its own."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def read_settings(monkeypatch, tmp_path):
    """Return a function that reads settings.py with the given environment variables and no others of ours."""

    def read(command: str = "migrate", **variables: str) -> dict:
        monkeypatch.setattr(sys, "argv", ["manage.py", command])
        for name in (
            *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DEBUG", "SITE_URL", "ALLOWED_HOSTS", "DATABASE_URL"),
            *(
                "REDIS_URL",
                "EMAIL_URL",
                "DEFAULT_FROM_EMAIL",
                "BOUNCE_ADDRESS",
                "IMAP_URL",
                "MAIL_RATE",
                "MAIL_RATE_PER_DOMAIN",
                "SITE_LOGO",
                "TRUSTED_PROXIES",
                "METRICS_TOKEN",
                "MEETING_HOSTS",
            ),
        ):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"SECRET_KEY": "given", "DATA_DIR": str(tmp_path), **variables}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "webinar_site" / "settings.py"))

    return read


def chosen(values: dict, *names: str) -> dict:
    return {name: values.get(name) for name in names}


def test_suite_uses_a_database_file_and_a_broker_in_memory(db):
    assert "mode=memory" not in str(settings.DATABASES["default"]["TEST"]["NAME"])
    assert settings.CELERY_BROKER_URL == "memory://"


def test_secret_key_missing_is_refused(read_settings):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(SECRET_KEY="")

    assert str(refusal.value) == (
        "Set SECRET_KEY to a long random text. Only `manage.py quickstart` runs without: it makes its own."
    )


def test_secret_key_missing_lets_quickstart_run(read_settings):
    assert read_settings("quickstart", SECRET_KEY="")["SECRET_KEY"] == ""


@pytest.mark.parametrize(("given", "used"), [("", "kept"), ("given", "given")], ids=["none given", "given"])
def test_secret_key_kept_in_the_data_folder_is_used_unless_one_is_given(read_settings, tmp_path, given, used):
    (tmp_path / "secret_key").write_text("kept\n")

    assert read_settings(SECRET_KEY=given)["SECRET_KEY"] == used


@pytest.mark.parametrize(
    ("address", "secure"), [("http://site.example", False), ("https://site.example/", True)]
)
def test_security_follows_the_scheme_of_site_url(read_settings, address, secure):
    values = read_settings(SITE_URL=address)

    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "LANGUAGE_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "DEBUG",
    )
    assert chosen(values, *names, "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS") == {
        "SESSION_COOKIE_SECURE": secure,
        "LANGUAGE_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "SECURE_SSL_REDIRECT": secure,
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "CSRF_TRUSTED_ORIGINS": [address.rstrip("/")],
        "ALLOWED_HOSTS": ["site.example"],
        "DEBUG": False,
    }


@pytest.mark.parametrize("address", ["site.example", "ftp://site.example", "https://"])
def test_site_url_that_is_no_web_address_is_refused(read_settings, address):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must look like https"):
        read_settings(SITE_URL=address)


def test_allowed_hosts_of_a_local_site_are_all_names_of_this_machine(read_settings):
    assert read_settings()["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]


def test_database_is_an_sqlite_file_that_serves_many_threads(read_settings, tmp_path):
    assert read_settings()["DATABASES"]["default"] == {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "db.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def test_database_url_of_postgresql_gets_a_pool(read_settings):
    assert read_settings(DATABASE_URL="postgres://user:word@host:5433/name")["DATABASES"]["default"] == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "user",
        "PASSWORD": "word",
        "HOST": "host",
        "PORT": 5433,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}},
        "CONN_HEALTH_CHECKS": True,
    }


def test_broker_is_a_folder_without_redis(read_settings, tmp_path):
    values = read_settings()

    assert chosen(values, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", "CACHES") == {
        "CELERY_BROKER_URL": "files://localhost/",
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "data_folder_in": str(tmp_path / "queue"),
            "data_folder_out": str(tmp_path / "queue"),
            "control_folder": str(tmp_path / "queue-control"),
        },
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    }


def test_redis_url_is_broker_and_cache(read_settings):
    values = read_settings(REDIS_URL="redis://host/3")

    assert chosen(values, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", "CACHES") == {
        "CELERY_BROKER_URL": "redis://host/3",
        "CELERY_BROKER_TRANSPORT_OPTIONS": {},
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "redis://host/3",
            }
        },
    }


def test_mail_is_kept_in_the_data_folder_without_email_url(read_settings, tmp_path):
    assert chosen(read_settings(), "EMAIL_BACKEND", "MAILDIR") == {
        "EMAIL_BACKEND": "webinar_site.maildir.MaildirBackend",
        "MAILDIR": tmp_path / "mail",
    }


@pytest.mark.parametrize(
    ("scheme", "tls", "ssl"),
    [("smtp", None, None), ("smtp+tls", True, None), ("smtps", None, True), ("smtp+ssl", None, True)],
)
def test_email_url_names_the_mail_server(read_settings, scheme, tls, ssl):
    values = read_settings(EMAIL_URL=f"{scheme}://user:pass%40word@mail.example:2525")

    names = ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
    assert chosen(values, *names, "EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_TIMEOUT") == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_PORT": 2525,
        "EMAIL_HOST_USER": "user",
        "EMAIL_HOST_PASSWORD": "pass@word",
        "EMAIL_USE_TLS": tls,
        "EMAIL_USE_SSL": ssl,
        "EMAIL_TIMEOUT": 15,
    }


@pytest.mark.parametrize("address", ["", "bounces@example.eu", f"{'b' * 31}@example.eu"])
def test_bounce_address_is_taken_as_it_is(read_settings, address):
    assert read_settings(BOUNCE_ADDRESS=address)["BOUNCE_ADDRESS"] == address


@pytest.mark.parametrize(
    "address", ["bounces", "Bounces <bounces@example.eu>", "b+b@example.eu", f"{'b' * 32}@example.eu"]
)
def test_bounce_address_that_leaves_no_room_for_a_mails_id_is_refused(read_settings, address):
    with pytest.raises(ImproperlyConfigured, match="BOUNCE_ADDRESS must look like"):
        read_settings(BOUNCE_ADDRESS=address)


@pytest.mark.parametrize(
    "given", ["imaps://a:b@c/INBOX, imaps://d:e@f/", " imaps://a:b@c/INBOX imaps://d:e@f/ "]
)
def test_imap_url_may_hold_several(read_settings, given):
    assert read_settings(IMAP_URL=given)["IMAP_URLS"] == ["imaps://a:b@c/INBOX", "imaps://d:e@f/"]


@pytest.mark.parametrize(("proxies", "header"), [("0", None), ("1", ("HTTP_X_FORWARDED_PROTO", "https"))])
def test_forwarded_scheme_is_believed_behind_trusted_proxies_only(read_settings, proxies, header):
    assert read_settings(TRUSTED_PROXIES=proxies).get("SECURE_PROXY_SSL_HEADER") == header


def test_production_passes_the_deployment_check(tmp_path):
    production = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "SITE_URL": "https://webinars.example.eu",
        "DATABASE_URL": "postgres://site@database.example/site",
        "REDIS_URL": "redis://redis.example/0",
        "EMAIL_URL": "smtps://mail.example",
        "DEFAULT_FROM_EMAIL": "webinars@example.eu",
        "DATA_DIR": str(tmp_path),
    }

    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=production,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (check.returncode, check.stderr) == (0, "")


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, ["webex.com"]),
        ({"MEETING_HOSTS": "WebEx.com, .meet.example.eu"}, ["webex.com", "meet.example.eu"]),
    ],
    ids=["none given", "given"],
)
def test_meeting_hosts_are_webex_unless_others_are_given(read_settings, given, hosts):
    assert read_settings(**given)["MEETING_HOSTS"] == hosts


def test_mail_rates_are_read(read_settings):
    values = read_settings(MAIL_RATE="60", MAIL_RATE_PER_DOMAIN="20")

    assert chosen(values, "MAIL_RATE", "MAIL_RATE_PER_DOMAIN") == {
        "MAIL_RATE": 60,
        "MAIL_RATE_PER_DOMAIN": 20,
    }


@pytest.mark.parametrize("variable", ["MAIL_RATE", "MAIL_RATE_PER_DOMAIN"])
def test_mail_rate_below_zero_is_refused(read_settings, variable):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(**{variable: "-1"})

    assert str(refusal.value) == ("MAIL_RATE and MAIL_RATE_PER_DOMAIN are mails a minute, or 0 for no limit.")


def test_no_retention_period_is_assumed(read_settings):
    assert set(read_settings()["RETENTION"].values()) == {None}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("30 days: DPR-EC-1063, section 5", (30, "DPR-EC-1063, section 5")),
        ("1 day: a record", (1, "a record")),
    ],
)
def test_retention_period_is_read_with_its_source(read_settings, said, kept):
    assert read_settings(RETENTION_MAILS=said)["RETENTION"]["mails"] == kept


@pytest.mark.parametrize("said", ["30", "30 days", "30 days:", "5 years: a record", "-1 days: x", "soon"])
def test_retention_period_without_days_or_source_is_refused(read_settings, said):
    with pytest.raises(ImproperlyConfigured, match="must look like"):
        read_settings(RETENTION_MAILS=said)


def test_request_after_a_restart_of_postgres_finds_it_again(read_settings, postgres_url, django_db_blocker):
    database = read_settings(DATABASE_URL=postgres_url)["DATABASES"]
    connection = ConnectionHandler(database)["default"]

    def ask() -> int:
        """Ask as a request does, at whose end the connection goes back into the pool."""
        with connection.cursor() as cursor:
            (process,) = cursor.execute("SELECT pg_backend_pid()").fetchone()
        connection.close()
        return process

    with django_db_blocker.unblock():
        before = ask()
        with psycopg.connect(postgres_url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

        after = ask()
        connection.close_pool()

    assert after != before

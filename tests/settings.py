"""Settings of the test suite: the site's own, with what would be slow or would leave this process replaced.

DATABASE_URL and REDIS_URL are honoured; without them tests use an SQLite *file* (a database in memory is flaky with
worker threads) and a broker in memory, so that waking a worker does nothing. TEST_DB_SUFFIX keeps two test runs on one
machine apart; pytest-xdist adds its worker's name by itself.
"""

import os
from pathlib import Path

SUFFIX = os.environ.get("TEST_DB_SUFFIX", "")
TEST_DATA_DIR = Path(__file__).resolve().parent.parent / "var" / f"tests{SUFFIX and '-' + SUFFIX}"
TEST_DATA_DIR.mkdir(parents=True, exist_ok=True)

os.environ["SECRET_KEY"] = "for tests only, and long enough to please the deployment check: 0123456789"
os.environ["DATA_DIR"] = str(TEST_DATA_DIR)
for name in (
    "DEBUG",
    "SECRET_KEY_FALLBACKS",
    "ALLOWED_HOSTS",
    "SITE_URL",
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
    "BULK_STOP_WINDOW",
    "RETENTION_ACCESS_NEEDS",
    "RETENTION_QUESTIONS",
    "RETENTION_MAILS",
    "RETENTION_WITHOUT_PLACE",
    "RETENTION_REGISTRATIONS",
    "OVERRIDE_LAPSES_AFTER",
):
    os.environ.pop(name, None)

from webinar_site.settings import *  # noqa: E402, F403
from webinar_site.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_webinar{SUFFIX and '_' + SUFFIX}"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = TEST_DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
AXES_ENABLED = False

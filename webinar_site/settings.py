"""Settings of the site; what differs by place comes from the environment (README lists every variable)."""

import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()  # lets `ModelAdmin[Seat]` and the like, which the type checker reads, also run

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_LOGO = env("SITE_LOGO", default="flag.svg")
DEBUG = env.bool("DEBUG", default=False)


# Who may talk to the site, and how


def read_secret_key() -> str:
    """Return SECRET_KEY, else the key that quickstart keeps in the data folder; it alone runs without one.

    Raise ImproperlyConfigured where there is none.
    """
    kept = DATA_DIR / "secret_key"
    key = env("SECRET_KEY", default="") or (kept.read_text().strip() if kept.is_file() else "")
    if not key and sys.argv[1:2] != ["quickstart"]:
        raise ImproperlyConfigured(
            "Set SECRET_KEY to a long random text. Only `manage.py quickstart` runs without: it makes its own."
        )
    return key


SECRET_KEY = read_secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must look like https://webinars.example.eu, not {SITE_URL!r}.")
HTTPS = _site.scheme == "https"
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=LOOPBACK if _site.hostname in LOOPBACK else [_site.hostname]
)
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # probes come from inside, without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# Promises for the whole domain (sub-domains, browsers' preload lists) are not this site's to make.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "webinar_site.errors.csrf_failure"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
METRICS_TOKEN = env("METRICS_TOKEN", default="")
MEETING_HOSTS = [host.strip(" .").lower() for host in env.list("MEETING_HOSTS", default=["webex.com"])]

# With `no-referrer` browsers send `Origin: null`, and every form would fail its CSRF check.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}


# The parts of the site

INSTALLED_APPS = [
    "webinar_site.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "crispy_forms",
    "django_countries",
    "webinar_site",
    "eligibility",
    "registrations",
]
MIDDLEWARE = [
    "webinar_site.middleware.log_access",
    "webinar_site.middleware.read_client_ip",
    "webinar_site.middleware.limit_browser_features",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages (D-83); static files are compressed beforehand
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "webinar_site.middleware.vary_by_language_cookie",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "webinar_site.middleware.PlainInput",
    "webinar_site.middleware.RefuseImpossible",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # must be last
]
ROOT_URLCONF = "webinar_site.urls"
WSGI_APPLICATION = "webinar_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webinar_site.context.public_url",
                "webinar_site.context.site_logo",
                "webinar_site.context.languages",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["commission"]
CRISPY_TEMPLATE_PACK = "commission"
CRISPY_FAIL_SILENTLY = False

# README, "Adding a language", says what else each of them needs. They call themselves by their own names.
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "webinar_site" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
FORMAT_MODULE_PATH = "webinar_site.formats"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


# Staff sign in with a password; five wrong ones lock that name at that address for an hour

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "webinar_site.visitors.ip_to_lock"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "429.html"


# Database: SQLite in the data folder unless DATABASE_URL names another


def read_database() -> dict[str, Any]:
    """Return DATABASES["default"] from DATABASE_URL, with what each engine needs to serve many threads."""
    # The path is no part of the default URL: a `#` or `?` in the folder's name would cut it.
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "db.sqlite3")}
    database: dict[str, Any] = env.db_url("DATABASE_URL") if env("DATABASE_URL", default="") else sqlite
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE cures "database is locked" where a transaction reads first and then writes; WAL lets readers go on.
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 20)
        options.setdefault("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    elif database["ENGINE"] == "django.db.backends.postgresql":
        # Celery closes its connection around every task; the pool makes that cheap.
        options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 10})
        # The pool tries a connection before it hands it out: those from before a restart of the server are dead.
        database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": read_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Celery: Redis unless REDIS_URL is empty, then messages are files in the data folder

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "files://localhost/"
_queue = str(DATA_DIR / "queue")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if REDIS_URL
    else {
        "data_folder_in": _queue,
        "data_folder_out": _queue,
        "control_folder": str(DATA_DIR / "queue-control"),
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "webinar_site"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = (
    False  # a dead broker costs latency, never the request: the next sweep wakes a worker
)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "registrations.do_due_work", "schedule": 10.0, "options": {"expires": 10.0}},
    "purge": {
        "task": "registrations.purge",
        "schedule": crontab(hour="3", minute="20"),
        "options": {"expires": 3600.0},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TIMEZONE = TIME_ZONE


# Acts that touch many people wait this long, in seconds, so that somebody can stop them

BULK_STOP_WINDOW = env.int("BULK_STOP_WINDOW", default=300)
OVERRIDE_LAPSES_AFTER = env.int("OVERRIDE_LAPSES_AFTER", default=72)  # hours


# How long personal data are kept after the end of a webinar; an official figure was not found, so none is assumed


def read_period(value: str) -> tuple[int, str] | None:
    """Return days and source from “30 days: where that is established”, or None where nothing is said.

    Raise ImproperlyConfigured for anything else: a period that nobody has established must not delete anything.
    """
    if not value:
        return None
    match = re.fullmatch(r"(\d{1,5}) days?: *(\S.*)", value)
    if match is None:
        raise ImproperlyConfigured(
            f"A RETENTION_… variable must look like “30 days: where that is established”, not {value!r}."
        )
    return int(match[1]), match[2]


RETENTION = {
    "access_needs": read_period(env("RETENTION_ACCESS_NEEDS", default="")),
    "questions": read_period(env("RETENTION_QUESTIONS", default="")),
    "mails": read_period(env("RETENTION_MAILS", default="")),
    "without_place": read_period(env("RETENTION_WITHOUT_PLACE", default="")),
    "registrations": read_period(env("RETENTION_REGISTRATIONS", default="")),
}


# Mail: kept as files in the data folder unless EMAIL_URL names a mail server

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="webinars@localhost.localdomain")
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", default="")
if BOUNCE_ADDRESS and not re.fullmatch(r"[A-Za-z0-9._-]{1,31}@[A-Za-z0-9.-]+", BOUNCE_ADDRESS):
    # With + and the 32 characters of a mail's id the part before the @ must stay within 64 (RFC 5321, 4.5.3.1.1).
    raise ImproperlyConfigured(
        "BOUNCE_ADDRESS must look like bounces@example.eu, with at most 31 letters, digits, dots or hyphens "
        f"before the @, not {BOUNCE_ADDRESS!r}."
    )
IMAP_URLS = env("IMAP_URL", default="").replace(",", " ").split()
MAILDIR = DATA_DIR / "mail"
EMAIL_TIMEOUT = 15
# Mails a minute, over all and to one recipient's domain; 0 for no limit
MAIL_RATE = env.int("MAIL_RATE", default=0)
MAIL_RATE_PER_DOMAIN = env.int("MAIL_RATE_PER_DOMAIN", default=0)
if MAIL_RATE < 0 or MAIL_RATE_PER_DOMAIN < 0:
    raise ImproperlyConfigured("MAIL_RATE and MAIL_RATE_PER_DOMAIN are mails a minute, or 0 for no limit.")
EMAIL_BACKEND = "webinar_site.maildir.MaildirBackend"
if EMAIL_URL := env("EMAIL_URL", default=""):
    # django-environ reads smtps as STARTTLS; everybody else means TLS from the first byte.
    vars().update(env.email_url_config(EMAIL_URL.replace("smtps://", "smtp+ssl://", 1)))


# Logging: one line of JSON each on standard output, without personal data (see logs.py)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "webinar_site.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"},
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # the access log has the rest
        "django.server": {"level": "ERROR", "handlers": [], "propagate": True},
        "celery": {"level": "WARNING"},  # not every task that wakes a worker
        "axes": {"level": "CRITICAL"},  # its lines name people; its tables hold the same
    },
}

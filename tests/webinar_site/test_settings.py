"""Settings read from the environment."""

from django.conf import settings
from django.db import connection


def test_settings_of_the_suite_use_a_database_file(db):
    assert connection.settings_dict["NAME"] != ":memory:"
    assert settings.CELERY_BROKER_URL == "memory://"

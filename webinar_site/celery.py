"""The Celery application: the bell that wakes workers; the database is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_site.settings")

app = Celery("webinar_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

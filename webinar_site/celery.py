"""The Celery application: it wakes workers; the database is the queue (D-50)."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_site.settings")
TRANSPORT_ALIASES["files"] = "webinar_site.broker:Transport"

app = Celery("webinar_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""WSGI entry point: the web side of the site."""

import os

from django.core.wsgi import get_wsgi_application

from webinar_site.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_site.settings")

# A silent Redis must not hold a request: waking a worker is given up after half a second; the next sweep does it.
# Workers keep Celery's own patience.
IMPATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "max_retries": 0}

application = get_wsgi_application()
celery_app.conf.broker_transport_options = celery_app.conf.broker_transport_options | IMPATIENCE

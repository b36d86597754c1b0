"""The platform the webinar site runs on; no rule of the webinar lives here."""

from webinar_site.celery import app as celery_app

__all__ = ["celery_app"]

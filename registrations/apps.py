"""Application: webinars, registrations, decisions, mail and calendars."""

from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    """Webinars and who registers for them."""

    name = "registrations"
    verbose_name = "Registrations"

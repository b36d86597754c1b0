"""Application: webinars, registrations, decisions, mail and calendars."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationsConfig(AppConfig):
    """Webinars and who registers for them."""

    name = "registrations"
    verbose_name = _("Registrations")

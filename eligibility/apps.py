"""Application: who may attend, as of a day."""

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    """Who may attend, as of a day; knows nothing of registrations."""

    name = "eligibility"
    verbose_name = "Eligibility"

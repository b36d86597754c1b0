"""Application: who may attend, as of a day."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from eligibility.checks import check_data_files


class EligibilityConfig(AppConfig):
    """Who may attend, as of a day; knows nothing of registrations."""

    name = "eligibility"
    verbose_name = _("Eligibility")

    def ready(self) -> None:
        """Let `manage.py check` read the data files."""
        checks.register(check_data_files)

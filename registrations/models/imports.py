"""What an import of registrations has still to take, line by line, and what became of each line."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.models.jobs import BulkJob
from registrations.models.registration import Registration


class ImportedLine(models.Model):
    """One line of a list that staff imported; what it says is kept only until it is a registration."""

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(help_text=_("Number of the line in the list, from 1."))
    answers = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, help_text=_("Emptied once the line is dealt with.")
    )
    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, null=True, related_name="imported_line"
    )
    problem = models.TextField(blank=True, help_text=_("Why it was left alone."))

    class Meta:
        verbose_name = _("imported line")
        verbose_name_plural = _("imported lines")
        ordering = ["job", "number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_imported_line_per_number")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"

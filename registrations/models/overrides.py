"""An approval against the verdict."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.registration import Seat


class Override(models.Model):
    """Approving a seat against its verdict: asked for in writing by one person, confirmed by another."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="overrides")
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    batch = models.UUIDField(
        null=True, editable=False, help_text=_("Shared by overrides asked for together, with one reason.")
    )

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("requested_by")),
                name="override_needs_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["seat"], condition=Q(confirmed_by__isnull=True), name="one_open_override_per_seat"
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "seat"], condition=Q(batch__isnull=False), name="override_of_batch"
            ),
        ]

    def __str__(self) -> str:
        return str(self.seat)

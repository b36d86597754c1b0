"""When people are reminded of a session."""

from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.webinar import WebinarSession

TWO_WEEKS = 14 * 24


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders, as sentences."""

    def due(self, now: datetime) -> "ReminderQuerySet":
        """Return the reminders that are to go out by this moment (aware datetime)."""
        return self.filter(due_at__lte=now)


class Reminder(models.Model):
    """One mail to everybody with a place, some hours before a session starts."""

    session = models.ForeignKey(
        WebinarSession, on_delete=models.CASCADE, related_name="reminders", db_index=False
    )
    hours_before = models.PositiveSmallIntegerField(
        _("hours before the start"), validators=[MinValueValidator(1), MaxValueValidator(TWO_WEEKS)]
    )
    due_at = models.DateTimeField(
        _("goes out"),
        null=True,
        editable=False,
        help_text=_("Empty when it is sent, when its moment has passed, and while there is no date."),
    )

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-hours_before"]
        constraints = [
            models.UniqueConstraint(fields=["session", "hours_before"], name="one_reminder_per_moment")
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.hours_before} h"

    def moment(self) -> datetime | None:
        """Return when it goes out as its session is now (aware); None while there is nothing to be reminded of."""
        starts_at = self.session.starts_at
        if starts_at is None or self.session.is_cancelled:
            return None
        return starts_at - timedelta(hours=self.hours_before)

"""A person's objection to a result, and the staff's answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.seat import Seat


class ContestQuerySet(models.QuerySet["Contest"]):
    """Contests, as sentences."""

    def open(self) -> "ContestQuerySet":
        """Return the contests that wait for an answer."""
        return self.filter(answered_at__isnull=True)


class Contest(models.Model):
    """Somebody says that the result for their seat is wrong; a member of staff looks again and answers."""

    seat = models.ForeignKey(Seat, verbose_name=_("place"), on_delete=models.PROTECT, related_name="contests")
    text = models.TextField(_("what the person says"), max_length=2000)
    created_at = models.DateTimeField(_("objected on"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(answered_at__isnull=True), name="one_open_contest_per_seat"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="contest_is_answered_wholly_or_not",
            ),
        ]

    def __str__(self) -> str:
        return str(self.seat)

    @property
    def is_open(self) -> bool:
        """Return whether it waits for an answer."""
        return self.answered_at is None

"""Approving or keeping a seat against its verdict: who asked, who confirmed, and what nobody answered."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.seat import Seat
from registrations.models.webinar import is_not_over


class OverrideQuerySet(models.QuerySet["Override"]):
    """Overrides, as sentences."""

    def open(self) -> "OverrideQuerySet":
        """Return the requests that a second person can still answer."""
        return self.filter(confirmed_by__isnull=True, lapsed_at__isnull=True)

    def unanswered_since(self, moment: datetime) -> "OverrideQuerySet":
        """Return the open requests that were made at this moment (aware datetime) or before."""
        return self.open().filter(requested_at__lte=moment)

    def lapsed(self, now: datetime) -> "OverrideQuerySet":
        """Return the requests that have lapsed, for sessions that are not over at this moment (aware datetime)."""
        return self.filter(is_not_over(now, "seat__session__"), lapsed_at__isnull=False)

    def unconfirmed(self) -> "OverrideQuerySet":
        """Return the requests that nobody has confirmed, those that have lapsed included."""
        return self.filter(confirmed_by__isnull=True)

    def confirmed(self) -> "OverrideQuerySet":
        """Return the requests that a second person has confirmed."""
        return self.filter(confirmed_by__isnull=False)


class Override(models.Model):
    """Approving a seat against its verdict: asked for in writing by one person, confirmed by another.

    A request that nobody answers lapses; its row stays until the seat is asked for or decided about again.
    """

    seat = models.ForeignKey(
        Seat, verbose_name=_("place"), on_delete=models.PROTECT, related_name="overrides"
    )
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("requested by"), on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("requested at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    lapsed_at = models.DateTimeField(_("lapsed"), null=True)
    batch = models.UUIDField(
        null=True, editable=False, help_text=_("Shared by exceptions asked for together, with one reason.")
    )

    objects = OverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("requested_by")),
                name="override_needs_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(confirmed_by__isnull=True, lapsed_at__isnull=True),
                name="one_open_override_per_seat",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(lapsed_at__isnull=True),
                name="confirmed_override_has_not_lapsed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "seat"], condition=Q(batch__isnull=False), name="override_of_batch"
            ),
        ]

    def __str__(self) -> str:
        return str(self.seat)

    @property
    def is_open(self) -> bool:
        """Return whether a second person can still answer, as far as the row says."""
        return self.confirmed_by_id is None and self.lapsed_at is None

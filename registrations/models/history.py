"""What happened, append-only."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.models.actions import Action
from registrations.models.history_facts import HistoryFacts, read_facts
from registrations.models.registration import Registration
from registrations.models.webinar import Webinar, WebinarSession


class HistoryIsAppendOnly(RuntimeError):
    """Somebody tried to change or delete what has happened."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows to read; there is nothing else to do with them."""

    def update(self, **kwargs: object) -> NoReturn:
        """Refuse: what happened does not change."""
        raise HistoryIsAppendOnly

    def delete(self) -> NoReturn:
        """Refuse: what happened does not change."""
        raise HistoryIsAppendOnly


class HistoryQuerySet(AppendOnlyQuerySet):
    """Entries, as sentences."""

    def after(self, number: int) -> "HistoryQuerySet":
        """Return the entries behind one number, in order: by number, whatever their moment."""
        return self.filter(pk__gt=number).order_by("pk")


class HistoryEntry(models.Model):
    """When, who, what, about whom; facts name rows by id and never repeat a person's data."""

    at = models.DateTimeField(_("date and time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("staff"),
    )
    actor = models.CharField(
        _("actor"),
        max_length=6,
        choices=[("staff", _("staff")), ("person", _("the person")), ("system", _("the system"))],
    )
    action = models.CharField(_("action"), max_length=20, choices=Action)
    webinar = models.ForeignKey(
        Webinar,
        verbose_name=_("webinar"),
        on_delete=models.PROTECT,
        null=True,
        related_name="history",
        db_index=False,
    )
    session = models.ForeignKey(
        WebinarSession, verbose_name=_("session"), on_delete=models.PROTECT, null=True, related_name="history"
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, null=True, related_name="history", db_index=False
    )
    publication_number = models.PositiveIntegerField(_("publication number"), null=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    salt = models.CharField(_("salt"), max_length=32)
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 over the salt and the entry."))

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["-id"]
        permissions = [("export_historyentry", "Can take the history of a webinar out as a file")]
        indexes = [
            models.Index(fields=["registration", "id"], name="history_of_registration"),
            models.Index(fields=["webinar", "-at", "-id"], name="history_of_webinar"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()}"

    @property
    def said(self) -> HistoryFacts:
        """Return the facts as the record of the action."""
        return read_facts(self.action, self.facts)


class HistoryAnchor(models.Model):
    """A seal made at night over every entry since the one before it, and over that one.

    Whoever has written its digest down elsewhere can prove later that not a row up to then was altered, added or
    removed.
    """

    day = models.DateField(_("day"), unique=True, help_text=_("The last day it covers, in Brussels."))
    made_at = models.DateTimeField(_("made"))
    last_entry = models.PositiveBigIntegerField(
        _("last entry"), help_text=_("Number of the newest entry it covers; 0 before there was any.")
    )
    entries = models.PositiveIntegerField(_("entries"), help_text=_("How many it covers."))
    marks = models.BinaryField(help_text=_("Of each entry its number (8 bytes) and digest (32 bytes)."))
    digest = models.CharField(
        _("digest"), max_length=64, help_text=_("SHA-256 over the digest before, the day and the marks.")
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("history anchor")
        verbose_name_plural = _("history anchors")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.digest[:12]}"

"""What came back by mail and waits for staff, and how far each mailbox has been read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.registration import Registration
from registrations.models.seat import PartStat
from registrations.models.webinar import WebinarSession


class UnplacedAnswer(models.Model):
    """An answer to an invitation of ours by somebody else than the person invited: an assistant, or an alias (D-49)."""

    session = models.ForeignKey(
        WebinarSession,
        verbose_name=_("session"),
        on_delete=models.PROTECT,
        related_name="unplaced_answers",
        db_index=False,
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("registration"),
        on_delete=models.PROTECT,
        null=True,
        related_name="unplaced_answers",
        help_text=_(
            "The person it names as invited or, failing that, its sender; empty where both are unknown."
        ),
    )
    attendee = models.CharField(_("answered for"), max_length=254)
    sender = models.CharField(_("sent by"), max_length=254)
    answer = models.CharField(_("calendar answer"), max_length=9, choices=PartStat)
    answered_at = models.DateTimeField(_("answered at"), help_text=_("DTSTAMP of the answer."))
    received_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("unplaced answer")
        verbose_name_plural = _("answers that could not be placed")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("settle_unplacedanswer", "Can take an answer off the list of those not placed")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "attendee", "sender"], name="one_unplaced_answer_per_sender"
            ),
            models.CheckConstraint(condition=Q(answer__in=PartStat.values), name="unplaced_answer_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} · {self.session}"


class ReadMailbox(models.Model):
    """How far a mailbox has been read, by the numbers its server gives messages, not by people's marks (D-58)."""

    name = models.CharField(max_length=500, unique=True, help_text=_("User, host and mailbox."))
    validity = models.PositiveBigIntegerField(help_text=_("UIDVALIDITY: with another, all numbers are void."))
    last_uid = models.PositiveBigIntegerField(default=0, help_text=_("Every message up to it has been read."))
    again = models.JSONField(
        default=list, help_text=_("UIDs of messages that failed and are to be read again.")
    )

    class Meta:
        verbose_name = _("mailbox that is read")
        verbose_name_plural = _("mailboxes that are read")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

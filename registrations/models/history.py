"""What happened, append-only."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

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


class Action(models.TextChoices):
    """What can happen."""

    REGISTERED = "registered", _("registered")
    CONFIRMED = "confirmed", _("address confirmed")
    EXPIRED = "expired", _("expired")
    EDITED = "edited", _("edited by the person")
    WITHDRAWN = "withdrawn", _("withdrawn by the person")
    CONSENT_CHANGED = "consent_changed", _("consent given or withdrawn by the person")
    ERASED = "erased", _("personal data erased")
    PURGED = "purged", _("personal data deleted at the end of their period")
    ADDRESS_ASKED = "address_asked", _("new address given by the person")
    ADDRESS_CHANGED = "address_changed", _("address changed by the person")
    GUEST_INVITED = "guest_invited", _("guest invited")
    APPROVED = "approved", _("approved")
    WAITLISTED = "waitlisted", _("put on the waiting list")
    MOVED_ON_LIST = "moved_on_list", _("moved on the waiting list")
    PROMOTED = "promoted", _("approved from the waiting list")
    REJECTED = "rejected", _("rejected")
    PUT_BACK = "put_back", _("put back to requested")
    CANCELLED = "cancelled", _("cancelled")
    OVERRIDE_REQUESTED = "override_requested", _("override requested")
    OVERRIDE_CONFIRMED = "override_confirmed", _("override confirmed")
    OVERRIDE_DECLINED = "override_declined", _("override declined")
    OVERRIDE_LAPSED = "override_lapsed", _("override lapsed unanswered")
    CONTESTED = "contested", _("contested by the person")
    CONTEST_ANSWERED = "contest_answered", _("contest answered")
    REASSESSED = "reassessed", _("re-assessed")
    RESCHEDULED = "rescheduled", _("time changed")
    RETITLED = "retitled", _("title or place changed")
    DATE_WITHDRAWN = "date_withdrawn", _("date taken back")
    SESSION_CANCELLED = "session_cancelled", _("session cancelled")
    REGISTRATION_OPENED = "registration_opened", _("registration opened")
    REGISTRATION_PLANNED = "registration_planned", _("opening of registration planned")
    REGISTRATION_CLOSED = "registration_closed", _("registration closed")
    AUTO_APPROVAL_ON = "auto_approval_on", _("automatic approval switched on")
    AUTO_APPROVAL_OFF = "auto_approval_off", _("automatic approval switched off")
    WEBINAR_COPIED = "webinar_copied", _("made as a copy of another webinar")
    AGENDA_PUBLISHED = "agenda_published", _("agenda published")
    UNDECIDED = "undecided", _("not decided in time")
    JOINED = "joined", _("joined")
    EXPORTED = "exported", _("people exported")
    ADDRESSES_IMPORTED = "addresses_imported", _("personal meeting addresses imported")
    PEOPLE_IMPORTED = "people_imported", _("registrations imported")
    ATTENDANCE_IMPORTED = "attendance_imported", _("attendance report saved")
    ATTENDANCE_MATCHED = "attendance_matched", _("attendance matched by hand")
    ATTENDANCE_DISMISSED = "attendance_dismissed", _("attendance set aside")
    ATTENDANCE_OPENED = "attendance_opened", _("attendance put back to be matched")
    QUESTIONS_MARKED = "questions_marked", _("questions marked")
    FOLLOW_UP_EDITED = "follow_up_edited", _("follow-up links changed")
    FOLLOW_UP_SENT = "follow_up_sent", _("follow-up sent")
    BOUNCED = "bounced", _("address bounced")
    ADDRESS_RETRIED = "address_retried", _("address to be tried again")
    MAIL_RETURNED = "mail_returned", _("mail not delivered")
    INVITATION_ANSWERED = "invitation_answered", _("invitation answered in a calendar")
    ANSWER_SETTLED = "answer_settled", _("answer that could not be placed taken off the list")
    MAIL_RESENT = "mail_resent", _("mail sent again")
    MAIL_TEXT_CHANGED = "mail_text_changed", _("mail text changed")
    LEGAL_TEXT_ADDED = "legal_text_added", _("legal text published")
    BULK_STARTED = "bulk_started", _("bulk job started")
    BULK_RELEASED = "bulk_released", _("bulk job released before its time")
    BULK_STOPPED = "bulk_stopped", _("bulk job stopped")


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
        Webinar, verbose_name=_("webinar"), on_delete=models.PROTECT, null=True, related_name="history"
    )
    session = models.ForeignKey(
        WebinarSession, verbose_name=_("session"), on_delete=models.PROTECT, null=True, related_name="history"
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, null=True, related_name="history"
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

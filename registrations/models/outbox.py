"""Mails before they are messages."""

from datetime import datetime, timedelta
from enum import IntEnum

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from registrations.models.jobs import BulkJob
from registrations.models.registration import Registration
from registrations.models.seat import Seat
from registrations.states import OPEN_REGISTRATIONS

LATE = timedelta(minutes=15)  # a mail that has waited longer than it was meant to is worth somebody's look
LATELY = timedelta(hours=1)
MANY_RETURNED = 10  # so many mails that came back lately are no accident: something is wrong with how we send


class MailKind(models.TextChoices):
    """Which mail: one function in mails.py, two templates."""

    CONFIRM_ADDRESS = "confirm_address", _("confirm your address")
    CONFIRM_NEW_ADDRESS = "confirm_new_address", _("confirm your new address")
    ADDRESS_CHANGED = "address_changed", _("address changed")
    ADDRESS_LEFT = "address_left", _("registration moved away")
    ALREADY_REGISTERED = "already_registered", _("already registered")
    MANAGE_LINK = "manage_link", _("your links")
    RECEIVED = "received", _("registration received")
    INVITATION = "invitation", _("invitation")
    PLACE_KEPT = "place_kept", _("place kept, date to be confirmed")
    SESSION_CHANGED = "session_changed", _("session changed")
    DATE_WITHDRAWN = "date_withdrawn", _("date no longer holds")
    SESSION_CANCELLED = "session_cancelled", _("session cancelled")
    WAITLISTED = "waitlisted", _("on the waiting list")
    REJECTED = "rejected", _("not admitted")
    PUT_BACK = "put_back", _("to be decided again")
    CONTEST_RECEIVED = "contest_received", _("objection received")
    CONTEST_ANSWERED = "contest_answered", _("answer to an objection")
    CANCELLED = "cancelled", _("place cancelled by staff")
    WITHDRAWN = "withdrawn", _("withdrawal confirmed")
    ERASED = "erased", _("data erased")
    AGENDA = "agenda", _("agenda")
    UNDECIDED = "undecided", _("not decided in time")
    REMINDER = "reminder", _("reminder")
    FOLLOW_UP = "follow_up", _("follow-up")
    STAFF_DIGEST = "staff_digest", _("to staff: what waits")
    STAFF_DEADLINE = "staff_deadline", _("to staff: undecided before a session")

    @property
    def is_asked_for(self) -> bool:
        """Return whether somebody has just asked for it on the site, with the address it goes to."""
        return self in (MailKind.CONFIRM_ADDRESS, MailKind.ALREADY_REGISTERED, MailKind.MANAGE_LINK)

    @property
    def is_to_staff(self) -> bool:
        """Return whether it goes to members of staff: about no registration, and in one wording for all webinars."""
        return self in (MailKind.STAFF_DIGEST, MailKind.STAFF_DEADLINE)


class MailQuerySet(models.QuerySet["OutgoingMail"]):
    """Mails, as sentences."""

    def unfinished(self) -> "MailQuerySet":
        """Return the mails of which it is not settled yet what becomes of them."""
        return self.filter(due_at__isnull=False)

    def finished(self) -> "MailQuerySet":
        """Return the mails that were sent, given up or overtaken."""
        return self.filter(due_at__isnull=True)

    def taken_by_a_server(self) -> "MailQuerySet":
        """Return the mails that were tried, and neither dropped nor withheld: those that can come back."""
        never = (OutgoingMail.State.DROPPED, OutgoingMail.State.WITHHELD)
        return self.filter(attempts__gt=0).exclude(state__in=never)

    def with_calendar_part(self) -> "MailQuerySet":
        """Return the mails that put a session into a calendar, move it there or take it out."""
        return self.filter(facts__calendar__sequence__isnull=False)

    def withheld(self) -> "MailQuerySet":
        """Return the mails that were withheld because their address had bounced, and could still be sent to it."""
        return self.filter(
            state=OutgoingMail.State.WITHHELD,
            recipient=F("registration__email"),
            registration__state__in=OPEN_REGISTRATIONS,
        )

    def returned_lately(self, now: datetime) -> "MailQuerySet":
        """Return the mails that came back in the last hour; see `is_returned_lately`."""
        return self.filter(is_returned_lately(now))

    def due(self, now: datetime) -> "MailQuerySet":
        """Return what may be sent at this moment: what somebody waits for first, then the oldest.

        One registration's mails keep their order, and a mail that comes after another's waits until that is finished,
        whatever came of it. Both only ever wait for older rows, so nothing waits for itself.
        """
        unfinished = OutgoingMail.objects.unfinished()
        earlier = unfinished.filter(registration_id=OuterRef("registration_id"), id__lt=OuterRef("id"))
        before = unfinished.filter(message_id=OuterRef("after"))
        may_go = self.filter(~Exists(earlier), ~Exists(before), due_at__lte=now)
        return may_go.order_by("priority", "due_at", "id")

    def late(self, now: datetime) -> "MailQuerySet":
        """Return the unfinished mails that should have gone more than LATE ago; see `is_late`."""
        return self.filter(is_late(now))


def is_late(now: datetime) -> Q:
    """Return the condition that a mail is late at this moment: what admin, /readyz and /metrics all count.

    Counted from when it was to go: a mail for next week is not late before, nor one that waits for its turn under a
    rate limit; one that the server keeps putting off is, however near its next attempt.
    """
    by = now - LATE
    since = Q(planned_at__lt=by) | Q(planned_at__isnull=True, created_at__lt=by)
    return Q(due_at__isnull=False) & since


def is_returned_lately(now: datetime) -> Q:
    """Return the condition that a mail came back in the hour up to this moment, its address not being the reason."""
    return Q(state=OutgoingMail.State.RETURNED, returned_at__gt=now - LATELY)


TEST_KEY = "test:"  # how the keys of tests begin


class OutgoingMail(models.Model):
    """One mail to one person: a row before it is a message."""

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        BOUNCED = "bounced", _("bounced")  # the address is dead
        RETURNED = "returned", _("not delivered")  # this mail did not arrive, the address may well be good
        WITHHELD = "withheld", _("withheld")  # its address had bounced
        DROPPED = "dropped", _("dropped (overtaken)")

    class Priority(IntEnum):
        """What leaves first, when not all can leave at once (D-53)."""

        PERSON = 0  # somebody waits for it
        BULK = 1  # a job wrote it, to many

    kind = models.CharField(_("kind"), max_length=20, choices=MailKind)
    registration = models.ForeignKey(
        Registration,
        on_delete=models.PROTECT,
        null=True,
        related_name="mails",
        help_text=_("Empty for mails to staff, and tests that a member of staff sent to themselves."),
        db_index=False,
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="mails")
    job = models.ForeignKey(BulkJob, on_delete=models.PROTECT, null=True, related_name="mails")
    text = models.ForeignKey(
        "MailText",
        on_delete=models.PROTECT,
        null=True,
        related_name="mails",
        verbose_name=_("mail text"),
        help_text=_("The Editors' text it was written under; empty for the site's own."),
    )
    recipient = models.EmailField(_("recipient"))
    language = models.CharField(_("language"), max_length=10)
    facts = models.JSONField(
        encoder=DjangoJSONEncoder, help_text=_("What the mail says, frozen when it was written.")
    )
    dedupe_key = models.CharField(max_length=120, unique=True, help_text=_("Nothing is told twice."))
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(
        _("next attempt"),
        null=True,
        help_text=_("When to try next, or when a claim runs out; empty when finished."),
    )
    priority = models.PositiveSmallIntegerField(default=Priority.PERSON.value)
    after = models.CharField(
        max_length=120,
        blank=True,
        help_text=_("Message-ID of the mail that has to be finished before this one may go; empty for none."),
    )
    cancels = models.BooleanField(default=False, help_text=_("It takes a session out of a calendar."))
    expires_at = models.DateTimeField(
        db_column="not_after",
        null=True,
        help_text=_("From this moment on the mail is of no use and is not sent any more."),
    )
    planned_at = models.DateTimeField(
        _("planned for"),
        null=True,
        help_text=_("When it was to go, whatever came of it; empty means when it was written."),
    )
    claim = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    raw = models.BinaryField(
        null=True, help_text=_("The message as first rendered; a retry sends the same bytes.")
    )
    reply = models.CharField(
        _("reply"), max_length=500, blank=True, help_text=_("What the mail server said.")
    )
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    returned_at = models.DateTimeField(
        _("came back at"), null=True, help_text=_("When we read that it was not delivered.")
    )
    wipe = models.BooleanField(
        default=False,
        help_text=_("The person's data are erased: what it holds goes as soon as it is finished."),
    )
    resend_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        related_name="resends",
        verbose_name=_("sends again"),
        help_text=_("The mail, as it was first written, that staff had sent again."),
    )

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-id"]
        permissions = [("resend_outgoingmail", "Can send a mail again")]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"], condition=Q(due_at__isnull=False), name="mail_due"
            ),
            models.Index(
                fields=["seat"], condition=Q(cancels=True, due_at__isnull=False), name="mail_cancelling"
            ),
            models.Index(fields=["registration", "id"], name="mail_of_registration"),
            models.Index(fields=["-created_at", "-id"], name="mail_written"),
            models.Index(fields=["id"], condition=Q(wipe=True), name="mail_to_wipe"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_state_display()})"

    @property
    def is_test(self) -> bool:
        """Return whether a member of staff sent it to themselves to read its text: it is about nobody."""
        return self.dedupe_key.startswith(TEST_KEY)

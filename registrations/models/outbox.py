"""Mails before they are messages, and acts that touch many people."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registrations.models.history import Action
from registrations.models.registration import Registration
from registrations.models.seat import STANDING_PART, STANDING_PARTS, Seat
from registrations.models.webinar import Webinar, WebinarSession
from registrations.states import Move

LATE = timedelta(minutes=15)  # a mail that has waited longer than it was meant to is worth somebody's look


LATELY = timedelta(hours=1)
MANY_RETURNED = 10  # so many mails that came back lately are no accident: something is wrong with how we send


class BulkJob(models.Model):
    """One act that touches many people: written with the change, carried out in chunks by a worker."""

    class Kind(models.TextChoices):
        """What is done to each person."""

        DECISION = "decision", _("decision")
        SESSION_CHANGE = "session_change", _("session changed")
        AGENDA = "agenda", _("agenda published")
        REASSESSMENT = "reassessment", _("re-assessment")
        CLOSING = "closing", _("session over")
        REMINDER = "reminder", _("reminder")
        FOLLOW_UP = "follow_up", _("follow-up")
        OVERRIDE = "override", _("overrides confirmed")
        PROMOTION = "promotion", _("places given to the waiting list")
        IMPORT = "import", _("registrations imported")

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    webinar = models.ForeignKey(
        Webinar, verbose_name=_("webinar"), on_delete=models.PROTECT, null=True, related_name="jobs"
    )
    session = models.ForeignKey(
        WebinarSession, verbose_name=_("session"), on_delete=models.PROTECT, null=True, related_name="jobs"
    )
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(
        null=True, help_text=_("When a worker may take the next chunk; empty when finished.")
    )
    cursor = models.BigIntegerField(default=0, help_text=_("Id of the last row that was dealt with."))
    total = models.PositiveIntegerField(_("total"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    click = models.UUIDField(
        null=True,
        unique=True,
        help_text=_("Which page's button began it, for what: pressed twice, it begins once."),
    )
    created_at = models.DateTimeField(_("created at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("bulk job")
        verbose_name_plural = _("bulk jobs")
        ordering = ["-id"]
        permissions = [("stop_bulkjob", "Can stop a bulk job")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="bulkjob_due")]

    def __str__(self) -> str:
        sessions = [self.session.number] if self.session else self.facts.get("sessions", ())
        return job_name(self.kind, self.facts, sessions=sessions, total=self.total)

    def is_held(self, now: datetime) -> bool:
        """Return whether the job waits in its stop window at this moment (aware datetime)."""
        return self.state == self.State.WAITING and self.due_at is not None and self.due_at > now


def job_name(kind: str, facts: Mapping[str, Any], *, sessions: Sequence[int], total: int) -> str:
    """Return what a job is called in the active language: what it does, in which sessions (numbers), to how many."""
    action = facts.get("action", Action.BULK_STOPPED)
    if kind == BulkJob.Kind.DECISION:
        act = Move(facts["move"]).label
    elif kind == BulkJob.Kind.SESSION_CHANGE and action != Action.BULK_STOPPED:
        act = Action(action).label
    else:
        act = BulkJob.Kind(kind).label
    parts = [capfirst(str(act))]
    if sessions:
        numbers = ", ".join(map(str, sessions))
        parts.append(
            ngettext("session %(numbers)s", "sessions %(numbers)s", len(sessions)) % {"numbers": numbers}
        )
    if total:
        parts.append(_counted(kind, total))
    return " · ".join(parts)


def _counted(kind: str, total: int) -> str:
    if kind in (BulkJob.Kind.AGENDA, BulkJob.Kind.IMPORT):
        return ngettext("%(count)d registration", "%(count)d registrations", total) % {"count": total}
    return ngettext("%(count)d seat", "%(count)d seats", total) % {"count": total}


class BulkJobSeat(models.Model):
    """One seat that a job is to decide about, and how it stood on the page of whoever started the job (D-67)."""

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="planned")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=STANDING_PART * len(STANDING_PARTS))

    class Meta:
        verbose_name = _("seat of a bulk job")
        verbose_name_plural = _("seats of bulk jobs")
        constraints = [models.UniqueConstraint(fields=["job", "seat"], name="one_planned_seat_per_job")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.seat_id}"


class BulkJobRow(models.Model):
    """One person a bulk job left alone, and why: as a code with what it speaks of, read in each reader's language."""

    class Result(models.TextChoices):
        """Why the row was not changed."""

        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=8, choices=Result)
    code = models.CharField(max_length=20, blank=True)  # of services/notes.py, which has the words
    about = models.JSONField(default=dict)  # what those words speak of
    reason = models.TextField(blank=True)  # rows from before there were codes have the words themselves

    class Meta:
        verbose_name = _("row of a bulk job")
        verbose_name_plural = _("rows of bulk jobs")
        constraints = [models.UniqueConstraint(fields=["job", "seat"], name="one_row_per_seat_and_job")]

    def __str__(self) -> str:
        return f"{self.seat_id}: {self.code or self.reason}"


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
    CONTEST_RECEIVED = "contest_received", _("contest received")
    CONTEST_ANSWERED = "contest_answered", _("answer to a contest")
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

    def due(self, now: datetime) -> "MailQuerySet":
        """Return what may be sent at this moment: what somebody waits for first, then the oldest.

        One registration's mails keep their order, and a mail that comes after another's waits until that is finished,
        whatever came of it. Both only ever wait for older rows, so nothing waits for itself.
        """
        unfinished = OutgoingMail.objects.filter(due_at__isnull=False)
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
    not_after = models.DateTimeField(
        null=True, help_text=_("From this moment on the mail is of no use and is not sent any more.")
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

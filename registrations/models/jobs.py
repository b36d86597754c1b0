"""Bulk jobs: acts that touch many people, the seats they are about, and whom they left alone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registrations.models.seat import STANDING_PART, STANDING_PARTS, Seat
from registrations.models.webinar import Webinar, WebinarSession


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    """Bulk jobs, as sentences."""

    def unfinished(self) -> "BulkJobQuerySet":
        """Return the jobs that still have something to do, held or not."""
        return self.filter(due_at__isnull=False)

    def due(self, now: datetime) -> "BulkJobQuerySet":
        """Return the jobs of which a worker may take the next chunk at this moment (aware datetime)."""
        return self.filter(due_at__lte=now)

    def held(self, now: datetime) -> "BulkJobQuerySet":
        """Return the jobs that wait in their stop window at this moment (aware datetime), as `is_held` says it."""
        return self.filter(state=BulkJob.State.WAITING, due_at__gt=now)

    def stopped(self) -> "BulkJobQuerySet":
        """Return the jobs that somebody stopped, some of them half-way."""
        return self.filter(state=BulkJob.State.STOPPED)

    def not_stopped_at_once(self) -> "BulkJobQuerySet":
        """Return the jobs without those that were stopped before they changed anything."""
        return self.exclude(state=BulkJob.State.STOPPED, changed=0)


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
        OVERRIDE = "override", _("exceptions confirmed")
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
    idempotency_key = models.UUIDField(
        db_column="click",
        null=True,
        unique=True,
        help_text=_("Which page's button began it, for what: pressed twice, it begins once."),
    )
    created_at = models.DateTimeField(_("created at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk job")
        verbose_name_plural = _("bulk jobs")
        ordering = ["-id"]
        permissions = [("stop_bulkjob", "Can stop a bulk job")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="bulkjob_due")]

    def __str__(self) -> str:
        return job_name(self.kind, self.facts, session=self.session, total=self.total)

    def is_held(self, now: datetime) -> bool:
        """Return whether the job waits in its stop window at this moment (aware datetime)."""
        return self.state == self.State.WAITING and self.due_at is not None and self.due_at > now


# What a job of a kind is called, by its facts, its session and its total: each kind's record in services/ says it here.
JOB_NAMES: dict[str, Callable[[Mapping[str, Any], WebinarSession | None, int], str]] = {}


def job_name(kind: str, facts: Mapping[str, Any], *, session: WebinarSession | None, total: int) -> str:
    """Return what a job is called in the active language: what it does, in which sessions, to how many.

    `facts` are those of its row, or of a history entry that names it.
    """
    return JOB_NAMES[kind](facts, session, total)


class BulkJobSeatQuerySet(models.QuerySet["BulkJobSeat"]):
    """Seats of bulk jobs, as sentences."""

    def waiting(self) -> "BulkJobSeatQuerySet":
        """Return the rows that their job, which is not finished, has not come to yet."""
        return self.filter(job__due_at__isnull=False, seat__gt=F("job__cursor"))


class BulkJobSeat(models.Model):
    """One seat that a job is to decide about, and how it was on the page of whoever started the job (D-67)."""

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="planned", db_index=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=STANDING_PART * len(STANDING_PARTS))

    objects = BulkJobSeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a bulk job")
        verbose_name_plural = _("places of bulk jobs")
        constraints = [models.UniqueConstraint(fields=["job", "seat"], name="one_planned_seat_per_job")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.seat_id}"


class BulkJobRow(models.Model):
    """One person a bulk job left alone, and why: as a code with what it speaks of, read in each reader's language."""

    class Result(models.TextChoices):
        """Why the row was not changed."""

        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=8, choices=Result)
    code = models.CharField(max_length=20, blank=True)  # of services/jobs/notes.py, which has the words
    about = models.JSONField(default=dict)  # what those words speak of
    reason = models.TextField(blank=True)  # rows from before there were codes have the words themselves

    class Meta:
        verbose_name = _("row of a bulk job")
        verbose_name_plural = _("rows of bulk jobs")
        constraints = [models.UniqueConstraint(fields=["job", "seat"], name="one_row_per_seat_and_job")]

    def __str__(self) -> str:
        return f"{self.seat_id}: {self.code or self.reason}"

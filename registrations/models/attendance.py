"""Who was in a meeting, as its report says, and whose seat that was."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.seat import Seat
from registrations.models.webinar import WebinarSession
from registrations.states import RegistrationState, SeatState


class AttendanceReport(models.Model):
    """The report of a session's meeting that holds: a corrected one takes its place."""

    session = models.OneToOneField(WebinarSession, on_delete=models.PROTECT, related_name="attendance_report")
    sha256 = models.CharField(max_length=64, help_text=_("Of the report's text."))
    reading = models.JSONField(help_text=_("Which column says what, and how its times are written."))
    saved_at = models.DateTimeField(_("saved"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attendance report")
        verbose_name_plural = _("attendance reports")
        ordering = ["-id"]
        permissions = [("record_attendance", "Can save attendance reports and match them by hand")]

    def __str__(self) -> str:
        return str(self.session)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Attendances, as sentences."""

    def to_match(self) -> "AttendanceQuerySet":
        """Return those that nobody knows the seat of yet."""
        return self.filter(state=Attendance.State.OPEN)

    def not_approved(self) -> "AttendanceQuerySet":
        """Return those of people who were there and have no place: staff have to look."""
        # Who is erased since kept the places of sessions that were over.
        states = (RegistrationState.ACTIVE, RegistrationState.ERASED)
        has_place = Q(seat__state=SeatState.APPROVED, seat__registration__state__in=states)
        return self.filter(state=Attendance.State.MATCHED).exclude(has_place)

    def settled_by_staff(self) -> "AttendanceQuerySet":
        """Return those that somebody matched by hand or set aside, which a corrected report leaves as they are."""
        return self.filter(match__in=["", Attendance.Match.HAND]).exclude(state=Attendance.State.OPEN)

    def to_check(self) -> "AttendanceQuerySet":
        """Return those that staff have to match, or whose people had no place."""
        return self.to_match() | self.not_approved()

    def unknown(self) -> "AttendanceQuerySet":
        """Return those that name somebody whose seat nobody knows: they belong to no registration."""
        nameless = Q(name="", email="", organisation="", role="")
        return self.filter(seat__isnull=True).exclude(nameless)


class Attendance(models.Model):
    """One person, or one line of the telephone, as a report names them; `seat` says whose it was."""

    class State(models.TextChoices):
        """Whether it is known who it was."""

        MATCHED = "matched", _("matched")
        OPEN = "open", _("to be matched")
        DISMISSED = "dismissed", _("set aside")

    class Match(models.TextChoices):
        """By what the seat was found."""

        JOINING = "joining", _("joining page")
        ADDRESS = "address", _("email address")
        NAME = "name", _("name and organisation")
        HAND = "hand", _("by hand")

    report = models.ForeignKey(
        AttendanceReport, on_delete=models.CASCADE, related_name="attendances", db_index=False
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="attendances")
    state = models.CharField(_("state"), max_length=9, choices=State)
    match = models.CharField(_("matched by"), max_length=7, choices=Match, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("email address"), max_length=254, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=60, blank=True)
    stays = models.JSONField(
        default=list, encoder=DjangoJSONEncoder, help_text=_("From when to when, in order, without overlap.")
    )
    elsewhere_seconds = models.PositiveIntegerField(
        default=0, help_text=_("Time that the report gives without saying when.")
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["name", "email", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="matched", seat__isnull=False) & ~Q(match="")
                | Q(state__in=["open", "dismissed"], seat__isnull=True, match=""),
                name="attendance_is_matched_wholly_or_not",
            )
        ]
        indexes = [models.Index(fields=["report", "state"], name="attendance_of_report")]

    def __str__(self) -> str:
        return f"{self.report} · {self.pk}"

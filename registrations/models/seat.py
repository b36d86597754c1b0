"""One person's place in one session, and what was decided about it."""

from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eligibility.rules import Outcome, Verdict
from registrations.models.keys import new_token
from registrations.models.meetings import validate_meeting_address
from registrations.models.reasons import ReasonCode, in_words
from registrations.models.registration import Registration
from registrations.models.webinar import WebinarSession
from registrations.states import SeatState

# What a decision about a seat rests on, in parts, so that a difference says what has changed. Names are left out: a
# corrected typing error is no reason to look again.
STANDING_PARTS = ("state", "decision", "verdict", "person")
STANDING_PART = 4  # characters of a part


def standing_of(*parts: tuple[object, ...]) -> str:
    """Return a short digest of each part, one behind the other: what a page carries to say what it showed of a seat."""
    return "".join(
        urlsafe_b64encode(sha256(repr(part).encode()).digest()).decode()[:STANDING_PART] for part in parts
    )


class Answer(models.TextChoices):
    """What somebody answered to an invitation in their calendar; says nothing about their place (RFC 5545, PARTSTAT)."""

    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    TENTATIVE = "tentative", _("tentative")


# Why a seat is flagged, by what was decided about it.
FLAGS = {
    SeatState.APPROVED: _("has a place that the lists no longer give"),
    SeatState.WAITLISTED: _("on the waiting list, and the lists no longer admit"),
    SeatState.REJECTED: _("rejected, and the lists now admit"),
}


class Seat(models.Model):
    """One person's place in one session: the decision lives here."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="seats")
    session = models.ForeignKey(
        WebinarSession, verbose_name=_("session"), on_delete=models.PROTECT, related_name="seats"
    )
    state = models.CharField(_("state"), max_length=10, choices=SeatState, default=SeatState.REQUESTED)
    outcome = models.CharField(
        _("verdict"),
        max_length=12,
        choices=[(outcome.value, outcome.value) for outcome in Outcome],
        blank=True,
        help_text=_("Empty for guests, who are outside eligibility."),
    )
    list_key = models.CharField(
        _("list"), max_length=40, blank=True, help_text=_("The list whose entry decided; empty for none.")
    )
    verdict_data = models.JSONField(
        null=True, help_text=_("The whole Verdict, as rules.Verdict.as_json() wrote it.")
    )
    publication_number = models.PositiveIntegerField(
        null=True,
        help_text=_(
            "Publication the verdict rests on; an older one than the newest is due for re-assessment."
        ),
    )
    judged_as_of = models.DateField(null=True)
    flagged_at = models.DateTimeField(
        _("flagged"),
        null=True,
        blank=True,
        help_text=_("The verdict changed after the decision; staff have to look."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason_code = models.CharField(_("reason chosen"), max_length=9, choices=ReasonCode, blank=True)
    reason = models.TextField(_("reason given"), blank=True)
    waiting_rank = models.BigIntegerField(
        null=True,
        help_text=_("Whose turn on the waiting list staff gave this seat, by its id; empty: its own."),
    )
    override = models.ForeignKey(
        "Override",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("What carries an approval against the verdict."),
    )
    join_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    joined_at = models.DateTimeField(null=True)
    meeting_url = models.URLField(
        _("personal meeting address"),
        max_length=500,
        blank=True,
        validators=[validate_meeting_address],
        help_text=_("Goes before the session's address, where staff imported one."),
    )
    answer = models.CharField(_("calendar answer"), max_length=9, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, help_text=_("DTSTAMP of the answer."))
    told_sequence = models.PositiveIntegerField(null=True, help_text=_("SEQUENCE of the last calendar mail."))
    told_time_sequence = models.PositiveIntegerField(
        null=True,
        help_text=_(
            "SEQUENCE of the calendar mail that told the time the person has now; later ones repeated it."
        ),
    )
    told_method = models.CharField(
        max_length=10, blank=True, help_text=_("METHOD of the last calendar mail.")
    )
    told = models.JSONField(
        null=True,
        encoder=DjangoJSONEncoder,
        help_text=_("Title, place and times as the person last heard them."),
    )
    thread_id = models.CharField(
        max_length=120, blank=True, help_text=_("Message-ID of the first invitation.")
    )

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["registration_id", "session__number"]
        permissions = [("decide_seat", "Can decide about seats")]
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="one_seat_per_session"),
            models.CheckConstraint(condition=Q(state__in=SeatState.values), name="seat_state_is_known"),
            models.CheckConstraint(
                condition=Q(reason_code__in=["", *ReasonCode.values]), name="seat_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="answer_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=SeatState.APPROVED)
                | Q(outcome__in=["", Outcome.ELIGIBLE.value])
                | Q(override__isnull=False)
                | Q(flagged_at__isnull=False),
                name="approval_needs_eligibility_or_override",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "state", "id"], name="seat_session_state"),
            models.Index(fields=["publication_number", "id"], name="seat_publication"),
        ]

    def __str__(self) -> str:
        return f"{self.registration.reference} · {self.session.number}"

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict as it was reached, or None for a guest."""
        return Verdict.from_json(self.verdict_data) if self.verdict_data else None

    @property
    def standing(self) -> str:
        """Return a digest of what a decision about this seat rests on; it differs as soon as that changes (D-23)."""
        person = self.registration
        decided_at, flagged_at = (
            moment and moment.timestamp() for moment in (self.decided_at, self.flagged_at)
        )
        return standing_of(
            (str(self.state), self.override_id),
            (self.decided_by_id, decided_at),
            (str(self.outcome), self.list_key, flagged_at),
            (str(person.state), person.country, str(person.organisation_type), person.organisation),
        )

    @property
    def is_approved(self) -> bool:
        """Return whether the person has this place."""
        return self.state == SeatState.APPROVED

    @property
    def has_place(self) -> bool:
        """Return whether the person may be there: approved, and not withdrawn."""
        return self.is_approved and self.registration.is_active

    def is_flagged(self, now: datetime) -> bool:
        """Return whether the lists contradict what was decided, while somebody can still decide (aware datetime)."""
        return self.flagged_at is not None and self.session.can_be_chosen(now)

    @property
    def flag(self) -> str:
        """Return why it is flagged, in the active language; "" where it is not."""
        return str(FLAGS.get(SeatState(self.state), "")) if self.flagged_at else ""

    @property
    def needs_override(self) -> bool:
        """Return whether approving this seat needs a written reason and a second member of staff."""
        return self.outcome not in ("", Outcome.ELIGIBLE)

    def give_reason(self, words: str, code: str = "") -> None:
        """Set why it was decided so: a reason of the table, the staff's own words, or both; neither for a place."""
        self.reason, self.reason_code = words, code

    @property
    def reasons(self) -> list[str]:
        """Return why it was decided so, as the person reads it in the active language."""
        return in_words(self.reason_code, self.reason)

    @property
    def is_invited(self) -> bool:
        """Return whether the session stands in the person's calendar, as far as we told it."""
        return self.told_method == "REQUEST"

    @property
    def can_be_contested(self) -> bool:
        """Return whether the person may object: not admitted, or not eligible by the lists and without a place."""
        is_refused = self.state == SeatState.REJECTED or (self.needs_override and not self.is_approved)
        return self.registration.is_active and is_refused

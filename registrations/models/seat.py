"""One person's place in one session, and what was decided about it."""

from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from eligibility.rules import Outcome, Verdict
from registrations.models.keys import new_token
from registrations.models.meeting_urls import validate_meeting_url
from registrations.models.reasons import ReasonCode, reason_in_words
from registrations.models.registration import Kind, Registration
from registrations.models.webinar import SessionState, WebinarSession, is_not_over
from registrations.states import (
    OPEN_REGISTRATIONS,
    OPEN_SEATS,
    UNDECIDED_SEATS,
    RegistrationState,
    SeatState,
)

# What a decision about a seat rests on, in parts, so that a difference says what has changed. Names are left out: a
# corrected typing error is no reason to look again.
STANDING_PARTS = ("state", "decision", "verdict", "person")
STANDING_PART = 4  # characters of a part


def standing_of(*parts: tuple[object, ...]) -> str:
    """Return a short digest of each part, one behind the other: what a page carries to say what it showed of a seat."""
    return "".join(
        urlsafe_b64encode(sha256(repr(part).encode()).digest()).decode()[:STANDING_PART] for part in parts
    )


class PartStat(models.TextChoices):
    """What somebody answered to an invitation in their calendar; nothing about their place (RFC 5545, PARTSTAT)."""

    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    TENTATIVE = "tentative", _("tentative")


# Why a seat is flagged, by what was decided about it.
FLAGS = {
    SeatState.APPROVED: _("has a place that the lists no longer give"),
    SeatState.WAITLISTED: _("on the waiting list, and the lists no longer admit"),
    SeatState.REJECTED: _("rejected, and the lists now admit"),
}


# Which seats hold a place, for counting them beside others: of somebody who has not withdrawn.
HAS_PLACE = Q(state=SeatState.APPROVED, registration__state=RegistrationState.ACTIVE)
NEEDS_NO_OVERRIDE = Q(outcome__in=["", Outcome.ELIGIBLE.value])
TURN = Coalesce("waiting_rank", "pk", output_field=models.BigIntegerField())


def is_flagged(now: datetime) -> Q:
    """Return which seats are flagged while somebody can still decide about them, as `Seat.is_flagged` says it."""
    to_come = Q(session__state=SessionState.PLANNED) & is_not_over(now, "session__")
    return Q(flagged_at__isnull=False) & to_come


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats, as sentences; whoever has withdrawn, or is erased, keeps theirs as what has been."""

    def of_active_people(self) -> "SeatQuerySet":
        """Return the seats of those whose address is proven and who have not withdrawn."""
        return self.filter(registration__state=RegistrationState.ACTIVE)

    def of_participants(self) -> "SeatQuerySet":
        """Return the seats of those who asked to come; guests, whom staff invited, take no place."""
        return self.filter(registration__kind=Kind.PARTICIPANT)

    def without_unconfirmed(self) -> "SeatQuerySet":
        """Return the seats but those of people whose address is still to be proven."""
        return self.exclude(registration__state=RegistrationState.UNCONFIRMED)

    def without_erased(self) -> "SeatQuerySet":
        """Return the seats but those of people who are erased."""
        return self.exclude(registration__state=RegistrationState.ERASED)

    def approved(self) -> "SeatQuerySet":
        """Return the seats that were given a place, whoever's they are by now; see `with_place`."""
        return self.filter(state=SeatState.APPROVED)

    def rejected(self) -> "SeatQuerySet":
        """Return the seats that staff rejected."""
        return self.filter(state=SeatState.REJECTED)

    def turned_away(self) -> "SeatQuerySet":
        """Return the seats that staff rejected or took away; not those that their people gave up."""
        return self.filter(
            Q(state=SeatState.REJECTED) | Q(state=SeatState.CANCELLED, decided_by__isnull=False)
        )

    def not_cancelled(self) -> "SeatQuerySet":
        """Return the seats that were asked for and not given up since, by the person or by staff."""
        return self.exclude(state=SeatState.CANCELLED)

    def open(self) -> "SeatQuerySet":
        """Return the seats with a place, or with which somebody hopes for one."""
        return self.filter(state__in=OPEN_SEATS)

    def with_place(self) -> "SeatQuerySet":
        """Return the seats of those who may be there, as `Seat.has_place` says it."""
        return self.filter(HAS_PLACE)

    def to_decide(self) -> "SeatQuerySet":
        """Return the seats that wait for staff's decision."""
        return self.of_active_people().filter(state=SeatState.REQUESTED)

    def waiting(self) -> "SeatQuerySet":
        """Return the seats on the waiting list, those included that no free place may go to; see `in_turn`."""
        return self.of_active_people().filter(state=SeatState.WAITLISTED)

    def undecided(self) -> "SeatQuerySet":
        """Return the seats of those who know neither yes nor no: waiting for staff, or for a place."""
        return self.of_active_people().filter(state__in=UNDECIDED_SEATS)

    def in_turn(self) -> "SeatQuerySet":
        """Return the seats that the next free place of a session may go to, in their order.

        That is the order in which they were asked for, except where staff gave a seat another one's turn.
        """
        return self.waiting().filter(NEEDS_NO_OVERRIDE).order_by(TURN)

    def eligible(self) -> "SeatQuerySet":
        """Return the seats that the lists admit; guests have no verdict."""
        return self.filter(outcome=Outcome.ELIGIBLE.value)

    def due_for_reassessment(self, publication_number: int) -> "SeatQuerySet":
        """Return the seats whose verdict rests on an older publication and still matters."""
        of_open = self.unsettled().filter(registration__state__in=OPEN_REGISTRATIONS)
        return of_open.filter(publication_number__lt=publication_number)

    def ended(self) -> "SeatQuerySet":
        """Return the seats of registrations that have ended; none of them ever opens again."""
        return self.exclude(registration__state__in=OPEN_REGISTRATIONS)

    def unsettled(self) -> "SeatQuerySet":
        """Return the seats that a publication may make due for re-assessment; asked of one index, oldest first."""
        return self.not_cancelled().filter(is_settled=False)


class Seat(models.Model):
    """One person's place in one session: the decision lives here."""

    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="seats", db_index=False
    )
    session = models.ForeignKey(
        WebinarSession,
        verbose_name=_("session"),
        on_delete=models.PROTECT,
        related_name="seats",
        db_index=False,
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
    # Its registration has ended, so no publication makes it due for re-assessment: it is out of the index of those.
    is_settled = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
    )
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
        help_text=_("Whose turn on the waiting list staff gave to this place, by id; empty: its own."),
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
        validators=[validate_meeting_url],
        help_text=_("Goes before the session's address, where staff imported one."),
    )
    answer = models.CharField(_("calendar answer"), max_length=9, choices=PartStat, blank=True)
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
        help_text=_("Title, venue and times as the person was last told."),
    )
    thread_id = models.CharField(
        max_length=120, blank=True, help_text=_("Message-ID of the first invitation.")
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
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
                | NEEDS_NO_OVERRIDE
                | Q(override__isnull=False)
                | Q(flagged_at__isnull=False),
                name="approval_needs_eligibility_or_override",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "state", "id"], name="seat_session_state"),
            models.Index(
                fields=["publication_number", "id"],
                condition=Q(is_settled=False) & ~Q(state=SeatState.CANCELLED),
                name="seat_unsettled",
            ),
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
        return reason_in_words(self.reason_code, self.reason)

    @property
    def is_invited(self) -> bool:
        """Return whether the session is in the person's calendar, as far as we told it."""
        return self.told_method == "REQUEST"

    @property
    def can_be_contested(self) -> bool:
        """Return whether the person may object: not admitted, or not eligible by the lists and without a place."""
        is_refused = self.state == SeatState.REJECTED or (self.needs_override and not self.is_approved)
        return self.registration.is_active and is_refused

"""One person's request for one webinar, their seats, and what happened to both."""

import secrets

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eligibility.rules import Outcome, Verdict
from registrations.models.meetings import validate_meeting_address
from registrations.models.texts import LegalText
from registrations.models.webinar import Webinar, WebinarSession, validate_plain_line
from registrations.states import RegistrationState, SeatState

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread on the telephone


def new_token() -> str:
    """Return an unguessable token for one purpose (256 bits, URL-safe)."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """Return a public reference people can read out, as in “K7QM-2VXA”."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class OrganisationType(models.TextChoices):
    """What kind of organisation somebody comes from; eligibility rules name these values."""

    CLUSTER = "cluster_organisation", _("Cluster organisation")
    SME = "sme", _("Small or medium-sized enterprise")
    LARGE = "large_company", _("Large company")
    NATIONAL = "public_authority_national", _("Public authority, national")
    REGIONAL = "public_authority_regional", _("Public authority, regional or local")
    RESEARCH = "research", _("Research organisation or university")
    SOCIAL = "social_economy", _("Social economy organisation")
    SUPPORT = "business_support", _("Business support organisation")
    NGO = "ngo", _("Non-governmental organisation")
    INTERNATIONAL = "international_organisation", _("International organisation")
    EU = "eu_institution", _("EU institution, body or agency")
    OTHER = "other", _("Other")


class PersonTitle(models.TextChoices):
    """How somebody wants to be addressed."""

    MR = "mr", _("Mr")
    MS = "ms", _("Ms")
    MX = "mx", _("Mx")
    DR = "dr", _("Dr")
    PROF = "prof", _("Prof.")


class Kind(models.TextChoices):
    """Whether somebody asked to come or was invited by staff, outside eligibility."""

    PARTICIPANT = "participant", _("participant")
    GUEST = "guest", _("guest")


class Answer(models.TextChoices):
    """What somebody answered to an invitation in their calendar; says nothing about their place (RFC 5545, PARTSTAT)."""

    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    TENTATIVE = "tentative", _("tentative")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations, as sentences."""

    def likely_duplicates(self) -> "RegistrationQuerySet":
        """Return the active registrations whose name another active one of the same webinar has, under another address."""
        others = Registration.objects.filter(
            webinar=OuterRef("webinar"), person_key=OuterRef("person_key"), state=RegistrationState.ACTIVE
        ).exclude(pk=OuterRef("pk"))
        return self.filter(Exists(others), state=RegistrationState.ACTIVE).exclude(person_key="")

    def likely_same_as(self, registration: "Registration") -> "RegistrationQuerySet":
        """Return the other active registrations of the webinar under this one's name; nobody for one without a name."""
        if not registration.person_key:
            return self.none()
        same = self.filter(
            webinar=registration.webinar_id,
            person_key=registration.person_key,
            state=RegistrationState.ACTIVE,
        )
        return same.exclude(pk=registration.pk)


class Registration(models.Model):
    """One person's request for one webinar."""

    webinar = models.ForeignKey(Webinar, on_delete=models.PROTECT, related_name="registrations")
    reference = models.CharField(_("reference"), max_length=9, unique=True, default=new_reference)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PARTICIPANT)
    state = models.CharField(
        _("state"), max_length=12, choices=RegistrationState, default=RegistrationState.UNCONFIRMED
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    title = models.CharField(_("title"), max_length=4, choices=PersonTitle, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, validators=[validate_plain_line])
    last_name = models.CharField(_("family name"), max_length=80, validators=[validate_plain_line])
    email = models.EmailField(_("email address"))
    email_key = models.CharField(
        max_length=254, help_text=_("Case-folded, domain in IDNA: what makes two addresses one.")
    )
    organisation = models.CharField(_("organisation"), max_length=200, validators=[validate_plain_line])
    organisation_type = models.CharField(_("type of organisation"), max_length=30, choices=OrganisationType)
    position = models.CharField(_("position"), max_length=120, blank=True, validators=[validate_plain_line])
    country = models.CharField(_("country of establishment"), max_length=2)
    question = models.TextField(_("question for the discussion"), max_length=1000, blank=True)
    ask_review = models.BooleanField(_("asks for a human look"), default=False)
    search_key = models.CharField(
        max_length=500, help_text=_("Names, organisation and address without accents.")
    )
    person_key = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Words of the name without accents, in order: what makes two people likely one."),
    )
    privacy_text = models.ForeignKey(LegalText, on_delete=models.PROTECT, null=True, related_name="+")
    privacy_acknowledged_at = models.DateTimeField(null=True)
    consent_text = models.ForeignKey(LegalText, on_delete=models.PROTECT, null=True, related_name="+")
    share_contact = models.BooleanField(_("may be named in the list given to participants"), default=False)
    contact_me = models.BooleanField(_("wants to hear about cluster events"), default=False)
    confirm_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    manage_token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    agenda_seen = models.PositiveIntegerField(
        default=0, help_text=_("Number of the agenda this person was last told of.")
    )
    bounced_at = models.DateTimeField(
        _("address bounced"), null=True, help_text=_("No mail goes to the address until staff try it again.")
    )
    bounce_reply = models.CharField(
        max_length=500, blank=True, help_text=_("Why, in the mail server's words.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("invite_guest", "Can invite guests"),
            ("export_registration", "Can take people's data out as a file"),
            ("retry_address", "Can let mail go again to an address that bounced"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "email_key"],
                condition=Q(state=RegistrationState.ACTIVE),
                name="one_active_registration_per_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RegistrationState.values), name="registration_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(bounced_at__isnull=True, bounce_reply="")
                | (Q(bounced_at__isnull=False) & ~Q(bounce_reply="")),
                name="bounce_has_its_words",
            ),
        ]
        indexes = [
            models.Index(fields=["webinar", "state", "-created_at"], name="registration_queue"),
            models.Index(fields=["webinar", "email_key"], name="registration_address"),
            models.Index(
                fields=["webinar", "person_key"],
                condition=Q(state=RegistrationState.ACTIVE) & ~Q(person_key=""),
                name="registration_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.full_name}"

    def personal_page(self) -> str:
        """Return the address of the person's own page; whoever has it may act for them.

        Not get_absolute_url: by that name the admin's "view on site" would hand it to every member of staff.
        """
        return reverse("registrations:manage", args=[self.manage_token])

    @property
    def full_name(self) -> str:
        """Return first and family name as the person wrote them."""
        return f"{self.first_name} {self.last_name}"

    @property
    def is_guest(self) -> bool:
        """Return whether staff invited this person, outside eligibility."""
        return self.kind == Kind.GUEST

    @property
    def is_active(self) -> bool:
        """Return whether the address is proven and the person has not withdrawn."""
        return self.state == RegistrationState.ACTIVE


class AccessNeed(models.Model):
    """One measure somebody needs to take part; may touch on health, so it is stored apart and deleted first."""

    class Measure(models.TextChoices):
        """What the organisers can provide."""

        CAPTIONS = "captions", _("Live captions")
        SIGN = "sign_language", _("Sign language interpretation")
        SLIDES = "slides_ahead", _("Slides in advance, in an accessible format")
        KEYBOARD = "keyboard", _("Help with using the meeting software by keyboard or screen reader")
        CONTACT = "contact", _("Please contact me about my needs")

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="access_needs")
    measure = models.CharField(max_length=20, choices=Measure)

    class Meta:
        verbose_name = _("access need")
        verbose_name_plural = _("access needs")
        constraints = [
            models.UniqueConstraint(fields=["registration", "measure"], name="one_row_per_access_need")
        ]

    def __str__(self) -> str:
        return self.get_measure_display()


class Seat(models.Model):
    """One person's place in one session: the decision lives here."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="seats")
    session = models.ForeignKey(WebinarSession, on_delete=models.PROTECT, related_name="seats")
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
    reason = models.TextField(_("reason given"), blank=True)
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
    def is_approved(self) -> bool:
        """Return whether the person has this place."""
        return self.state == SeatState.APPROVED

    @property
    def needs_override(self) -> bool:
        """Return whether approving this seat needs a written reason and a second member of staff."""
        return self.outcome not in ("", Outcome.ELIGIBLE)

    @property
    def is_invited(self) -> bool:
        """Return whether the session stands in the person's calendar, as far as we told it."""
        return self.told_method == "REQUEST"

    @property
    def can_be_contested(self) -> bool:
        """Return whether the person may object: not admitted, or not eligible by the lists and without a place."""
        is_refused = self.state == SeatState.REJECTED or (self.needs_override and not self.is_approved)
        return self.registration.is_active and is_refused


class Override(models.Model):
    """Approving a seat against its verdict: asked for in writing by one person, confirmed by another."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="overrides")
    reason = models.TextField(_("reason"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    batch = models.UUIDField(
        null=True, editable=False, help_text=_("Shared by overrides asked for together, with one reason.")
    )

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("requested_by")),
                name="override_needs_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["seat"], condition=Q(confirmed_by__isnull=True), name="one_open_override_per_seat"
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "seat"], condition=Q(batch__isnull=False), name="override_of_batch"
            ),
        ]

    def __str__(self) -> str:
        return str(self.seat)

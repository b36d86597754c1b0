"""One person's request for one webinar, and what they need to take part."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registrations.models.keys import LONGEST_SEARCH_KEY, new_reference, new_token
from registrations.models.legal_texts import LegalText
from registrations.models.webinar import SessionState, Webinar, is_not_over, validate_plain_line
from registrations.states import OPEN_REGISTRATIONS, OPEN_SEATS, RegistrationState

# What the form asks once; afterwards each has a button of its own, because a consent is no answer to be corrected.
CONSENTS = ("share_contact", "contact_me")


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


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations, as sentences."""

    def active(self) -> "RegistrationQuerySet":
        """Return the registrations whose address is proven and whose person has not withdrawn."""
        return self.filter(state=RegistrationState.ACTIVE)

    def unconfirmed(self) -> "RegistrationQuerySet":
        """Return the requests whose address is still to be proven."""
        return self.filter(state=RegistrationState.UNCONFIRMED)

    def expired(self) -> "RegistrationQuerySet":
        """Return the requests that were not confirmed in time, or that another one replaced."""
        return self.filter(state=RegistrationState.EXPIRED)

    def open(self) -> "RegistrationQuerySet":
        """Return the registrations that have not ended: active, or still to be confirmed."""
        return self.filter(state__in=OPEN_REGISTRATIONS)

    def not_erased(self) -> "RegistrationQuerySet":
        """Return the registrations that still say whose they are."""
        return self.exclude(state=RegistrationState.ERASED)

    def with_own_page(self) -> "RegistrationQuerySet":
        """Return the registrations whose manage link leads to a page: active, or withdrawn by the person."""
        return self.filter(state__in=[RegistrationState.ACTIVE, RegistrationState.WITHDRAWN])

    def bounced(self) -> "RegistrationQuerySet":
        """Return the registrations to whose address no mail goes until staff try it again."""
        return self.filter(bounced_at__isnull=False)

    def with_question(self) -> "RegistrationQuerySet":
        """Return the registrations that ask something for the discussion."""
        return self.exclude(question="")

    def who_have_or_await_a_place(self, now: datetime) -> "RegistrationQuerySet":
        """Return the active registrations with a place, a turn on the waiting list or a request in a session to come.

        To come is what is neither cancelled nor over at this moment (aware datetime). Announcements go to nobody else
        (D-38).
        """
        hoping = Registration.objects.filter(
            is_not_over(now, "seats__session__"),
            pk=OuterRef("pk"),
            seats__state__in=OPEN_SEATS,
            seats__session__state=SessionState.PLANNED,
        )
        return self.active().filter(Exists(hoping))

    def likely_duplicates(self) -> "RegistrationQuerySet":
        """Return the active registrations of whose name their webinar has another, under another address (D-21)."""
        others = Registration.objects.active().filter(
            webinar=OuterRef("webinar"), person_key=OuterRef("person_key")
        )
        return self.active().filter(Exists(others.exclude(pk=OuterRef("pk")))).exclude(person_key="")

    def likely_same_as(self, registration: "Registration") -> "RegistrationQuerySet":
        """Return the other active registrations of the webinar under this one's name; nobody for one without a name."""
        if not registration.person_key:
            return self.none()
        same = self.active().filter(webinar=registration.webinar_id, person_key=registration.person_key)
        return same.exclude(pk=registration.pk)


class Registration(models.Model):
    """One person's request for one webinar."""

    webinar = models.ForeignKey(
        Webinar,
        verbose_name=_("webinar"),
        on_delete=models.PROTECT,
        related_name="registrations",
        db_index=False,
    )
    reference = models.CharField(_("reference"), max_length=9, unique=True, default=new_reference)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PARTICIPANT)
    state = models.CharField(
        _("state"), max_length=12, choices=RegistrationState, default=RegistrationState.UNCONFIRMED
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    title = models.CharField(
        pgettext_lazy("form of address", "title"), max_length=4, choices=PersonTitle, blank=True
    )
    first_name = models.CharField(
        _("first name"), max_length=80, blank=True, validators=[validate_plain_line]
    )
    last_name = models.CharField(_("family name"), max_length=80, validators=[validate_plain_line])
    email = models.EmailField(_("email address"))
    email_key = models.CharField(
        max_length=254, help_text=_("Case-folded, domain in IDNA: what makes two addresses one.")
    )
    organisation = models.CharField(_("organisation"), max_length=200, validators=[validate_plain_line])
    organisation_type = models.CharField(_("type of organisation"), max_length=30, choices=OrganisationType)
    position = models.CharField(
        pgettext_lazy("in an organisation", "position"),
        max_length=120,
        blank=True,
        validators=[validate_plain_line],
    )
    country = models.CharField(_("country of establishment"), max_length=2)
    question = models.TextField(_("question for the discussion"), max_length=1000, blank=True)
    ask_review = models.BooleanField(_("asks for a review by staff"), default=False)
    search_key = models.CharField(
        max_length=LONGEST_SEARCH_KEY, help_text=_("Names, organisation and address without accents.")
    )
    person_key = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("Words of the name without accents, in order: what makes two people likely one."),
    )
    entered_by_staff = models.BooleanField(
        _("entered by staff"),
        default=False,
        help_text=_("From a list; who it is about acknowledges the privacy statement when confirming."),
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
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("invite_guest", "Can invite guests"),
            ("export_registration", "Can take people's data out as a file"),
            ("import_registration", "Can import registrations from a list"),
            ("retry_address", "Can let mail go again to an address that bounced"),
            ("erase_registration", "Can erase a person's data"),
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
            models.CheckConstraint(
                condition=~Q(state=RegistrationState.ERASED)
                | Q(title="", first_name="", last_name="", email="", organisation="", position="")
                & Q(question="", search_key="", bounce_reply="", share_contact=False, contact_me=False),
                name="erased_registration_names_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["webinar", "state", "-created_at"], name="registration_queue"),
            models.Index(fields=["webinar", "email_key"], name="registration_address"),
            models.Index(
                fields=["created_at"],
                condition=Q(state=RegistrationState.UNCONFIRMED),
                name="registration_unconfirmed",
            ),
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
        """Return first and family name as the person wrote them, or that they are erased, once the name is gone.

        While somebody is being erased it is still there: their last mails are addressed to them.
        """
        if self.is_erased and not self.last_name:
            return str(RegistrationState.ERASED.label)
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_guest(self) -> bool:
        """Return whether staff invited this person, outside eligibility."""
        return self.kind == Kind.GUEST

    @property
    def is_active(self) -> bool:
        """Return whether the address is proven and the person has not withdrawn."""
        return self.state == RegistrationState.ACTIVE

    @property
    def has_ended(self) -> bool:
        """Return whether the person withdrew, never confirmed in time, or is erased."""
        return self.state not in OPEN_REGISTRATIONS

    @property
    def is_erased(self) -> bool:
        """Return whether only what names nobody is left: country, kind of organisation, seats, history."""
        return self.state == RegistrationState.ERASED


class AccessNeed(models.Model):
    """One measure somebody needs to take part; may touch on health, so it is stored apart and deleted first."""

    class Measure(models.TextChoices):
        """What the organisers can provide."""

        CAPTIONS = "captions", _("Live captions")
        SIGN = "sign_language", _("Sign language interpretation")
        SLIDES = "slides_ahead", _("Slides in advance, in an accessible format")
        KEYBOARD = "keyboard", _("Help with using the meeting software by keyboard or screen reader")
        CONTACT = "contact", _("Please contact me about my needs")

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="access_needs", db_index=False
    )
    measure = models.CharField(max_length=20, choices=Measure)

    class Meta:
        verbose_name = _("access need")
        verbose_name_plural = _("access needs")
        constraints = [
            models.UniqueConstraint(fields=["registration", "measure"], name="one_row_per_access_need")
        ]

    def __str__(self) -> str:
        return self.get_measure_display()

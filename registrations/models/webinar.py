"""Webinars, their sessions and their agendas."""

import uuid
from datetime import date, datetime, time
from email.utils import parseaddr

from django.conf import settings
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eligibility.models import Audience
from registrations.domains import ascii_domain
from registrations.models.meeting_urls import validate_meeting_url
from registrations.states import SeatState
from webinar_site.foundation.days import BRUSSELS

validate_plain_line = RegexValidator(
    r"[\x00-\x1f\x7f]", _("Write this on one line, without control characters."), inverse_match=True
)


class WebinarQuerySet(models.QuerySet["Webinar"]):
    """Webinars, as sentences."""

    def open_at(self, now: datetime) -> "WebinarQuerySet":
        """Return the webinars that take registrations at this moment (aware datetime)."""
        return self.filter(
            Q(registration_opens_at__isnull=True) | Q(registration_opens_at__lte=now),
            Q(registration_closes_at__isnull=True) | Q(registration_closes_at__gt=now),
            registration_open=True,
        )

    def opening_after(self, now: datetime) -> "WebinarQuerySet":
        """Return the webinars whose registration opens by date after this moment (aware datetime), the next first."""
        later = self.filter(registration_open=True, registration_opens_at__gt=now)
        return later.order_by("registration_opens_at", "pk")

    def to_come(self, now: datetime) -> "WebinarQuerySet":
        """Return the webinars that have dates and a session left at this moment (aware), to be confirmed or not."""
        return self.filter(_has_session(starts_at__isnull=False), _has_session_left(now))

    def past(self, now: datetime) -> "WebinarQuerySet":
        """Return the webinars that had sessions and have none left at this moment (aware datetime)."""
        return self.filter(_has_session(), ~_has_session_left(now))


def _has_session(**columns: object) -> Exists:
    return Exists(WebinarSession.objects.filter(webinar=OuterRef("pk"), **columns))


def _has_session_left(now: datetime) -> Exists:
    return Exists(WebinarSession.objects.to_come(now).filter(webinar=OuterRef("pk")))


class Webinar(models.Model):
    """A series of sessions with one audience and one page."""

    slug = models.SlugField(_("address"), unique=True, max_length=60)
    title = models.CharField(_("title"), max_length=250, validators=[validate_plain_line])
    language = models.CharField(
        _("language of its texts"),
        max_length=10,
        default="en",
        help_text=_("So that screen readers read them right on a page in another language."),
    )
    series = models.CharField(_("series"), max_length=250, blank=True, validators=[validate_plain_line])
    organiser = models.CharField(_("organiser"), max_length=250, validators=[validate_plain_line])
    signature = models.CharField(_("signature of mails"), max_length=120, validators=[validate_plain_line])
    purpose = models.TextField(_("why this webinar"))
    format = models.TextField(_("form"), blank=True)
    notice = models.TextField(_("notice shown on top of the page"), blank=True)
    recording_notice = models.TextField(_("recording notice"))
    contact_email = models.EmailField(_("contact address"))
    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="+", verbose_name=_("who may take part")
    )
    lists_as_of = models.DateField(
        _("country lists as of"),
        null=True,
        blank=True,
        help_text=_(
            "Leave empty: each session is assessed by the lists of its own day. A day here fixes "
            "them, and the page says so."
        ),
    )
    registration_open = models.BooleanField(_("registration open"), default=False)
    registration_opens_at = models.DateTimeField(_("registration opens at"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes at"), null=True, blank=True)
    decide_by = models.DateField(_("people will hear by"), null=True, blank=True)
    auto_approve = models.BooleanField(
        _("approve automatically"),
        default=False,
        help_text=_("Whoever is eligible gets a free place as soon as the address is confirmed."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WebinarQuerySet.as_manager()

    class Meta:
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                name="registration_closes_after_it_opens",
            ),
        ]
        permissions = [("open_registration", "Can open and close registration")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the webinar's public page."""
        return reverse("registrations:webinar", args=[self.slug])

    def is_open(self, now: datetime) -> bool:
        """Return whether people can register at this moment (aware datetime)."""
        closes = self.registration_closes_at
        has_begun = self.registration_open and not self.opens_later(now)
        return has_begun and (closes is None or now < closes)

    def promised_day(self, now: datetime) -> date | None:
        """Return the Brussels day by which people will hear; None if none is named, or it is over at `now` (aware)."""
        today = now.astimezone(BRUSSELS).date()
        return self.decide_by if self.decide_by and self.decide_by >= today else None

    def opens_later(self, now: datetime) -> bool:
        """Return whether registration opens by date after this moment (aware datetime)."""
        opens = self.registration_opens_at
        return self.registration_open and opens is not None and now < opens


class SessionState(models.TextChoices):
    """Whether a session is going to be held."""

    PLANNED = "planned", _("planned")
    CANCELLED = "cancelled", _("cancelled")


def is_not_over(now: datetime, session: str = "") -> Q:
    """Return the condition that a session is not over at this moment (aware datetime), as one without a date never is.

    `session` is the path from the rows to their session, with its underscores.
    """
    return Q(**{f"{session}ends_at__isnull": True}) | Q(**{f"{session}ends_at__gt": now})


class SessionQuerySet(models.QuerySet["WebinarSession"]):
    """Sessions, as sentences."""

    def planned(self) -> "SessionQuerySet":
        """Return the sessions that are not cancelled."""
        return self.filter(state=SessionState.PLANNED)

    def dated(self) -> "SessionQuerySet":
        """Return the sessions whose date is fixed."""
        return self.filter(starts_at__isnull=False)

    def undated(self) -> "SessionQuerySet":
        """Return the sessions whose date is to be confirmed."""
        return self.filter(starts_at__isnull=True)

    def to_come(self, now: datetime) -> "SessionQuerySet":
        """Return the sessions that are neither cancelled nor over at this moment (aware datetime)."""
        return self.planned().filter(is_not_over(now))

    def waited_for(self) -> "SessionQuerySet":
        """Return the planned sessions with so many places only and somebody on their waiting list, once each."""
        waited_for = self.planned().filter(capacity__isnull=False, seats__state=SeatState.WAITLISTED)
        return waited_for.distinct()


def new_uid() -> str:
    """Return a new calendar UID's local part: opaque, about nobody (RFC 7986, section 5.3)."""
    return uuid.uuid4().hex


def own_domain() -> str:
    """Return what new UIDs and all Message-IDs end in: the domain of DEFAULT_FROM_EMAIL."""
    return ascii_domain(parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])


class WebinarSession(models.Model):
    """One meeting of a webinar; without a start its date is to be confirmed."""

    webinar = models.ForeignKey(
        Webinar, verbose_name=_("webinar"), on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=250, validators=[validate_plain_line])
    summary = models.TextField(_("what it is about"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.PLANNED)
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    place = models.CharField(
        _("venue"), max_length=120, default="WebEx Training (online)", validators=[validate_plain_line]
    )
    capacity = models.PositiveIntegerField(
        _("number of places"),
        null=True,
        blank=True,
        help_text=_("Empty: no limit. Once they are taken, people go on a waiting list. Guests take none."),
    )
    meeting_url = models.URLField(
        _("meeting address"), max_length=500, blank=True, validators=[validate_meeting_url]
    )
    meeting_number = models.CharField(_("meeting number"), max_length=40, blank=True)
    meeting_password = models.CharField(_("meeting password"), max_length=60, blank=True)
    dial_in = models.CharField(_("dial-in"), max_length=200, blank=True)
    day_contact = models.CharField(_("contact on the day"), max_length=200, blank=True)
    recording_url = models.URLField(
        _("recording"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    slides_url = models.URLField(
        _("slides"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    feedback_url = models.URLField(
        _("feedback"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    uid_domain = models.CharField(
        max_length=253,
        default=own_domain,
        editable=False,
        help_text=_("What its UID in calendars ends in, whatever the sender's address becomes."),
    )
    organiser_email = models.EmailField(
        blank=True,
        editable=False,
        help_text=_("The ORGANIZER that calendars were first told; empty until then."),
    )
    organiser_name = models.CharField(max_length=250, blank=True, editable=False)
    sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text=_("Raised once by every operation that sends calendar mail.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True, editable=False)
    closed_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When everybody still undecided after the end was told.")
    )
    warned_for = models.DateTimeField(
        null=True,
        editable=False,
        help_text=_("The start for which staff were warned that places are undecided."),
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["number"]
        permissions = [
            ("move_session", "Can change a session's time, title and place, and cancel it"),
            ("send_followup", "Can send recording, slides and feedback links after a session"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webinar", "number"], name="one_session_per_number"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def calendar_uid(self) -> str:
        """Return what makes it one event in every calendar, whatever file tells of it (RFC 5545, section 3.8.4.7)."""
        return f"{self.uid}@{self.uid_domain}"

    @property
    def is_dated(self) -> bool:
        """Return whether the date is fixed."""
        return self.starts_at is not None

    @property
    def is_cancelled(self) -> bool:
        """Return whether the session was cancelled."""
        return self.state == SessionState.CANCELLED

    def is_over(self, now: datetime) -> bool:
        """Return whether the session has ended at this moment (aware datetime)."""
        return self.ends_at is not None and self.ends_at <= now

    def has_begun(self, now: datetime) -> bool:
        """Return whether the session is on or over at this moment (aware datetime), and was not cancelled."""
        return self.starts_at is not None and self.starts_at <= now and not self.is_cancelled

    def status(self, now: datetime) -> str:
        """Return in a word what has become of the session at this moment (aware): planned, cancelled or over."""
        return gettext("over") if self.is_over(now) and not self.is_cancelled else self.get_state_display()

    def can_be_chosen(self, now: datetime) -> bool:
        """Return whether somebody can still ask for a place at this moment (aware datetime)."""
        return not self.is_cancelled and not self.is_over(now)

    def holds(self, clock: time) -> bool:
        """Return whether a time of day in Brussels lies in the session, end included; any does while it has no date."""
        if self.starts_at is None or self.ends_at is None:
            return True
        starts, ends = (
            moment.astimezone(BRUSSELS).replace(tzinfo=None) for moment in (self.starts_at, self.ends_at)
        )
        return any(starts <= datetime.combine(day, clock) <= ends for day in (starts.date(), ends.date()))


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Lines of the working agenda, as sentences."""

    def timed(self) -> "AgendaItemQuerySet":
        """Return the lines that say at what time they begin."""
        return self.filter(starts_at__isnull=False)


class AgendaItem(models.Model):
    """One line of the working agenda; nobody outside sees it before it is published."""

    session = models.ForeignKey(WebinarSession, on_delete=models.PROTECT, related_name="agenda_items")
    starts_at = models.TimeField(_("from (Brussels time)"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=250, validators=[validate_plain_line])
    speakers = models.CharField(_("speakers"), max_length=250, blank=True, validators=[validate_plain_line])
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("working agenda")
        ordering = ["session__number", "position", "id"]

    def __str__(self) -> str:
        return self.title


class AgendaVersion(models.Model):
    """A published, numbered, frozen copy of the agenda."""

    webinar = models.ForeignKey(
        Webinar,
        verbose_name=_("webinar"),
        on_delete=models.PROTECT,
        related_name="agenda_versions",
        db_index=False,
    )
    number = models.PositiveIntegerField(_("number"))
    items = models.JSONField(help_text=_("A list of session, time, title and speakers, in order."))
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("published by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("published agenda")
        verbose_name_plural = _("published agendas")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["webinar", "number"], name="one_agenda_per_number")]
        permissions = [("publish_agenda", "Can publish the agenda")]

    def __str__(self) -> str:
        return f"{self.webinar} · {self.number}"

"""Keep audiences, dated editions of official lists, dated rules, and the publications that made them official.

Published rows never change, for nobody: a correction is a new row that names what it corrects.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eligibility import labels
from eligibility.permanence import (
    NeverChangesOncePublished,
    OfficialQuerySet,
    ProposedRowsWait,
    PublishedQuerySet,
    PublishedRowsNeverChange,
)
from eligibility.records import Confidence, Treatment

COUNTRY_CODE = r"^[A-Z]{2}$"
SHA256 = r"^([0-9a-f]{64})?$"


class EntryQuerySet(PublishedQuerySet["ListEntry"]):
    """Query entries, which are published with their edition."""

    published_when = Q(edition__publication__isnull=False)
    proposed_when = Q(edition__publication__isnull=True, edition__proposal__isnull=False)

    def _refuse_frozen_rows(self, rows: list[Any]) -> None:
        ListEdition.objects.filter(pk__in={row.edition_id for row in rows}).refuse_frozen()
        self.filter(pk__in=[row.pk for row in rows if row.pk]).refuse_frozen()


class PublicationQuerySet(PublishedQuerySet["Publication"]):
    """Query publications, every one of which is official from its first moment."""

    published_when = Q(pk__isnull=False)
    proposed_when = Q(pk__in=[])

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Refuse: publications are made one by one, under the lock that numbers them."""
        raise PublishedRowsNeverChange


class Audience(models.Model):
    """Name a rule set: who may take part. Rule versions belong to it, webinars point to it."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Publication(NeverChangesOncePublished):
    """Record a numbered act that made editions and rules official.

    Staff publish in twos: one publishes, another confirms. Only the seed, which `load_eligibility` loads from the
    dated files, has nobody's name on it.
    """

    class Origin(models.TextChoices):
        """Where the published rows came from."""

        SEED = "seed", _("dated files, by load_eligibility")
        STAFF = "staff", _("staff")

    number = models.PositiveIntegerField(_("number"), unique=True)
    origin = models.CharField(_("origin"), max_length=5, choices=Origin)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    note = models.TextField(_("note"), blank=True)
    content_hash = models.CharField(_("hash of its rows (SHA-256)"), max_length=64)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="staff_publish_in_twos_and_only_the_seed_is_nobodys",
                condition=Q(origin="seed", published_by__isnull=True, confirmed_by__isnull=True)
                | (
                    Q(origin="staff", published_by__isnull=False, confirmed_by__isnull=False)
                    & ~Q(published_by=F("confirmed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Publication %(number)s") % {"number": self.number}


class PublicationProposal(models.Model):
    """Record that somebody asked a second person to make drafts official; until the answer nobody changes them.

    Declining gives the drafts back, so that they can be edited and proposed again; the keys stay on record here.
    """

    keys = models.TextField(_("what it would publish"))
    note = models.TextField(_("note"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    publication = models.OneToOneField(
        Publication,
        on_delete=models.PROTECT,
        null=True,
        related_name="proposal",
        verbose_name=_("publication"),
    )
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("declined by"),
    )
    declined_at = models.DateTimeField(_("declined at"), null=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-pk"]
        permissions = [
            ("draft_rules", "Can draft lists and rules, and propose them for publication"),
            ("publish_rules", "Can confirm or decline what somebody else proposed for publication"),
        ]
        constraints = [
            models.CheckConstraint(
                name="whoever_declines_a_proposal_does_it_at_a_moment",
                condition=Q(declined_by__isnull=True, declined_at__isnull=True)
                | Q(declined_by__isnull=False, declined_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_proposal_is_never_confirmed_and_declined",
                condition=Q(publication__isnull=True) | Q(declined_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return _("Proposal %(number)s") % {"number": self.pk}

    @property
    def is_open(self) -> bool:
        """Return whether nobody has confirmed or declined it yet."""
        return self.publication_id is None and self.declined_at is None


class Official(NeverChangesOncePublished):
    """Carry what an edition and a rule share: source, wording, stated end, what it corrects, and its publication."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    source_title = models.CharField(_("source"), max_length=300)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)
    source_hash = models.CharField(
        _("hash of the copy held (SHA-256)"), max_length=64, blank=True, validators=[RegexValidator(SHA256)]
    )
    further_sources = models.JSONField(_("further sources"), default=list, blank=True)
    wording = models.TextField(_("wording"), blank=True)
    note = models.TextField(_("note"), blank=True)
    ends = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_(
            "Only where the source states one. From the day after it nothing is in force until a later edition or "
            "version starts: an older one does not come back."
        ),
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
    )
    publication = models.ForeignKey(
        Publication,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="%(class)ss",
        verbose_name=_("publication"),
    )
    proposal = models.ForeignKey(
        PublicationProposal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="%(class)ss",
        verbose_name=_("proposal"),
    )

    class Meta:
        abstract = True

    @property
    def is_editable(self) -> bool:
        """Return whether it is a draft that waits for nobody's answer."""
        return self.publication_id is None and self.proposal_id is None

    def refuse_claims(self) -> None:
        """Raise if this row, in memory, says that it is published or proposed."""
        if self.publication_id is not None:
            raise PublishedRowsNeverChange
        if self.proposal_id is not None:
            raise ProposedRowsWait


class EditionQuerySet(OfficialQuerySet["ListEdition"]):
    """Query editions."""


class ListEdition(Official):
    """Hold one dated, sourced edition of an official country list."""

    list_key = models.CharField(_("list"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    starts = models.DateField(_("first day"))
    confidence = models.CharField(
        _("confidence"), max_length=1, choices=labels.CONFIDENCES, default=Confidence.U
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("list edition")
        verbose_name_plural = _("list editions")
        ordering = ["list_key", "starts", "pk"]
        constraints = [
            models.CheckConstraint(
                name="an_edition_ends_on_or_after_its_first_day",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(name="an_edition_names_its_source", condition=~Q(source_title="")),
            models.CheckConstraint(name="an_edition_never_corrects_itself", condition=~Q(corrects=F("id"))),
            models.UniqueConstraint(
                name="one_edition_per_list_and_first_day_unless_it_corrects",
                fields=["list_key", "starts"],
                condition=Q(publication__isnull=False, corrects__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ListEntry(NeverChangesOncePublished):
    """Hold one country of an edition; a date that is not established is null and never invented."""

    edition = models.ForeignKey(
        ListEdition, on_delete=models.CASCADE, related_name="entries", verbose_name=_("edition")
    )
    code = models.CharField(_("ISO code"), max_length=2, validators=[RegexValidator(COUNTRY_CODE)])
    name = models.CharField(_("name in the source"), max_length=120)
    treatment = models.CharField(
        _("treatment"), max_length=12, choices=labels.TREATMENTS, default=Treatment.ADMITTED
    )
    parent = models.CharField(
        pgettext_lazy("a country", "state"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(COUNTRY_CODE)],
    )
    group = models.CharField(_("region or legal status"), max_length=80, blank=True)
    wording = models.CharField(_("wording in the source, where it differs"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    exclusions = models.CharField(_("excluded parts"), max_length=200, blank=True)
    signed = models.DateField(_("agreement signed"), null=True, blank=True)
    in_force = models.DateField(_("agreement in force"), null=True, blank=True)
    attested = models.DateField(_("attested as taking part by"), null=True, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=1, choices=labels.CONFIDENCES, default=Confidence.U
    )
    sources = models.JSONField(_("sources"), default=list, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering = ["edition", "code"]
        constraints = [
            models.UniqueConstraint(name="an_edition_names_a_country_once", fields=["edition", "code"]),
            models.CheckConstraint(
                name="what_follows_a_state_names_it",
                condition=~Q(treatment=Treatment.FOLLOWS) | ~Q(parent=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def refuse_claims(self) -> None:
        """Raise if this row, in memory, belongs to an edition that is published or proposed."""
        ListEdition.objects.filter(pk=self.edition_id).refuse_frozen()


class RuleQuerySet(OfficialQuerySet["RuleVersion"]):
    """Query rules."""


class RuleVersion(Official):
    """Hold from which day on which lists admit an audience; without a first day it has always held."""

    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="rule_versions", verbose_name=_("audience")
    )
    starts = models.DateField(_("first day"), null=True, blank=True)
    content_status = models.CharField(_("content"), max_length=20, choices=labels.CONTENT_STATUSES)
    lists = models.JSONField(_("lists that admit"), default=list, blank=True)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule version")
        verbose_name_plural = _("rule versions")
        ordering = ["audience", F("starts").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_rule_ends_on_or_after_its_first_day",
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(name="a_rule_names_its_source", condition=~Q(source_title="")),
            models.CheckConstraint(name="a_rule_never_corrects_itself", condition=~Q(corrects=F("id"))),
            models.UniqueConstraint(
                name="one_rule_per_audience_and_first_day_unless_it_corrects",
                fields=["audience", "starts"],
                condition=Q(publication__isnull=False, corrects__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_rule_per_audience_from_the_beginning_unless_it_corrects",
                fields=["audience"],
                condition=Q(publication__isnull=False, corrects__isnull=True, starts__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key

"""Dated, sourced editions of official country lists, and the countries on them."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eligibility import labels
from eligibility.models.permanence import NeverChangesOncePublished, OfficialQuerySet, PublishedQuerySet
from eligibility.models.publications import Official
from eligibility.records import Confidence, Treatment

COUNTRY_CODE = r"^[A-Z]{2}$"


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


class EntryQuerySet(PublishedQuerySet["ListEntry"]):
    """Query entries, which are published with their edition."""

    published_when = Q(edition__publication__isnull=False)
    proposed_when = Q(edition__publication__isnull=True, edition__proposal__isnull=False)

    def _refuse_frozen_rows(self, rows: list[Any]) -> None:
        ListEdition.objects.filter(pk__in={row.edition_id for row in rows}).refuse_frozen()
        self.filter(pk__in=[row.pk for row in rows if row.pk]).refuse_frozen()


class ListEntry(NeverChangesOncePublished):
    """Hold one country of an edition; a date that is not established is null and never invented."""

    edition = models.ForeignKey(
        ListEdition,
        on_delete=models.CASCADE,
        related_name="entries",
        verbose_name=_("edition"),
        db_index=False,
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

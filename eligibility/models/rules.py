"""Audiences, and from which day on which lists admit them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eligibility import labels
from eligibility.models.permanence import OfficialQuerySet
from eligibility.models.publications import Official


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

"""Publications and proposals, and what every row has that they make official."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eligibility.models.permanence import (
    NeverChangesOncePublished,
    ProposedRowsWait,
    PublishedQuerySet,
    PublishedRowsNeverChange,
)

SHA256 = r"^([0-9a-f]{64})?$"


class PublicationQuerySet(PublishedQuerySet["Publication"]):
    """Query publications, every one of which is official from its first moment."""

    published_when = Q(pk__isnull=False)
    proposed_when = Q(pk__in=[])

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Refuse: publications are made one by one, under the lock that numbers them."""
        raise PublishedRowsNeverChange


class Publication(NeverChangesOncePublished):
    """Record a numbered act that made editions and rules official.

    Two members of staff publish together: one publishes, another confirms. Only the seed, which `load_eligibility`
    loads from the dated files, has nobody's name on it.
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


class ProposalQuerySet(models.QuerySet["PublicationProposal"]):
    """Query proposals, as sentences."""

    def open(self) -> "ProposalQuerySet":
        """Return the proposals that nobody has confirmed or declined yet."""
        return self.filter(publication__isnull=True, declined_at__isnull=True)


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

    objects = ProposalQuerySet.as_manager()

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

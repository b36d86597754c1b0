"""Mail texts that Editors wrote, for one webinar, kind of mail and language; a new wording is a new row."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registrations.models.outbox import MailKind
from registrations.models.webinar import Webinar

MailTextKey = tuple[int, str, str]  # webinar, kind of mail, language


class MailTextQuerySet(models.QuerySet["MailText"]):
    """Mail texts, as sentences."""

    def newest(self, webinars: Iterable[int], kinds: Iterable[str]) -> "dict[MailTextKey, MailText]":
        """Return the newest version at each place there is one, without its words; one query."""
        rows = self._versions(webinars, kinds)
        return {row.key: row for row in rows.defer("subject", "body").select_related("created_by")}

    def newest_ids(self, webinars: Iterable[int], kinds: Iterable[str]) -> "dict[MailTextKey, int | None]":
        """Return the ids of the same, None where the newest says that the site's own text holds again; one query."""
        rows = self._versions(webinars, kinds).values_list("webinar", "kind", "language", "pk", "is_standard")
        return {
            (webinar, kind, language): None if is_standard else pk
            for webinar, kind, language, pk, is_standard in rows
        }

    def _versions(self, webinars: Iterable[int], kinds: Iterable[str]) -> "MailTextQuerySet":
        return self.filter(webinar__in=set(webinars), kind__in=set(kinds)).order_by("version")


class MailText(models.Model):
    """One version of what a kind of mail says in one language; without words, the site's own templates speak again."""

    webinar = models.ForeignKey(
        Webinar,
        verbose_name=_("webinar"),
        on_delete=models.PROTECT,
        related_name="mail_texts",
        db_index=False,
    )
    kind = models.CharField(_("mail"), max_length=20, choices=MailKind)
    language = models.CharField(_("language"), max_length=10)
    version = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    is_standard = models.BooleanField(_("the site's own text"), default=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("created by"), on_delete=models.PROTECT, related_name="+"
    )

    objects = MailTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        ordering = ["webinar", "kind", "language", "-version"]
        permissions = [("edit_mailtext", "Can edit and test the texts of mails")]
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "kind", "language", "version"], name="one_mail_text_per_version"
            ),
            models.CheckConstraint(
                condition=Q(is_standard=True, subject="", body="")
                | (Q(is_standard=False) & ~Q(subject="") & ~Q(body="")),
                name="mail_text_has_words_or_is_standard",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.language} {self.version}"

    @property
    def key(self) -> MailTextKey:
        """Return which webinar, kind of mail and language it is for."""
        return (self.webinar_id, self.kind, self.language)

"""Texts people are shown and agree to: versioned, so that the exact words can be reproduced."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    """Legal texts, as sentences."""

    def current(self, kind: str, language: str) -> "LegalText | None":
        """Return the newest version of a text in a language, in English where there is none, or None."""
        newest = {
            text.language: text
            for text in self.filter(kind=kind, language__in=[language, "en"]).order_by("version")
        }
        return newest.get(language) or newest.get("en")


class LegalText(models.Model):
    """One version of a text in one language; a new wording is a new row."""

    class Kind(models.TextChoices):
        """What the text is for."""

        PRIVACY = "privacy", _("privacy statement")
        CONSENTS = "consents", _("consents")

    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        ordering = ["kind", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="one_legal_text_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.language} {self.version}"

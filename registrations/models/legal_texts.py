"""Texts people are shown and agree to: versioned, so that the exact words can be reproduced."""

import hashlib
from collections.abc import Iterable
from typing import NoReturn

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class LegalTextIsPermanent(RuntimeError):
    """Somebody tried to change or delete words that people were shown."""


def text_digest(body: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, as hexadecimal digits."""
    return hashlib.sha256(body.encode()).hexdigest()


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    """Legal texts, as sentences; a wording that was shown is never changed."""

    def newest(self) -> "LegalTextQuerySet":
        """Return the newest version of each text in each language."""
        newer = LegalText.objects.filter(
            kind=OuterRef("kind"), language=OuterRef("language"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(newer))

    def shown(self, language: str) -> "dict[str, LegalText]":
        """Return what `shown_in` does of all texts; one query."""
        return shown_in(language, self.newest().filter(language__in=[language, "en"]))

    def current(self, kind: str, language: str) -> "LegalText | None":
        """Return the newest version of a text in a language, in English where there is none, or None."""
        return self.filter(kind=kind).shown(language).get(kind)

    def update(self, **kwargs: object) -> NoReturn:
        """Refuse: a new wording is a new row."""
        raise LegalTextIsPermanent

    def delete(self) -> NoReturn:
        """Refuse: people were shown these words."""
        raise LegalTextIsPermanent


def shown_in(language: str, newest: "Iterable[LegalText]") -> "dict[str, LegalText]":
    """Return what somebody is shown in a language, by kind, in English where there is none in theirs."""
    texts = [text for text in newest if text.language in (language, "en")]
    return {text.kind: text for text in sorted(texts, key=lambda text: text.language == language)}


class LegalText(models.Model):
    """One version of a text in one language; a new wording is a new row (D-63)."""

    class Kind(models.TextChoices):
        """What the text is for."""

        PRIVACY = "privacy", _("privacy statement")
        CONSENTS = "consents", _("consents")

    kind = models.CharField(_("text"), max_length=10, choices=Kind)
    language = models.CharField(_("language"), max_length=10)
    version = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("words"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

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

    def get_absolute_url(self) -> str:
        """Return the address of the public page that shows this very version."""
        return self._address("legal_text")

    def file_url(self) -> str:
        """Return the address of the file whose bytes have the text's SHA-256."""
        return self._address("legal_text_file")

    def _address(self, view: str) -> str:
        about = {"kind": self.kind, "language": self.language, "version": self.version}
        return reverse(f"registrations:{view}", kwargs=about)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return the paragraphs; those of the consents are what people tick, one by one."""
        blocks = (block.strip() for block in self.body.replace("\r\n", "\n").split("\n\n"))
        return tuple(block for block in blocks if block)

    @property
    def is_intact(self) -> bool:
        """Return whether these are still the words that were hashed."""
        return self.sha256 == text_digest(self.body)

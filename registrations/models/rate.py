"""How many mails have just gone where."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailRate(models.Model):
    """The mails of the last minute to one domain, or to all: what workers on any machine share to keep a rate limit."""

    domain = models.CharField(max_length=255, unique=True, help_text=_("Empty for all mails together."))
    taken = models.JSONField(default=dict, help_text=_("How many mails in which second of the era."))
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("mail rate")
        verbose_name_plural = _("mail rates")

    def __str__(self) -> str:
        return self.domain or "*"

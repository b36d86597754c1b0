"""A person's wish to have their registration under another address."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from registrations.models.keys import new_token
from registrations.models.registration import Registration
from registrations.states import RegistrationState


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    """Changes of address, as sentences."""

    def unconfirmed(self) -> "AddressChangeQuerySet":
        """Return the changes that were not confirmed from the new mailbox, those that cannot be any more included."""
        return self.filter(confirmed_at__isnull=True)

    def open_since(self, moment: datetime) -> "AddressChangeQuerySet":
        """Return what was asked for at this moment (aware) or later and can still be confirmed: the newest."""
        newer = AddressChange.objects.filter(registration=OuterRef("registration"), id__gt=OuterRef("id"))
        return self.unconfirmed().filter(
            ~Exists(newer), asked_at__gte=moment, registration__state=RegistrationState.ACTIVE
        )


class AddressChange(models.Model):
    """Somebody asks, on their own page, for another address; it takes effect when confirmed from that mailbox."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="address_changes")
    email = models.EmailField(_("new email address"))
    email_key = models.CharField(max_length=254)
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.registration.reference} · {self.pk}"

"""The button above the page of somebody whose address bounced."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from eligibility.desk import Tool
from registrations import permissions
from registrations.models import Registration


def address_tools(registration: Registration, request: HttpRequest) -> list[Tool]:
    """Return the button that lets mail go again, for those who may."""
    if registration.bounced_at is None or not request.user.has_perm(permissions.RETRY_ADDRESS):
        return []
    url = reverse("admin:registrations_registration_retry_address", args=[registration.pk])
    return [Tool(_("Try this address again"), url)]

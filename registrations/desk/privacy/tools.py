"""The buttons above a person's page that take their data out, and that erase them."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registrations import permissions
from registrations.models import Registration
from webinar_site.foundation.desk.pages import Tool


def data_tools(registration: Registration, request: HttpRequest) -> list[Tool]:
    """Return what somebody may do with the data of a person who is not erased."""
    if registration.is_erased or not request.user.has_perm(permissions.ERASE):
        return []
    pages = {"export": _("Export this person's data"), "erase": _("Erase this person")}
    return [
        Tool(label, reverse(f"admin:registrations_registration_{page}", args=[registration.pk]))
        for page, label in pages.items()
    ]

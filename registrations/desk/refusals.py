"""How the desk's pages about people and sessions tell a refusal."""

from contextlib import AbstractContextManager

from django import forms
from django.db.models import QuerySet

from registrations import services
from registrations.models import Registration
from registrations.states import IllegalMove
from webinar_site.foundation.desk.pages import refusals_of


def refusals_in(form: forms.BaseForm) -> AbstractContextManager[None]:
    """Put the reason into the form where a service refuses, and go on behind the block."""
    return refusals_of(form, services.errors.Refused, IllegalMove)


def of_same_address(registration_id: int) -> list[QuerySet[Registration]]:
    """Return a registration and all others of its address: what is done to an address is done to all of them."""
    key = Registration.objects.filter(pk=registration_id).values("email_key")
    return [Registration.objects.filter(email_key__in=key)]

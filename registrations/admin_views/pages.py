"""How the desk's pages about people and sessions tell a refusal."""

from contextlib import AbstractContextManager

from django import forms

from eligibility.desk import refusals_of
from registrations import services
from registrations.states import IllegalMove


def refusals_in(form: forms.BaseForm) -> AbstractContextManager[None]:
    """Put the reason into the form where a service refuses, and go on behind the block."""
    return refusals_of(form, services.Refused, IllegalMove)

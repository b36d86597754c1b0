"""How a person gives and withdraws a consent: a button beside it on their own page."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms import ConsentForm
from registrations.views.access import allow, personal
from registrations.views.people.my_registration import find_registration


@personal
@allow("POST")
def set_consent(request: HttpRequest, token: str) -> HttpResponseBase:
    """Do what the button says, and lead back to its page."""
    registration = find_registration(token)
    form = ConsentForm(request.POST)
    if not form.is_valid():  # the buttons send nothing of the kind
        raise BadRequest
    text_id = form.text_id()
    try:
        services.people.set_consent(
            registration.pk, consent=form.cleaned_data["consent"], text_id=text_id, now=timezone.now()
        )
    except services.errors.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = _("You have withdrawn this consent.") if text_id is None else _("You have given this consent.")
        messages.success(request, done)
    return redirect(f"{registration.personal_page()}#consents")

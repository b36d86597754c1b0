"""How a person changes their address: a form on their own pages, and the page that the mail there opens."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms import NewAddressForm
from registrations.models import Registration
from registrations.views.abuse_protection import OF_MAILBOX
from registrations.views.access import UNPROCESSABLE, acts, is_page_stale, one_at_a_time, personal
from registrations.views.people.my_registration import find_registration
from webinar_site.foundation import stale_pages


@personal
@acts
@one_at_a_time
def change_address(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask somebody for their new address; the answer does not say whether it is known."""
    registration = find_registration(token)
    shown = stale_pages.picture(registration, registration.email, registration.state)
    if request.method != "POST":
        if not registration.is_active:
            return redirect(registration.personal_page())
        context = {"registration": registration, "form": NewAddressForm(seen=shown.token)}
        return render(request, "registrations/people/address.html", context)
    form = NewAddressForm(request.POST, seen=shown.token)
    is_old = registration.is_active and is_page_stale(request, shown, form)
    if not is_old and _take(form, registration):
        messages.success(
            request,
            _(
                "A mail is on its way to the new address. Your registration moves there when you press the button that "
                "the mail leads to; until then nothing changes."
            ),
        )
        return redirect(registration.personal_page())
    context = {"registration": registration, "form": form}
    return render(request, "registrations/people/address.html", context, status=UNPROCESSABLE)


def _take(form: NewAddressForm, registration: Registration) -> bool:
    """Ask for the change as a valid form says; where the service refuses, put its reason on the form."""
    if form.is_valid():
        now = timezone.now()
        attempt = services.people.Attempt("new_address", registration.reference, OF_MAILBOX)
        try:
            services.people.count_attempts([attempt], now=now)
            services.people.ask_address_change(registration.pk, email=form.cleaned_data["email"], now=now)
        except services.errors.SameAddress as refusal:
            form.add_error("email", str(refusal))
        except services.errors.Refused as refusal:
            form.add_error(None, str(refusal))
    return not form.errors


def confirm_address_change(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what confirming a new address does, and do it by a button; raises LinkNotValid.

    The page names nobody: until the button is pressed, the link may have reached a stranger.
    """
    now = timezone.now()
    if request.method == "POST":
        registration = services.people.confirm_address_change(token, now=now)
        messages.success(request, _("Your new email address is confirmed. This page has a new address too."))
        return redirect(registration.personal_page())
    change = services.people.find_address_change(token, now=now)
    context = {"change": change, "webinar": change.registration.webinar}
    return render(request, "registrations/people/confirm_new_address.html", context)

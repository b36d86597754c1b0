"""How a person erases their registration: a page that says what that means, and a button behind a tick."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms import EraseForm
from registrations.views.access import UNPROCESSABLE, acts, is_page_stale, one_at_a_time, personal
from registrations.views.people.my_registration import find_registration
from webinar_site.foundation import stale_pages


@personal
@acts
@one_at_a_time
def erase(request: HttpRequest, token: str) -> HttpResponseBase:
    """Say what is erased and what stays, and do it; afterwards the person's links are not valid any more."""
    registration = find_registration(token)
    shown = stale_pages.picture(registration, services.people.own_answers(registration))
    form = EraseForm(request.POST if request.method == "POST" else None, seen=shown.token)
    if form.is_valid() and not is_page_stale(request, shown, form):
        services.privacy.erase(registration.pk, now=timezone.now())
        messages.success(
            request,
            _("Your data are erased, and your links do not work any more. One last mail confirms it."),
        )
        return redirect(registration.webinar)
    context = {
        "registration": registration,
        "form": form,
        "invited": any(
            seat.is_invited and not seat.session.is_over(timezone.now()) for seat in registration.seats.all()
        ),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "registrations/privacy/erase.html", context, status=status)

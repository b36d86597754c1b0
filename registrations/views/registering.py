"""The way in: the form, its neutral answer, the confirmation, and new links for those who lost theirs."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import countries
from registrations import services
from registrations.forms import ConfirmForm, Gate, MyLinkForm, RegistrationForm, blank_form
from registrations.models import Registration, Webinar
from registrations.states import RegistrationState
from registrations.views.addresses import confirm_new_address
from registrations.views.doors import UNPROCESSABLE, acts, attempt, personal, reads
from registrations.views.gate import pass_gate
from registrations.views.webinars import find_webinar


@acts
def register(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the form and take it; whoever sends it gets the same answer, known address or not."""
    now = timezone.now()
    if request.method != "POST":
        return _form_page(request, slug, now)
    webinar = find_webinar(slug)
    form = RegistrationForm(request.POST, webinar=webinar, now=now)
    passage = pass_gate(request, form, "register", now)
    if passage.is_free and attempt(
        form, lambda submission: services.register(webinar.pk, submission=submission, now=now)
    ):
        return redirect("registrations:registered", slug)
    return passage.answer(
        render(request, "registrations/register.html", {"webinar": webinar, "form": form, "gate": Gate()})
    )


def _form_page(request: HttpRequest, slug: str, now: datetime) -> HttpResponse:
    open_form = blank_form(slug, now)
    if open_form is None:
        webinar = get_object_or_404(Webinar, slug=slug)
        opens_at = webinar.registration_opens_at if webinar.opens_later(now) else None
        return render(request, "registrations/closed.html", {"webinar": webinar, "opens_at": opens_at})
    webinar, form = open_form
    return render(request, "registrations/register.html", {"webinar": webinar, "form": form, "gate": Gate()})


@reads
def registered(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Say what happens next, the same to everybody."""
    context = {"webinar": get_object_or_404(Webinar, slug=slug), "days": services.CONFIRM_WITHIN.days}
    return render(request, "registrations/registered.html", context)


@acts
def my_link(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Mail somebody their links, if the address is registered; the page does not say whether it is."""
    webinar = get_object_or_404(Webinar, slug=slug)
    now = timezone.now()
    if request.method != "POST":
        context = {"webinar": webinar, "form": MyLinkForm(), "gate": Gate()}
        return render(request, "registrations/my_link.html", context)
    form = MyLinkForm(request.POST)
    passage = pass_gate(request, form, "my_link", now)
    if passage.is_free and form.is_valid():
        services.send_links(webinar.pk, email=form.cleaned_data["email"], now=now)
        messages.success(
            request, _("If this address is registered, a mail with your links is on its way to it.")
        )
        return redirect("registrations:my_link", slug)
    return passage.answer(
        render(request, "registrations/my_link.html", {"webinar": webinar, "form": form, "gate": Gate()})
    )


@personal
@acts
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show a button that proves an address: that of a new request, or a new one of a registration.

    Mail scanners follow links, people press buttons.
    """
    try:
        return _confirm_request(request, token)
    except services.LinkNotValid:
        return confirm_new_address(request, token)


def _confirm_request(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take the confirmation; whom staff entered also sees what they wrote, and answers what only they can."""
    if request.method != "POST":
        return _confirm_page(request, token)
    form = ConfirmForm(request.POST)
    consents = form.consents() if form.is_valid() else None
    try:
        registration = services.confirm(token, now=timezone.now(), consents=consents)
    except services.PrivacyNotAcknowledged:  # the form says so itself
        return _confirm_page(request, token, form)
    except services.TextChanged as refusal:
        form.show_again(refusal)
        return _confirm_page(request, token, form)
    messages.success(request, _("Your email address is confirmed, and your registration has been received."))
    return redirect(registration.personal_page())


def _confirm_page(request: HttpRequest, token: str, form: ConfirmForm | None = None) -> HttpResponseBase:
    """Show the button, and to whom staff entered what they wrote and what only that person can answer."""
    pending = Registration.objects.filter(
        confirm_token=token, state__in=[RegistrationState.UNCONFIRMED, RegistrationState.ACTIVE]
    )
    found = pending.select_related("webinar").first()
    if found is None:
        raise services.LinkNotValid
    context: dict[str, object] = {"registration": found}
    is_listed = found.entered_by_staff and not found.is_active
    if is_listed:
        context |= {
            "form": form or ConfirmForm(),
            "sessions": [
                seat.session for seat in found.seats.select_related("session").order_by("session__number")
            ],
            "country": countries.display_name(found.country),
            "footnotes": countries.footnotes([found.country]),
        }
    template = "registrations/confirm_listed.html" if is_listed else "registrations/confirm.html"
    status = UNPROCESSABLE if is_listed and form else 200
    return render(request, template, context, status=status)

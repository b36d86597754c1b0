"""The way in: the form, its neutral answer, the confirmation, and new links for those who lost theirs."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility import countries
from registrations import services
from registrations.forms import ConfirmForm, Gate, MyLinkForm, RegistrationForm, blank_form
from registrations.models import LegalText, Webinar
from registrations.services.people import FoundRequest, LinkState
from registrations.views.abuse_protection import GateResult, pass_gate
from registrations.views.access import UNPROCESSABLE, acts, attempt, personal
from registrations.views.people.addresses import confirm_address_change

CONFLICT, GONE = 409, 410
ENDED = {
    LinkState.CONFIRMED: gettext_lazy("Already confirmed"),
    LinkState.WITHDRAWN: gettext_lazy("You have withdrawn"),
    LinkState.TAKEN: gettext_lazy("This address is already in use"),
    LinkState.OVER: gettext_lazy("This request has expired"),
}


@acts
def register(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the form and take it; whoever sends it gets the same answer, known address or not.

    The browser takes what was sent along to the page that answers (307), which can so say to which address we wrote: it
    is in no URL and no cookie, and loading that page again registers nobody (D-15).
    """
    now = timezone.now()
    if request.method != "POST":
        return _form_page(request, slug, now)
    offer = _find_offer(slug)
    webinar, form = offer.webinar, RegistrationForm(request.POST, offer=offer, now=now)
    if "back" in request.POST:  # from the page that answers: something has to be corrected
        return render(
            request, "registrations/people/register.html", {"webinar": webinar, "form": form, "gate": Gate()}
        )
    passage = pass_gate(request, form, "register", now)
    if passage.is_free and attempt(
        form, lambda submission: services.people.register(webinar.pk, submission=submission, now=now)
    ):
        return redirect("registrations:registered", slug, preserve_request=True)
    return passage.answer(
        render(
            request, "registrations/people/register.html", {"webinar": webinar, "form": form, "gate": Gate()}
        )
    )


def _find_offer(slug: str) -> services.people.Offer:
    offer = services.people.find_offer(slug=slug)
    if offer is None:
        raise Http404
    return offer


def _form_page(request: HttpRequest, slug: str, now: datetime) -> HttpResponse:
    open_form = blank_form(slug, now)
    if open_form is None:
        webinar = get_object_or_404(Webinar, slug=slug)
        opens_at = webinar.registration_opens_at if webinar.opens_later(now) else None
        return render(
            request, "registrations/webinars/closed.html", {"webinar": webinar, "opens_at": opens_at}
        )
    webinar, form = open_form
    return render(
        request, "registrations/people/register.html", {"webinar": webinar, "form": form, "gate": Gate()}
    )


@acts
def registered(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Say what happens next, the same to everybody; what the form brought is shown, and no more."""
    context: dict[str, object] = {"days": services.people.CONFIRM_WITHIN.days}
    if request.method == "POST":
        offer = _find_offer(slug)
        webinar, form = offer.webinar, RegistrationForm(request.POST, offer=offer, now=timezone.now())
        form.is_valid()  # a session may have begun since
        context |= {"form": form, "address": form.cleaned_data.get("email", "")}
    else:
        webinar = get_object_or_404(Webinar, slug=slug)
    return render(request, "registrations/people/registered.html", context | {"webinar": webinar})


@acts
def my_link(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Mail somebody their links, if the address is registered; the page does not say whether it is."""
    webinar = get_object_or_404(Webinar, slug=slug)
    now = timezone.now()
    if request.method != "POST":
        context = {"webinar": webinar, "form": MyLinkForm(), "gate": Gate()}
        return render(request, "registrations/people/my_link.html", context)
    form = MyLinkForm(request.POST)
    passage = pass_gate(request, form, "my_link", now)
    if passage.is_free and form.is_valid():
        address = form.cleaned_data["email"]
        services.people.send_links(webinar.pk, email=address, now=now)
        words = _("If %(address)s is registered, a mail with your links is on its way to it.")
        messages.success(request, words % {"address": address})
        passage = GateResult(
            is_free=True, status=200
        )  # no redirect: the address would have to wait in a cookie
    return passage.answer(
        render(
            request, "registrations/people/my_link.html", {"webinar": webinar, "form": form, "gate": Gate()}
        )
    )


@personal
@acts
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show a button that proves an address: that of a new request, or a new one of a registration.

    Mail scanners follow links, people press buttons.
    """
    try:
        return _confirm_request(request, token)
    except services.errors.LinkNotValid:
        return confirm_address_change(request, token)


def _confirm_request(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take the confirmation; whom staff entered also answers what only they can."""
    now = timezone.now()
    if request.method != "POST":
        return _request_page(request, services.people.find_request(token, now=now))
    form = ConfirmForm(request.POST)
    consents = form.consents() if form.is_valid() else None
    try:
        registration = services.people.confirm(token, now=now, consents=consents)
    except services.errors.PrivacyNotAcknowledged:  # the form says so itself
        return _request_page(request, services.people.find_request(token, now=now), form)
    except services.errors.TextChanged as refusal:
        form.show_again(refusal)
        return _request_page(request, services.people.find_request(token, now=now), form)
    except services.errors.RequestNotWaiting:  # the page shows what is to be confirmed now, or why nothing is
        return _request_page(request, services.people.find_request(token, now=now), status=CONFLICT)
    messages.success(request, _("Your email address is confirmed, and your registration has been received."))
    return redirect(registration.personal_page())


def _request_page(
    request: HttpRequest, found: FoundRequest, form: ConfirmForm | None = None, status: int = 200
) -> HttpResponseBase:
    """Show what a link leads to: a request with the button that confirms it, or what became of it."""
    registration = found.registration
    if found.standing != LinkState.WAITING:
        return _ended_page(request, found)
    context: dict[str, object] = {
        "found": found,
        "registration": registration,
        "sessions": [
            seat.session for seat in registration.seats.select_related("session").order_by("session__number")
        ],
        "country": countries.display_name(registration.country),
        "footnotes": countries.footnotes([registration.country]),
    }
    if not registration.entered_by_staff:
        return render(request, "registrations/people/confirm.html", context, status=status)
    status = UNPROCESSABLE if form else status
    form = form or ConfirmForm()
    form.show_texts(LegalText.objects.newest())
    form.action = reverse("registrations:confirm", args=[registration.confirm_token])
    context["form"] = form
    return render(request, "registrations/people/confirm_listed.html", context, status=status)


def _ended_page(request: HttpRequest, found: FoundRequest) -> HttpResponseBase:
    """Say what became of a request that cannot be confirmed any more, and lead on."""
    context = {
        "registration": found.registration,
        "standing": found.standing.value,
        "heading": ENDED[found.standing],
        "is_open": found.registration.webinar.is_open(timezone.now()),
    }
    status = 200 if found.standing == LinkState.CONFIRMED else GONE
    return render(request, "registrations/people/request_ended.html", context, status=status)

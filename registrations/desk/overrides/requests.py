"""Approving a seat against its verdict: one person asks in writing, another answers."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.countries import display_name
from eligibility.explain import explain_html
from registrations import services
from registrations.desk.reasons import ReasonForm
from registrations.desk.refusals import refusals_in
from registrations.models import Override, Seat
from registrations.states import Move
from webinar_site.foundation.desk.pages import ConfirmationForm, StaffRequest, back_to, show, tell, warn


def request_override(request: StaffRequest, seat_id: int) -> HttpResponse:
    """Show a seat's verdict and ask why to go against it; the POST asks a second person to confirm."""
    seat = get_object_or_404(_seats(), pk=seat_id)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, help_text=_("Colleagues and auditors read it.")
    )
    if form.is_valid():
        with refusals_in(form):
            reason = form.cleaned_data["reason"]
            services.overrides.request_override(
                seat.pk,
                shown=request.POST.get("shown", ""),
                by=request.user,
                reason=reason,
                now=timezone.now(),
            )
            tell(request, _("Asked for an exception. Another member of staff has to confirm it."))
            return back_to(seat.registration)
    return show(
        request,
        "registrations/overrides/request.html",
        seat.registration,
        title=_("Ask for an exception"),
        hours=settings.OVERRIDE_LAPSES_AFTER,
        seat=seat,
        reasons=explain_html(seat.verdict) if seat.verdict else [],
        waiting=services.seats.waiting_about([seat.pk]),
        form=form,
    )


def confirm_or_decline_override(request: StaffRequest, override_id: int) -> HttpResponse:
    """Show a waiting override to a second person; the POST confirms or declines it, by the button pressed."""
    now = timezone.now()
    waiting = Override.objects.unconfirmed().select_related("requested_by")
    override = waiting.filter(pk=override_id).first()
    if override is not None and services.overrides.has_lapsed(override, now):
        warn(request, services.overrides.why_lapsed(override))
        return redirect("admin:registrations_override_changelist")
    if override is None:
        warn(request, _("A colleague was faster: this exception was already confirmed or declined."))
        return redirect("admin:registrations_override_changelist")
    seat = _seats().get(pk=override.seat_id)
    form = ConfirmationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            _answer(request, override, form.cleaned_data["answer"])
            return back_to(seat.registration)
    return show(
        request,
        "registrations/overrides/answer.html",
        seat.registration,
        title=_("Confirm or decline an exception"),
        override=override,
        country=display_name(seat.registration.country),
        lapses_at=services.overrides.lapses_at(override),
        seat=seat,
        reasons=explain_html(seat.verdict) if seat.verdict else [],
        waiting=services.seats.waiting_about([seat.pk]),
        mail="" if seat.is_approved else services.decisions.mail_told(seat, Move.APPROVE),
        is_own=override.requested_by_id == request.user.pk,
        form=form,
    )


def _answer(request: StaffRequest, override: Override, answer: str) -> None:
    if answer == "confirm":
        services.overrides.confirm_override(
            override.pk, shown=request.POST.get("shown", ""), by=request.user, now=timezone.now()
        )
        tell(request, _("The exception is confirmed."))
    else:
        services.overrides.decline_override(override.pk, by=request.user, now=timezone.now())
        tell(request, _("The exception is declined; the place stays as it is."))


def _seats() -> "QuerySet[Seat]":
    return Seat.objects.select_related("registration", "session")

"""Approving or keeping many seats against their verdicts: one reason, one page for the second person, one answer."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.desk import AnswerForm, StaffRequest, back_to, show, staff_page, tell, warn
from registrations import permissions, services
from registrations.admin_views.decisions import Preview, count, mail_told
from registrations.admin_views.forms import SeatsForm
from registrations.admin_views.pages import refusals_in
from registrations.models import Override, Seat
from registrations.states import Move


def _told(seat: Seat) -> str:
    """Return by which mail the person hears of a confirmed override, or that the place they have is kept in silence."""
    return _("nobody is mailed: the place is kept") if seat.is_approved else mail_told(seat, Move.APPROVE)


@staff_page(permissions.DECIDE)
def request_overrides(request: StaffRequest) -> HttpResponse:
    """Show for which of the seats named in the query an override can be asked for; the POST asks for all at once."""
    posted = request.method == "POST"
    form = _form(request.POST if posted else request.GET)
    valid = form.is_valid()
    if "seats" not in form.cleaned_data:
        raise Http404
    seat_ids = form.cleaned_data["seats"]
    if posted and valid:
        with refusals_in(form):
            reason = form.cleaned_data["reason"]
            batch = services.request_overrides(seat_ids, by=request.user, reason=reason, now=timezone.now())
            tell(request, _asked(services.open_batch(batch).count()))
            return redirect("admin:registrations_override_changelist")
    return show_request(request, seat_ids, form if posted else _form())


def show_request(
    request: HttpRequest, seat_ids: Sequence[int], form: SeatsForm | None = None
) -> HttpResponse:
    """Return the page that asks for the reason, and says which seats are skipped and why."""
    return show(
        request,
        "registrations/overrides_request.html",
        Seat,
        title=_("Ask for an override"),
        preview=count(seat_ids, partial(services.preview_requests, now=timezone.now()), _told),
        form=form or _form(),
        hours=settings.OVERRIDE_LAPSES_AFTER,
        seats=",".join(map(str, seat_ids)),
    )


def _form(data: QueryDict | None = None) -> SeatsForm:
    help_text = _("Colleagues and auditors read it. Name nobody: the history keeps it for good.")
    return SeatsForm(data, help_text=help_text)


def _asked(seats: int) -> str:
    return ngettext(
        "Asked for an override of %(count)d seat. Another member of staff has to confirm it.",
        "Asked for an override of %(count)d seats. Another member of staff has to confirm them together.",
        seats,
    ) % {"count": seats}


@staff_page(permissions.DECIDE)
def answer_overrides(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Show a waiting batch to a second person: reason, people, who is told what; the POST confirms or declines it."""
    waiting = services.open_batch(batch)
    override = waiting.select_related("requested_by").first()
    if lapsed := services.why_batch_lapsed(batch, timezone.now()):
        warn(request, lapsed)
        return redirect("admin:registrations_override_changelist")
    if override is None:
        warn(request, _("A colleague was faster: these overrides were already confirmed or declined."))
        return redirect("admin:registrations_override_changelist")
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            return _answer(request, batch, form.cleaned_data["answer"])
    return show(
        request,
        "registrations/overrides_answer.html",
        Override,
        title=_("Confirm or decline overrides"),
        override=override,
        lapses_at=services.lapses_at(override),
        preview=preview_batch(batch, timezone.now()),
        is_own=override.requested_by_id == request.user.pk,
        form=form,
    )


def preview_batch(batch: UUID, now: datetime) -> Preview:
    """Return what confirming a waiting batch would do now (aware datetime)."""
    seat_ids = list(services.open_batch(batch).values_list("seat_id", flat=True))
    results = partial(services.preview_overrides, now=now, places=services.Places())
    return count(seat_ids, results, _told)


def _answer(request: StaffRequest, batch: UUID, answer: str) -> HttpResponse:
    if answer == "confirm":
        job = services.start_confirming(batch, by=request.user, now=timezone.now())
        tell(
            request,
            _("The overrides are confirmed. This page says when it is carried out."),
        )
        return back_to(job)
    services.decline_batch(batch, by=request.user, now=timezone.now())
    tell(request, _("The overrides are declined; the seats stay as they are."))
    return redirect("admin:registrations_override_changelist")

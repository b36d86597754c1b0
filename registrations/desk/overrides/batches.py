"""Approving or keeping many seats against their verdicts: one reason, one page for the second person, one answer."""

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.countries import display_name
from eligibility.explain import conclusion
from registrations import services
from registrations.desk.decisions.forms import SeatsForm, ShownSeatsField
from registrations.desk.decisions.moves import ids_of
from registrations.desk.decisions.preview import SEATS_LISTED, Preview, count
from registrations.desk.refusals import refusals_in
from registrations.models import Override, Seat
from registrations.services.seats import SeatChange
from webinar_site.foundation.desk.pages import ConfirmationForm, StaffRequest, back_to, show, tell, warn


class ShownConfirmationForm(ConfirmationForm):
    """What the second person says about seats, and how these were on the page."""

    seats = ShownSeatsField(required=False)


def request_overrides(request: StaffRequest) -> HttpResponse:
    """Show for which of the seats named in the query an override can be asked for; the POST asks for all at once."""
    posted = request.method == "POST"
    form = _form(request.POST if posted else request.GET)
    valid = form.is_valid()
    if "seats" not in form.cleaned_data:
        raise Http404
    shown = form.cleaned_data["seats"]
    if posted and valid:
        with refusals_in(form):
            reason = form.cleaned_data["reason"]
            batch = services.overrides.request_overrides(
                shown, by=request.user, reason=reason, now=timezone.now()
            )
            tell(request, _asked(services.overrides.open_batch(batch).count()))
            return redirect("admin:registrations_override_changelist")
    return show_request(
        request, shown, form if posted else _form(), services.seats.changed_since(shown) if posted else ()
    )


def show_request(
    request: HttpRequest,
    seat_ids: Iterable[int],
    form: SeatsForm | None = None,
    changes: Sequence[SeatChange] = (),
) -> HttpResponse:
    """Return the page that asks for the reason, and says which seats are skipped and why.

    `changes` are the seats that have changed since an earlier look at it, with what has.
    """
    found = count(
        seat_ids,
        partial(services.overrides.preview_requests, now=timezone.now()),
        services.overrides.override_told,
    )
    return show(
        request,
        "registrations/overrides/request_batch.html",
        Seat,
        title=_("Ask for an exception"),
        preview=found,
        form=form or _form(),
        hours=settings.OVERRIDE_LAPSES_AFTER,
        changes=changes[:SEATS_LISTED],
        unlisted_changes=len(changes[SEATS_LISTED:]),
        waiting=services.seats.waiting_about(found.standings),
    )


def request_ticked(request: HttpRequest, seats: QuerySet[Seat]) -> HttpResponse:
    """Show for which of the seats ticked in the queue an override can be asked for, and ask why."""
    return show_request(request, ids_of(seats))


def _form(data: QueryDict | None = None) -> SeatsForm:
    help_text = _("Colleagues and auditors read it. Name nobody: the history keeps it for good.")
    return SeatsForm(data, help_text=help_text)


def _asked(seats: int) -> str:
    return ngettext(
        "Asked for an exception for %(count)d place. Another member of staff has to confirm it.",
        "Asked for an exception for %(count)d places. Another member of staff has to confirm them together.",
        seats,
    ) % {"count": seats}


def confirm_or_decline_overrides(request: StaffRequest, batch: UUID) -> HttpResponse:
    """Show a waiting batch to a second person: reason, people, who is told what; the POST confirms or declines it."""
    waiting = services.overrides.open_batch(batch)
    override = waiting.select_related("requested_by").first()
    if lapsed := services.overrides.why_batch_lapsed(batch, timezone.now()):
        warn(request, lapsed)
        return redirect("admin:registrations_override_changelist")
    if override is None:
        warn(request, _("A colleague was faster: these exceptions were already confirmed or declined."))
        return redirect("admin:registrations_override_changelist")
    form = ShownConfirmationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            return _answer(request, batch, form)
    changes = services.seats.changed_since(form.cleaned_data.get("seats", {})) if form.is_bound else []
    found = _preview(batch)
    page, people = _people(batch, request.GET.get("page"))
    return show(
        request,
        "registrations/overrides/answer_batch.html",
        Override,
        title=_("Confirm or decline exceptions"),
        override=override,
        lapses_at=services.overrides.lapses_at(override),
        preview=found,
        page=page,
        people=people,
        changes=changes[:SEATS_LISTED],
        unlisted_changes=len(changes[SEATS_LISTED:]),
        waiting=services.seats.waiting_about(found.standings),
        is_own=override.requested_by_id == request.user.pk,
        form=form,
    )


def _preview(batch: UUID) -> Preview:
    """Return what confirming a batch would do now."""
    waiting = services.overrides.open_batch(batch).values_list("seat_id", flat=True)
    results = partial(
        services.overrides.preview_overrides, now=timezone.now(), places=services.seats.Places()
    )
    return count(waiting, results, services.overrides.override_told)


def _people(batch: UUID, page: str | None) -> tuple[Page[Override], list[tuple[Override, str, str]]]:
    """Return a page of a waiting batch, and for each its country and what the lists say of it."""
    waiting = services.overrides.open_batch(batch).select_related("seat__registration", "seat__session")
    shown = Paginator(waiting, SEATS_LISTED).get_page(page)
    return shown, [
        (
            override,
            display_name(override.seat.registration.country),
            conclusion(override.seat.verdict) if override.seat.verdict else "",
        )
        for override in shown
    ]


def _answer(request: StaffRequest, batch: UUID, form: ShownConfirmationForm) -> HttpResponse:
    if form.cleaned_data["answer"] == "confirm":
        shown = form.cleaned_data["seats"]
        job = services.overrides.start_confirming(batch, shown=shown, by=request.user, now=timezone.now())
        tell(
            request,
            _("The exceptions are confirmed. This page says when they are carried out."),
        )
        return back_to(job)
    services.overrides.decline_batch(batch, by=request.user, now=timezone.now())
    tell(request, _("The exceptions are declined; the places stay as they are."))
    return redirect("admin:registrations_override_changelist")

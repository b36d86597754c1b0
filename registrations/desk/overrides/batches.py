"""Approving or keeping many seats against their verdicts: one reason, one page for the second person, one answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.countries import display_name
from eligibility.explain import conclusion
from registrations import permissions, services
from registrations.desk.decisions.pages import LISTED, Preview, count, mail_told
from registrations.desk.forms import SeatsForm, ShownAnswerForm
from registrations.desk.refusals import refusals_in
from registrations.models import BulkJob, Override, Seat
from registrations.services.decisions import SeatResult
from registrations.services.seats import Change
from registrations.states import Move
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, staff_page, tell, warn


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
    changes: Sequence[Change] = (),
) -> HttpResponse:
    """Return the page that asks for the reason, and says which seats are skipped and why.

    `changes` are the seats that have changed since an earlier look at it, with what has.
    """
    found = count(seat_ids, partial(services.overrides.preview_requests, now=timezone.now()), _told)
    return show(
        request,
        "registrations/overrides/overrides_request.html",
        Seat,
        title=_("Ask for an override"),
        preview=found,
        form=form or _form(),
        hours=settings.OVERRIDE_LAPSES_AFTER,
        changes=changes[:LISTED],
        unlisted_changes=len(changes[LISTED:]),
        waiting=services.seats.waiting_about(found.standings),
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
    waiting = services.overrides.open_batch(batch)
    override = waiting.select_related("requested_by").first()
    if lapsed := services.overrides.why_batch_lapsed(batch, timezone.now()):
        warn(request, lapsed)
        return redirect("admin:registrations_override_changelist")
    if override is None:
        warn(request, _("A colleague was faster: these overrides were already confirmed or declined."))
        return redirect("admin:registrations_override_changelist")
    form = ShownAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            return _answer(request, batch, form)
    changes = services.seats.changed_since(form.cleaned_data.get("seats", {})) if form.is_bound else []
    found = preview_batch(batch, timezone.now())
    page, people = _people(batch, request.GET.get("page"))
    return show(
        request,
        "registrations/overrides/overrides_answer.html",
        Override,
        title=_("Confirm or decline overrides"),
        override=override,
        lapses_at=services.overrides.lapses_at(override),
        preview=found,
        page=page,
        people=people,
        changes=changes[:LISTED],
        unlisted_changes=len(changes[LISTED:]),
        waiting=services.seats.waiting_about(found.standings),
        is_own=override.requested_by_id == request.user.pk,
        form=form,
    )


def preview_batch(batch: UUID, now: datetime, job: BulkJob | None = None) -> Preview:
    """Return what confirming a batch would do now (aware datetime), or what the job that waits to do it would."""
    places = services.seats.Places()
    rows = job.planned if job and job.planned.exists() else services.overrides.open_batch(batch)

    def results(chunk: Sequence[int]) -> list[SeatResult]:
        shown = services.seats.shown_to_starter(job, chunk) if job else None
        return services.overrides.preview_overrides(chunk, shown=shown, now=now, places=places)

    return count(rows.order_by("seat").values_list("seat_id", flat=True), results, _told)


def _people(batch: UUID, page: str | None) -> tuple[Page, list[tuple[Override, str, str]]]:
    """Return a page of a waiting batch, and for each its country and what the lists say of it."""
    waiting = services.overrides.open_batch(batch).select_related("seat__registration", "seat__session")
    shown = Paginator(waiting, LISTED).get_page(page)
    return shown, [
        (
            override,
            display_name(override.seat.registration.country),
            conclusion(override.seat.verdict) if override.seat.verdict else "",
        )
        for override in shown
    ]


def _answer(request: StaffRequest, batch: UUID, form: ShownAnswerForm) -> HttpResponse:
    if form.cleaned_data["answer"] == "confirm":
        shown = form.cleaned_data["seats"]
        job = services.overrides.start_confirming(batch, shown=shown, by=request.user, now=timezone.now())
        tell(
            request,
            _("The overrides are confirmed. This page says when it is carried out."),
        )
        return back_to(job)
    services.overrides.decline_batch(batch, by=request.user, now=timezone.now())
    tell(request, _("The overrides are declined; the seats stay as they are."))
    return redirect("admin:registrations_override_changelist")

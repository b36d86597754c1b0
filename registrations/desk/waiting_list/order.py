"""The waiting list of a session in its order, and the page that gives somebody another place on it."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import permissions, services
from registrations.desk.reasons import ReasonForm
from registrations.desk.refusals import refusals_in
from registrations.models import Seat, WebinarSession
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, tell, warn

ROWS_PER_PAGE = 100


class PositionForm(ReasonForm):
    """Which place on a waiting list somebody is to have, and why."""

    position = forms.IntegerField(label=gettext_lazy("New position"), min_value=1)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("position", "reason")

    def __init__(self, position: int, length: int, data: Any = None) -> None:
        """Ask for a place on a list of this length, for somebody who has `position` now."""
        super().__init__(data, help_text=_("Colleagues and auditors read it; nobody is mailed."))
        self.fields["seen"].initial = position
        self.fields["position"].help_text = _("From 1 to %(length)d; 1 gets the next free place.") % {
            "length": length
        }


def show_waiting_list(request: StaffRequest, session_id: int) -> HttpResponse:
    """Show who is next for a place in a session, when each asked, and why staff changed the order."""
    session = get_object_or_404(WebinarSession.objects.select_related("webinar"), pk=session_id)
    waiting = session.seats.in_turn().select_related("registration")
    page = Paginator(waiting, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    seats = list(page)
    moves = services.waiting_list.moves_on_list(seats)
    on_list = session.seats.waiting().count()
    return show(
        request,
        "registrations/waiting_list/list.html",
        session,
        title=_("Waiting list"),
        page=page,
        rows=[
            (position, seat, moves[seat.pk])
            for position, seat in enumerate(seats, start=page.start_index() or 1)
        ],
        left=services.seats.Places().left(session),
        passed_over=on_list - page.paginator.count,
        may_move=request.user.has_perm(permissions.DECIDE),
    )


def move_on_list(request: StaffRequest, seat_id: int) -> HttpResponse:
    """Show somebody's place on the waiting list, and ask for another one and why; the POST moves them."""
    seat = get_object_or_404(Seat.objects.select_related("registration", "session__webinar"), pk=seat_id)
    found = services.waiting_list.position_on_list(seat)
    if found is None:
        warn(request, _("This person is not on the waiting list any more."))
        return back_to(seat.registration)
    position, length = found
    form = PositionForm(position, length, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            wanted = form.cleaned_data | {"shown": request.POST.get("shown", "")}
            services.waiting_list.move_on_list(
                seat.pk,
                turn=services.waiting_list.PositionRequest(**wanted, by=request.user, now=timezone.now()),
            )
            tell(request, _("The order is changed; the history keeps the reason."))
            return redirect("admin:registrations_webinarsession_waiting-list", seat.session_id)
    return show(
        request,
        "registrations/waiting_list/place.html",
        seat.registration,
        title=_("Change position on the waiting list"),
        seat=seat,
        position=position,
        length=length,
        form=form,
    )

"""A person's own page on which they object to the result for one session, and read the answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from registrations import services
from registrations.forms import ContestForm
from registrations.models import Registration, Seat
from registrations.views.access import UNPROCESSABLE, acts, is_page_stale, one_at_a_time, personal
from registrations.views.people.my_registration import find_registration, seat_view
from webinar_site.foundation import stale_pages


@personal
@acts
@one_at_a_time
def contest_result(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Show somebody what a session's result is and what became of their objection, and take one."""
    registration = find_registration(token)
    seat = _seat_in(registration, number)
    row = seat_view(seat, timezone.now(), seat.contests.first())
    shown = stale_pages.picture(registration, seat.state, seat.reason, seat.reason_code, seat.verdict_data)
    context = {"registration": registration, "row": row, "seat": row.seat, "session": row.seat.session}
    if request.method != "POST":
        if not row.contest and not row.can_be_contested:
            return redirect(registration.personal_page())
        return render(
            request, "registrations/contests/contest.html", {**context, "form": ContestForm(seen=shown.token)}
        )
    form = ContestForm(request.POST, seen=shown.token)
    is_old = row.can_be_contested and is_page_stale(request, shown, form)
    if not is_old and _take(form, row.seat):
        messages.success(
            request, _("We have what you wrote. A member of staff looks at it and answers by mail.")
        )
        return redirect(registration.personal_page())
    return render(
        request, "registrations/contests/contest.html", {**context, "form": form}, status=UNPROCESSABLE
    )


def _seat_in(registration: Registration, number: int) -> Seat:
    """Return somebody's seat in the session of this number; raise Http404 where they have none."""
    for seat in registration.seats.all():
        if seat.session.number == number:
            return seat
    raise Http404


def _take(form: ContestForm, seat: Seat) -> bool:
    """Contest the result as a valid form says; where the service refuses, put its reason on the form."""
    if form.is_valid():
        try:
            services.contests.file_contest(seat.pk, text=form.cleaned_data["text"], now=timezone.now())
        except services.errors.Refused as refusal:
            form.add_error(None, str(refusal))
    return not form.errors

"""A person's own pages, reached by links that only they have: my registration, edit, withdraw."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility import countries
from eligibility.explain import conclusion, sentences_html
from registrations import services
from registrations.forms import EditForm, language
from registrations.models import Contest, Registration, Seat
from registrations.states import SeatState
from registrations.views.access import (
    UNPROCESSABLE,
    acts,
    attempt,
    is_page_stale,
    one_at_a_time,
    personal,
    reads,
)
from webinar_site.foundation import stale_pages


@dataclass(frozen=True, slots=True)
class SeatView:
    """One seat as its owner sees it: the verdict in one sentence and step by step; a guest has none."""

    seat: Seat
    conclusion: str
    reasons: tuple[str, ...]
    is_over: bool
    contest: Contest | None

    @property
    def is_closed(self) -> bool:
        """Return whether nothing is decided about it any more: the session is over, or cancelled."""
        return self.is_over or self.seat.session.is_cancelled

    @property
    def can_be_contested(self) -> bool:
        """Return whether its owner may object now: one at a time, and while something can still be decided."""
        is_waiting = self.contest is not None and self.contest.is_open
        return self.seat.can_be_contested and not self.is_closed and not is_waiting

    @property
    def awaits_decision(self) -> bool:
        """Return whether staff still have to decide about it."""
        return self.seat.state == SeatState.REQUESTED and not self.is_closed


@personal
@reads
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show somebody their registration: the state of each seat, why, and what they can do."""
    registration = _first(_own(token).defer("privacy_text__body").prefetch_related("access_needs"))
    now = timezone.now()
    newest = Contest.objects.filter(seat=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    seats = list(_seats().filter(registration=registration).annotate(contest=Subquery(newest)))
    contests = Contest.objects.in_bulk([seat.contest for seat in seats if seat.contest])
    for seat in seats:
        seat.registration = registration
    rows = [seat_view(seat, now, contests.get(seat.contest)) for seat in seats]
    context = {
        "registration": registration,
        "webinar": registration.webinar,
        "hear_by": registration.webinar.promised_day(now),
        "rows": rows,
        "is_reviewed": any(row.awaits_decision for row in rows),
        "country": countries.display_name(registration.country),
        "footnotes": countries.footnotes([registration.country]),
        "consents": services.people.consents_of(registration, language()),
    }
    return render(request, "registrations/people/manage.html", context)


def find_registration(token: str) -> Registration:
    """Return a confirmed registration by its manage link, with all that its pages show; raise LinkNotValid."""
    rows = _own(token).select_related("webinar__audience")
    return _first(rows.prefetch_related(Prefetch("seats", _seats()), "access_needs", "webinar__sessions"))


def require_own_page(token: str) -> None:
    """Raise LinkNotValid where a manage link leads to no page."""
    _first(Registration.objects.with_own_page().filter(manage_token=token).only("pk"))


def _own(token: str) -> "QuerySet[Registration]":
    confirmed = Registration.objects.with_own_page().filter(manage_token=token)
    return confirmed.select_related("webinar", "privacy_text")


def _seats() -> "QuerySet[Seat]":
    return Seat.objects.select_related("session").order_by("session__number")


def _first(rows: "QuerySet[Registration]") -> Registration:
    registration = rows.first()
    if registration is None:
        raise services.errors.LinkNotValid
    return registration


def seat_view(seat: Seat, now: datetime, contest: Contest | None) -> SeatView:
    """Return a seat as its owner sees it at this moment, with what they contested last."""
    verdict = seat.verdict
    return SeatView(
        seat=seat,
        conclusion=conclusion(verdict) if verdict else "",
        reasons=tuple(sentences_html(verdict)) if verdict else (),
        is_over=seat.session.is_over(now),
        contest=contest,
    )


@personal
@acts
@one_at_a_time
def edit(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show somebody their answers and take changed ones."""
    registration = find_registration(token)
    now = timezone.now()
    context = {"registration": registration, "webinar": registration.webinar}
    if request.method != "POST":
        if not registration.is_active:
            return redirect(registration.personal_page())
        form = EditForm(registration=registration, now=now)
        return render(request, "registrations/people/edit.html", {**context, "form": form})
    form = EditForm(request.POST, registration=registration, now=now)
    if attempt(
        form, lambda submission: services.people.edit(registration.pk, submission=submission, now=now)
    ):
        messages.success(request, _("Your changes are saved."))
        return redirect(registration.personal_page())
    return render(request, "registrations/people/edit.html", {**context, "form": form}, status=UNPROCESSABLE)


@personal
@acts
@one_at_a_time
def withdraw(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask whether somebody really wants to withdraw, and do it."""
    registration = find_registration(token)
    shown = stale_pages.picture(registration, services.people.own_answers(registration))
    if request.method == "POST" and not (registration.is_active and is_page_stale(request, shown)):
        services.people.withdraw(registration.pk, now=timezone.now())
        messages.success(request, _("Your registration is withdrawn."))
        return redirect(registration.personal_page())
    if not registration.is_active:
        return redirect(registration.personal_page())
    context = {"registration": registration, "seen": shown.token}
    return render(request, "registrations/people/withdraw.html", context)

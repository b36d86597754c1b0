"""Deciding about seats: one page says what will happen to whom, for one person and for thousands."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations import services
from registrations.desk.decisions.forms import DecisionForm
from registrations.desk.decisions.preview import SEATS_LISTED, TITLES, Preview, add_examples, preview
from registrations.desk.refusals import refusals_in
from registrations.models import BulkJob, Registration, Seat
from registrations.services.decisions import SeatResult
from registrations.services.seats import SeatChange
from registrations.states import STAFF_MOVES, Move
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, tell, warn
from webinar_site.foundation.desk.table import Button, Page, Reader, Tool

AT_ONCE = 20  # seats of one person that are decided before the page answers


@dataclass(frozen=True, slots=True)
class MoveButton(Button):
    """A button that decides: about one seat on its panel, above a person's page about all that it is possible for."""

    move: Move = Move.APPROVE

    def stands_on(self, page: Page, row: Any) -> bool:
        """Return whether it is on the page of this row."""
        return isinstance(row, Seat | Registration)

    def tools(self, page: Page, row: Seat | Registration, reader: Reader) -> list[Tool]:
        """Return the button where the move is possible for at least one seat; its address names those."""
        places = reader.kept(services.seats.Places)
        possible = [
            seat.pk
            for seat in ([row] if isinstance(row, Seat) else row.seats.all())
            if not services.decisions.why_not(seat, self.move, reader.now, places)
        ]
        if not possible:
            return []
        label = self.label
        if len(possible) > 1:
            label = _("%(move)s (%(count)d places)") % {"move": label, "count": len(possible)}
        return [Tool(label, f"{page.url(self.move.value)}?seats={','.join(map(str, possible))}")]


MOVE_BUTTONS = tuple(MoveButton(TITLES[move], move=move) for move in STAFF_MOVES)


def decide(request: StaffRequest, move: str) -> HttpResponse:
    """Show what a decision would do to the seats named in the query; the POST decides."""
    if move not in STAFF_MOVES:
        raise Http404
    posted = request.method == "POST"
    form = DecisionForm(Move(move), request.POST if posted else request.GET)
    valid = form.is_valid()
    if "seats" not in form.cleaned_data:
        raise Http404
    decides = posted and valid and request.POST.get("act") != "preview"
    shown = form.cleaned_data["seats"]
    return (_act(request, Move(move), form) if decides else None) or show_decision(
        request,
        Move(move),
        shown,
        form if posted else DecisionForm(Move(move)),
        services.seats.changed_since(shown) if posted else (),
    )


def show_ticked(move: Move) -> Callable[[HttpRequest, QuerySet[Seat]], HttpResponse]:
    """Return the action of the queue that shows what a decision about the ticked seats would do."""
    return lambda request, seats: show_decision(request, move, ids_of(seats), DecisionForm(move))


def ids_of(seats: QuerySet[Seat]) -> list[int]:
    """Return the seats' ids: the page carries them, and decides about those it shows, whoever else registers."""
    return list(seats.order_by("pk").values_list("pk", flat=True))


def show_decision(
    request: HttpRequest,
    move: Move,
    seat_ids: Iterable[int],
    form: DecisionForm,
    changes: Sequence[SeatChange] = (),
) -> HttpResponse:
    """Return the page that says what a decision would do, to whom and in which mails; it can be looked at, then taken.

    `changes` are the seats that have changed since an earlier look at it, with what has.
    """
    decision = _decision(request, move, form)
    found = preview(seat_ids, decision)
    add_examples(found, decision)
    return show(
        request,
        "registrations/decisions/decision.html",
        Seat,
        title=TITLES[move],
        move=move.value,
        preview=found,
        again=who_is_invited_again(found, move),
        form=form,
        changes=changes[:SEATS_LISTED],
        unlisted_changes=len(changes[SEATS_LISTED:]),
        waiting=services.seats.waiting_about(found.standings),
    )


def who_is_invited_again(found: Preview, move: Move) -> list[Seat]:
    """Return who keeps a place and is invited again, because a mail to another address may empty their calendar."""
    return [] if move is Move.APPROVE else services.notifications.invited_again(found.invited)


def _decision(request: HttpRequest, move: Move, form: DecisionForm) -> services.decisions.Decision:
    """Return what the signed-in member of staff decides by this form, with the reason as far as there is one."""
    given = form.cleaned_data if form.is_bound else {}
    return services.decisions.Decision(
        move=move,
        by=cast(StaffRequest, request).user,
        now=timezone.now(),
        reason=given.get("reason", ""),
        reason_code=given.get("reason_code", ""),
    )


def _act(request: StaffRequest, move: Move, form: DecisionForm) -> HttpResponse | None:
    """Decide; return where to go next, or None when the form now says why not."""
    shown, decision = form.cleaned_data["seats"], _decision(request, move, form)
    registration_id = _only_person(shown)
    with refusals_in(form):
        if registration_id is not None:
            _tell_results(
                request, services.decisions.decide_seats(registration_id, shown=shown, decision=decision)
            )
            return redirect("admin:registrations_registration_change", registration_id)
        job = services.decisions.start_bulk_decision(shown, decision=decision, page=form.cleaned_data["page"])
        if job.state == BulkJob.State.STOPPED:
            warn(
                request, _("This decision was stopped before. To take it after all, choose the places again.")
            )
        else:
            tell(request, _("The decision is written down. This page says when it is carried out."))
        return back_to(job)
    return None


def _only_person(seat_ids: Collection[int]) -> int | None:
    """Return whose seats these few are, or None when they are many or of several people."""
    if len(seat_ids) > AT_ONCE:
        return None
    people = set(Seat.objects.filter(pk__in=seat_ids).values_list("registration_id", flat=True))
    return people.pop() if len(people) == 1 else None


def _tell_results(request: StaffRequest, results: Sequence[SeatResult]) -> None:
    """Say what was decided, and what was not because somebody or something was faster."""
    changed = sum(result.changed for result in results)
    if changed:
        tell(
            request,
            ngettext(
                "Decided about %(count)d place; the person is being told.",
                "Decided about %(count)d places; the person is being told.",
                changed,
            )
            % {"count": changed},
        )
    for result in results:
        if not result.changed:
            warn(
                request,
                _("Nothing was changed for “%(session)s”. %(note)s")
                % {"session": result.seat.session, "note": result.note},
            )

"""Deciding about seats: one page says what will happen to whom, for one person and for thousands."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registrations import permissions, services
from registrations.desk.forms import DecisionForm, ShownSeatsField
from registrations.desk.refusals import refusals_in
from registrations.models import BulkJob, MailKind, Seat
from registrations.services.decisions import SeatResult
from registrations.services.seats import Change
from registrations.states import STAFF_MOVES, Move
from webinar_site.foundation.chunks import in_chunks
from webinar_site.foundation.desk.pages import StaffRequest, back_to, show, staff_page, tell, warn

AT_ONCE = 20  # seats of one person that are decided before the page answers
LISTED = 50  # people named on the page; beyond that it counts
EXAMPLES = 10
SHOWN = 12  # mails that are rendered: of each kind, session and language one


@dataclass(frozen=True, slots=True)
class Words:
    """How a move is spoken of: the page's title, and the mail it sends."""

    title: str | Promise
    mail: MailKind


WORDS: dict[Move, Words] = {
    Move.APPROVE: Words(gettext_lazy("Approve"), MailKind.INVITATION),
    Move.WAITLIST: Words(gettext_lazy("Put on the waiting list"), MailKind.WAITLISTED),
    Move.REJECT: Words(gettext_lazy("Reject"), MailKind.REJECTED),
    Move.PUT_BACK: Words(gettext_lazy("Put back to requested"), MailKind.PUT_BACK),
    Move.CANCEL: Words(gettext_lazy("Cancel"), MailKind.CANCELLED),
}


@dataclass(slots=True)
class Skipped:
    """The seats a decision would leave alone for one reason: how many, and some of them."""

    count: int = 0
    examples: list[SeatResult] = field(default_factory=list)


@dataclass(slots=True)
class MailGroup:
    """The mails of one kind, about one session and in one language: how many, the first of them, and how it reads."""

    mail: str
    first: Seat
    count: int = 0
    example: services.decisions.ExampleMail | None = None

    @property
    def language(self) -> str:
        """Return the language by its name."""
        code = self.first.registration.language
        return dict(settings.LANGUAGES).get(code, code)


@dataclass(slots=True)
class Preview:
    """What a decision would do: to how many seats, with which mails, and which seats it would skip, by reason.

    `standings` says how each of them stands in this preview: what is sent with it decides about nothing else.
    """

    found: int = 0
    changed: int = 0
    standings: dict[int, str] = field(default_factory=dict)
    listed: list[Seat] = field(default_factory=list)
    mails: dict[str, int] = field(default_factory=dict)
    groups: dict[tuple[str, int, str], MailGroup] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    left_alone: list[SeatResult] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    invited: list[int] = field(default_factory=list)

    @property
    def seats(self) -> str:
        """Return the seats and how they stand, as the page's form carries them."""
        return ShownSeatsField.written(self.standings)

    @property
    def shown(self) -> list[MailGroup]:
        """Return the groups of mails of which an example is shown."""
        return list(self.groups.values())[:SHOWN]

    @property
    def unshown(self) -> int:
        """Return how many groups of mails there are beyond those."""
        return len(self.groups) - len(self.shown)

    @property
    def unlisted(self) -> int:
        """Return how many seats would change beyond those that are listed."""
        return self.changed - len(self.listed)

    @property
    def skipped_seats(self) -> int:
        """Return how many seats would be skipped."""
        return self.found - self.changed

    @property
    def unnamed(self) -> int:
        """Return how many of these there are beyond those that are named."""
        return self.skipped_seats - len(self.left_alone)

    def add(self, result: SeatResult, told: Callable[[Seat], str]) -> None:
        """Count one seat; `told` says by which mail its person would be told."""
        self.found += 1
        self.standings[result.seat.pk] = result.seat.standing
        self.people.add(result.seat.registration_id)
        if result.why is not None:
            reason = self.skipped.setdefault(result.why.gist, Skipped())
            reason.count += 1
            reason.examples.extend([result] if reason.count <= EXAMPLES else [])
            self.left_alone.extend([result] if len(self.left_alone) < LISTED else [])
            return
        self.changed += 1
        self.invited.extend([result.seat.pk] if result.seat.is_invited else [])
        mail = told(result.seat)
        self.mails[mail] = self.mails.get(mail, 0) + 1
        about = (mail, result.seat.session_id, result.seat.registration.language)
        self.groups.setdefault(about, MailGroup(mail, result.seat)).count += 1
        self.listed.extend([result.seat] if self.changed <= LISTED else [])


def mail_told(seat: Seat, move: Move) -> str:
    """Return which mail a decision sends to a seat's person, and what it does to their calendar."""
    if move is Move.APPROVE and not seat.session.is_dated:
        return str(MailKind.PLACE_KEPT.label)
    if move is Move.APPROVE:
        return _("%(mail)s, which puts the session into the calendar") % {"mail": WORDS[move].mail.label}
    if seat.is_invited:
        return _("%(mail)s, which takes the session out of the calendar") % {"mail": WORDS[move].mail.label}
    return str(WORDS[move].mail.label)


def preview(
    seat_ids: Iterable[int], decision: services.decisions.Decision, job: BulkJob | None = None
) -> Preview:
    """Return what deciding now would do, or what a job that waits would; reads in chunks, so that any number fits in memory."""
    places = services.seats.Places()

    def results(chunk: Sequence[int]) -> list[SeatResult]:
        shown = services.seats.shown_to_starter(job, chunk) if job else None
        return services.decisions.preview_decision(chunk, decision=decision, places=places, shown=shown)

    return count(seat_ids, results, partial(mail_told, move=decision.move))


def add_examples(found: Preview, decision: services.decisions.Decision) -> None:
    """Have the first person's mail of each group rendered: those that are shown."""
    groups = {group.first.pk: group for group in found.shown}
    for pk, example in services.decisions.example_mails(list(groups), decision=decision).items():
        groups[pk].example = example


def count(
    seat_ids: Iterable[int],
    results: Callable[[Sequence[int]], Iterable[SeatResult]],
    told: Callable[[Seat], str],
) -> Preview:
    """Return what something would do to seats, by what `results` says of each chunk and `told` of each mail."""
    found = Preview()
    for chunk in in_chunks(seat_ids):
        for result in results(chunk):
            found.add(result, told)
    return found


@staff_page(permissions.DECIDE)
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


def show_decision(
    request: HttpRequest,
    move: Move,
    seat_ids: Iterable[int],
    form: DecisionForm,
    changes: Sequence[Change] = (),
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
        title=WORDS[move].title,
        move=move.value,
        preview=found,
        again=invited_again(found, move),
        form=form,
        changes=changes[:LISTED],
        unlisted_changes=len(changes[LISTED:]),
        waiting=services.seats.waiting_about(found.standings),
    )


def invited_again(found: Preview, move: Move) -> list[Seat]:
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
        job = services.runner.start_bulk_decision(shown, decision=decision, page=form.cleaned_data["page"])
        if job.state == BulkJob.State.STOPPED:
            warn(
                request, _("This decision was stopped before. To take it after all, choose the seats again.")
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
                "Decided about %(count)d seat; the person is being told.",
                "Decided about %(count)d seats; the person is being told.",
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

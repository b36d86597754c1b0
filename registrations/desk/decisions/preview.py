"""What a decision would do, before it is taken: whose seats would change, which would be skipped, who is told what."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from registrations import services
from registrations.desk.decisions.forms import ShownSeatsField
from registrations.models import Seat
from registrations.services.decisions import SeatResult
from registrations.states import Move
from webinar_site.foundation.chunks import in_chunks

SEATS_LISTED = 50  # people named on the page; beyond that it counts
EXAMPLES = 10
SHOWN = 12  # mails that are rendered: of each kind, session and language one


TITLES: dict[Move, str | Promise] = {
    Move.APPROVE: gettext_lazy("Approve"),
    Move.WAITLIST: gettext_lazy("Put on the waiting list"),
    Move.REJECT: gettext_lazy("Reject"),
    Move.PUT_BACK: gettext_lazy("Put back to requested"),
    Move.CANCEL: gettext_lazy("Cancel"),
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

    `standings` holds the standing of each in this preview: what is sent with it decides about nothing else.
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
        """Return the seats with their standings, as the page's form carries them."""
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
            self.left_alone.extend([result] if len(self.left_alone) < SEATS_LISTED else [])
            return
        self.changed += 1
        self.invited.extend([result.seat.pk] if result.seat.is_invited else [])
        mail = told(result.seat)
        self.mails[mail] = self.mails.get(mail, 0) + 1
        about = (mail, result.seat.session_id, result.seat.registration.language)
        self.groups.setdefault(about, MailGroup(mail, result.seat)).count += 1
        self.listed.extend([result.seat] if self.changed <= SEATS_LISTED else [])


def preview(seat_ids: Iterable[int], decision: services.decisions.Decision) -> Preview:
    """Return what deciding now would do; reads in chunks, so that any number fits in memory."""
    results = partial(services.decisions.preview_decision, decision=decision, places=services.seats.Places())
    return count(seat_ids, results, partial(services.decisions.mail_told, move=decision.move))


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

"""Every request for an override, and what became of it: from history, which alone keeps them all (D-27)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registrations.models import Action, HistoryEntry, Override

ENDINGS = {
    Action.OVERRIDE_CONFIRMED: _("confirmed"),
    Action.OVERRIDE_DECLINED: _("declined"),
    Action.OVERRIDE_LAPSED: _("lapsed unanswered"),
}
WAITING = _("waits for a second person")
OVERTAKEN = _("ended by another decision, or by changed answers")
SeatKey = tuple[int | None, int | None]  # registration, session


@dataclass(frozen=True, slots=True)
class ReportedOverride:
    """One request: the entry that asked for it, the one that ended it, if any, and its state in words."""

    asked: HistoryEntry
    ended: HistoryEntry | None
    open: Override | None

    @property
    def state(self) -> str:
        """Return its state in words."""
        if self.ended is not None:
            return str(ENDINGS[Action(self.ended.action)])
        return str(WAITING if self.open else OVERTAKEN)


def override_requests(webinar_id: int) -> QuerySet[HistoryEntry]:
    """Return the entries by which overrides were asked for in a webinar, newest first."""
    asked = HistoryEntry.objects.filter(webinar=webinar_id, action=Action.OVERRIDE_REQUESTED)
    return asked.select_related("by", "registration", "session").order_by("-pk")


def reported(asked: Iterable[HistoryEntry]) -> list[ReportedOverride]:
    """Return what became of these requests, in their order; the number of queries does not grow with them."""
    requests = list(asked)
    people = {entry.registration_id for entry in requests}
    ended, unended = _followed(people)
    waiting: dict[SeatKey, Override] = {
        (override.seat.registration_id, override.seat.session_id): override
        for override in Override.objects.open().filter(seat__registration__in=people).select_related("seat")
    }
    return [
        ReportedOverride(
            entry, ended.get(entry.pk), waiting.get(_seat_key(entry)) if entry.pk in unended else None
        )
        for entry in requests
    ]


def _followed(people: Collection[int | None]) -> tuple[dict[int, HistoryEntry], set[int]]:
    """Return what ended each request of these people, by its id, and the ids of those that nothing has ended."""
    entries = HistoryEntry.objects.filter(
        registration__in=people, action__in=[Action.OVERRIDE_REQUESTED, *ENDINGS]
    )
    last: dict[SeatKey, int] = {}
    ended: dict[int, HistoryEntry] = {}
    for entry in entries.select_related("by").order_by("pk"):
        if entry.action == Action.OVERRIDE_REQUESTED:
            last[_seat_key(entry)] = entry.pk
        elif asked := last.pop(_seat_key(entry), None):
            ended[asked] = entry
    return ended, set(last.values())


def _seat_key(entry: HistoryEntry) -> SeatKey:
    return entry.registration_id, entry.session_id

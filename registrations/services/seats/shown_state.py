"""Whether a seat still is as it was shown: what every page and job that decides carries, and is held to.

A page carries each seat's `standing` (models/seat.py). Under the lock it is compared with the seat's own; where they
differ, nothing is decided, and the part that differs says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registrations.models import STANDING_PART, STANDING_PARTS, Registration, Seat
from registrations.services import errors
from registrations.services.jobs.notes import Note, NoteCode
from registrations.states import RegistrationState
from webinar_site.foundation.chunks import in_chunks

Shown = Mapping[int, str]  # how seats were on a page, by their ids


@dataclass(frozen=True, slots=True)
class SeatChange:
    """A seat that is no longer as it was shown, and what has changed."""

    seat: Seat
    note: Note


def why_changed(seat: Seat, shown: str) -> Note | None:
    """Return what has changed about a seat since it was shown in this standing, or None where nothing has."""
    parts, now = _parts(shown), _parts(seat.standing)
    changed = {name for name in STANDING_PARTS if parts.get(name) != now[name]}
    if not changed:
        return None
    if not seat.registration.is_active:
        return _why_ended(seat.registration)
    if not parts:
        return Note(NoteCode.UNKNOWN)
    if "decision" in changed and seat.decided_at:
        return _decided(seat, seat.decided_at)
    if "person" in changed:
        return Note(NoteCode.EDITED)
    if "verdict" in changed:
        return Note(NoteCode.VERDICT, {"outcome": seat.outcome})
    return Note(NoteCode.STATE, {"state": str(seat.state)})


def _parts(standing: str) -> dict[str, str]:
    if len(standing) != STANDING_PART * len(STANDING_PARTS):
        return {}
    starts = range(0, len(standing), STANDING_PART)
    return {
        name: standing[start : start + STANDING_PART]
        for name, start in zip(STANDING_PARTS, starts, strict=True)
    }


def _why_ended(registration: Registration) -> Note:
    withdrawn = registration.state == RegistrationState.WITHDRAWN
    return Note(NoteCode.WITHDRAWN if withdrawn else NoteCode.ENDED)


def _decided(seat: Seat, at: datetime) -> Note:
    about = {"at": at.isoformat(), "state": str(seat.state)}
    if seat.decided_by is None:
        return Note(NoteCode.DECIDED_ALONE, about)
    return Note(NoteCode.DECIDED, about | {"by": str(seat.decided_by)})


def standing_before(seat: Seat, moment: datetime) -> str:
    """Return how a seat was at a moment (aware), as far as its columns tell: for jobs that did not note it.

    What was decided or flagged since then is made to differ; what the person edited cannot be seen.
    """
    parts = _parts(seat.standing)
    if seat.decided_at and seat.decided_at > moment:
        parts["decision"] = "?" * STANDING_PART
    if seat.flagged_at and seat.flagged_at > moment:
        parts["verdict"] = "?" * STANDING_PART
    return "".join(parts.values())


def changed_since(shown: Shown) -> list[SeatChange]:
    """Return the seats that are no longer as they were shown, in the order of their ids; nothing is locked."""
    return [change for chunk in in_chunks(sorted(shown)) for change in changes_in(_read(chunk), shown)]


def _read(seat_ids: Sequence[int]) -> Iterable[Seat]:
    seats = Seat.objects.filter(pk__in=seat_ids).select_related("registration", "session", "decided_by")
    return seats.defer("verdict_data", "told", "registration__question").order_by("pk")


def changes_in(seats: Iterable[Seat], shown: Shown) -> list[SeatChange]:
    """Return which of these seats, locked or not, are no longer as they were shown."""
    return [SeatChange(seat, note) for seat in seats if (note := why_changed(seat, shown.get(seat.pk, "")))]


def require_as_shown(changes: Sequence[SeatChange]) -> None:
    """Raise ChangedMeanwhile where there is a change."""
    if changes:
        raise errors.ChangedMeanwhile(len(changes), str(changes[0].note))

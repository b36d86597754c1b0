"""Places in a session that has only so many, and who waits for one, in order."""

from registrations.models import Seat, WebinarSession
from registrations.services.jobs.notes import Note, NoteCode
from registrations.states import SeatState


class Places:
    """How many places are left: counted when a session is first asked for, then kept up while seats are decided about.

    Right as long as the caller holds the sessions' locks. Guests take none.
    """

    def __init__(self) -> None:
        """Start without having counted anything."""
        self._left: dict[int, int] = {}
        self._next: dict[int, set[int]] = {}

    def left(self, session: WebinarSession) -> int | None:
        """Return how many places are left in a session, None where there is no limit; never below 0."""
        if session.capacity is None:
            return None
        if session.pk not in self._left:
            taken = session.seats.approved().of_participants()
            self._left[session.pk] = max(session.capacity - taken.count(), 0)
        return self._left[session.pk]

    def is_full_for(self, seat: Seat) -> bool:
        """Return whether there is no place for a seat that does not have one yet."""
        return not seat.registration.is_guest and not seat.is_approved and self.left(seat.session) == 0

    def why_none_for(self, seat: Seat) -> Note | None:
        """Return why there is no place for a seat that does not have one yet, or None: also because others are next."""
        if self.is_full_for(seat):
            return Note(NoteCode.FULL)
        left = self.left(seat.session)
        if seat.registration.is_guest or seat.is_approved or left is None:
            return None
        following = self._following(seat.session, left)
        if seat.pk in following or len(following) < left:
            return None
        waits = seat.state == SeatState.WAITLISTED
        return Note(NoteCode.OTHERS_FIRST if waits else NoteCode.LIST_FIRST)

    def _following(self, session: WebinarSession, left: int) -> set[int]:
        """Return the seats that the places left go to first: as many of the waiting list as there are places."""
        if session.pk not in self._next:
            self._next[session.pk] = set(session.seats.in_turn().values_list("pk", flat=True)[:left])
        return self._next[session.pk]

    def take(self, seat: Seat) -> None:
        """Count a place as taken by a seat, where places are counted at all."""
        if not seat.registration.is_guest and self.left(seat.session) is not None:
            self._left[seat.session_id] -= 1
            self._next.get(seat.session_id, set()).discard(seat.pk)

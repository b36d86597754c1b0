"""Places in a session that has only so many, and the waiting list: a place that becomes free goes to who is next on it."""

from datetime import datetime

from django.db import transaction
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Coalesce

from eligibility.rules import Outcome
from registrations.models import BulkJob, Kind, Seat, SessionState, WebinarSession
from registrations.services.jobs import windows
from registrations.services.jobs.notes import Note, NoteCode
from registrations.services.locks import lock_session
from registrations.states import RegistrationState, SeatState

TURN = Coalesce("waiting_rank", "pk", output_field=BigIntegerField())


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
            taken = session.seats.filter(state=SeatState.APPROVED, registration__kind=Kind.PARTICIPANT)
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
            self._next[session.pk] = set(on_the_waiting_list(session.pk).values_list("pk", flat=True)[:left])
        return self._next[session.pk]

    def take(self, seat: Seat) -> None:
        """Count a place as taken by a seat, where places are counted at all."""
        if not seat.registration.is_guest and self.left(seat.session) is not None:
            self._left[seat.session_id] -= 1
            self._next.get(seat.session_id, set()).discard(seat.pk)


def on_the_waiting_list(session_id: int | None) -> "QuerySet[Seat]":
    """Return the seats that the next free place of a session may go to, in their order.

    That is the order in which they were asked for, except where staff gave a seat another one's turn.
    """
    return Seat.objects.filter(
        Q(outcome__in=["", Outcome.ELIGIBLE.value]),
        session=session_id,
        state=SeatState.WAITLISTED,
        registration__state=RegistrationState.ACTIVE,
    ).order_by(TURN)


def start_promotions(now: datetime) -> None:
    """Write a job for each session to come in which a place is free and somebody waits (D-30); `now` is aware."""
    waited_for = WebinarSession.objects.filter(
        capacity__isnull=False, state=SessionState.PLANNED, seats__state=SeatState.WAITLISTED
    )
    for session_id in waited_for.order_by("pk").values_list("pk", flat=True).distinct():
        _start_promotion(session_id, now)


@transaction.atomic
def _start_promotion(session_id: int, now: datetime) -> None:
    session = lock_session(session_id)
    left = Places().left(session)
    under_way = session.jobs.filter(kind=BulkJob.Kind.PROMOTION, due_at__isnull=False)
    if session.is_over(now) or not left or under_way.exists():
        return
    waiting = on_the_waiting_list(session_id)[:left].count()
    if waiting:
        windows.write_due(
            BulkJob.Kind.PROMOTION, now, webinar=session.webinar, session=session, total=waiting
        )

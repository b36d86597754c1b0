"""Telling people: the mails of one operation and what they put into calendars."""

from collections.abc import Callable
from datetime import datetime

from registrations import mails, outbox
from registrations.appointments import organiser_of
from registrations.models import BulkJob, OutgoingMail, Seat, WebinarSession
from registrations.services.notifications import shared_calendars
from webinar_site.foundation import bulk

TOLD_FIELDS = (
    "told_sequence",
    "told_time_sequence",
    "told_method",
    "told",
    "thread_id",
    "answer",
    "answered_at",
)
SESSION_FIELDS = ("sequence", "organiser_email", "organiser_name")
TOLD_MOMENTS = ("starts_at", "ends_at")


def is_calendar_current(seat: Seat) -> bool:
    """Return whether a person's calendar says of the session what it is: title, place and times."""
    return seat.is_invited and seat.told == mails.of_session(seat.session).to_json()


class Notifications:
    """The mails of one operation, under the locks of the sessions they are about.

    Raises each session's SEQUENCE once, however many people are told (RFC 5546, section 2.1.4), and once more for who
    is invited after a CANCEL of the same operation. Writes on the seat what its person last heard, so that a later mail
    can say what was, and on the session who its organiser is in calendars. Nothing is saved before `post`.
    """

    def __init__(self, now: datetime, job: BulkJob | None = None) -> None:
        """Start at this moment (aware); the job, if any, is the one the mails belong to."""
        self.now = now
        self.job = job
        self._mails: list[OutgoingMail] = []
        self._sessions: dict[int, WebinarSession] = {}
        self._raised: set[int] = set()
        self._to_top: set[int] = set()  # whose SEQUENCE a CANCEL of this operation has
        self._left: list[Seat] = []

    @property
    def mails(self) -> tuple[OutgoingMail, ...]:
        """Return the mails so far, unsaved, in order."""
        return tuple(self._mails)

    def mail(self, mail: OutgoingMail) -> None:
        """Add a mail without a calendar part."""
        mail.job = self.job
        self._mails.append(mail)

    def approved(self, seat: Seat) -> None:
        """Tell somebody that the place is theirs: with an invitation, once there is a date."""
        if seat.session.is_dated:
            self._raise_above_cancellations(seat.session)
            self.request(seat, mails.invitation(seat, self.now))
        else:
            self.mail(mails.place_kept(seat, self.now))

    def ended(self, seat: Seat, write: Callable[[Seat, datetime], OutgoingMail]) -> None:
        """Tell somebody that the place is not theirs (any more), and take the entry out of their calendar.

        Where the session is not cancelled, whoever keeps a place under the same name is invited again by `post`.
        """
        if not seat.is_invited:
            self.mail(write(seat, self.now))
            return
        self._raise_sequence(seat.session)
        self.cancel(seat, write(seat, self.now))
        self.leaves_calendar(seat)

    def request(self, seat: Seat, mail: OutgoingMail) -> None:
        """Add a mail that puts the session into the calendar, under the SEQUENCE the session has now."""
        seat.thread_id = seat.thread_id or mail.message_id
        told = mails.of_session(seat.session).to_json()
        if seat.told is None or any(seat.told[moment] != told[moment] for moment in TOLD_MOMENTS):
            seat.answer, seat.answered_at = "", None  # calendars ask again (RFC 5546, section 3.2.2.1)
            seat.told_time_sequence = seat.session.sequence
        seat.told = told
        self._remember(seat, "REQUEST", mail)

    def cancel(self, seat: Seat, mail: OutgoingMail) -> None:
        """Add a mail that takes the session out of the calendar, under the SEQUENCE the session has now."""
        seat.told = None
        self._remember(seat, "CANCEL", mail)

    def leaves_calendar(self, seat: Seat) -> None:
        """Note that a CANCEL to a seat's person leaves, from a calendar that may be another registration's too."""
        self._to_top.add(seat.session_id)
        if seat.session.is_dated and seat.session.can_be_chosen(self.now):
            self._left.append(seat)

    def post(self) -> None:
        """Save the sessions and post the mails; the caller has saved the seats, with TOLD_FIELDS, before."""
        self._invite_again()
        for session in self._sessions.values():
            session.save(update_fields=SESSION_FIELDS)
        shared_calendars.wait_for_cancellations(self._mails)
        outbox.post(self._mails)

    def _invite_again(self) -> None:
        """Invite who keeps a place under the name of somebody whose CANCEL leaves: it may remove their entry."""
        if not self._left:
            return
        sessions = {seat.session_id: seat.session for seat in self._left}
        kept = shared_calendars.lock_beside(self._left)
        for seat in kept:
            seat.session = sessions[seat.session_id]
            self._raise_above_cancellations(seat.session)
            self.request(seat, mails.invitation(seat, self.now, again=True))
        bulk.update_rows(kept, TOLD_FIELDS)

    def _raise_sequence(self, session: WebinarSession) -> None:
        self._sessions[session.pk] = session
        if session.pk not in self._raised:
            session.sequence += 1
            self._raised.add(session.pk)

    def _raise_above_cancellations(self, session: WebinarSession) -> None:
        """Raise a session's SEQUENCE for invitations, above that of this operation's cancellations."""
        if session.pk in self._to_top:
            self._to_top.remove(session.pk)
            self._raised.discard(session.pk)
        self._raise_sequence(session)

    def _remember(self, seat: Seat, method: str, mail: OutgoingMail) -> None:
        session = seat.session
        if not session.organiser_email:
            organiser = organiser_of(session)
            session.organiser_email, session.organiser_name = organiser.email, organiser.name
            self._sessions[session.pk] = session
        seat.told_sequence = session.sequence
        seat.told_method = method
        self.mail(mail)

"""Telling people: the mails of one operation and what they put into calendars."""

from collections.abc import Callable
from datetime import datetime

from registrations import mails, outbox
from registrations.models import BulkJob, OutgoingMail, Seat, WebinarSession

TOLD_FIELDS = (
    "told_sequence",
    "told_time_sequence",
    "told_method",
    "told",
    "thread_id",
    "answer",
    "answered_at",
)
MOMENTS = ("starts_at", "ends_at")


def says_the_same(seat: Seat) -> bool:
    """Return whether a person's calendar says of the session what it is: title, place and times."""
    return seat.is_invited and seat.told == mails.of_session(seat.session)


class Telling:
    """The mails of one operation, under the locks of the sessions they are about.

    Raises each session's SEQUENCE once, however many people are told (RFC 5546, section 2.1.4), and writes on the
    seat what its person last heard, so that a later mail can say what was. Nothing is saved before `post`.
    """

    def __init__(self, now: datetime, job: BulkJob | None = None) -> None:
        """Start at this moment (aware); the job, if any, is the one the mails belong to."""
        self.now = now
        self.job = job
        self._mails: list[OutgoingMail] = []
        self._raised: dict[int, WebinarSession] = {}

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
            self._raise_sequence(seat.session)
            self.request(seat, mails.invitation(seat, self.now))
        else:
            self.mail(mails.place_kept(seat, self.now))

    def ended(self, seat: Seat, write: Callable[[Seat, datetime], OutgoingMail]) -> None:
        """Tell somebody that the place is not theirs (any more), and take the entry out of their calendar."""
        if not seat.is_invited:
            self.mail(write(seat, self.now))
            return
        self._raise_sequence(seat.session)
        self.cancel(seat, write(seat, self.now))

    def request(self, seat: Seat, mail: OutgoingMail) -> None:
        """Add a mail that puts the session into the calendar, under the SEQUENCE the session has now."""
        seat.thread_id = seat.thread_id or mail.message_id
        told = mails.of_session(seat.session)
        if seat.told is None or any(seat.told[moment] != told[moment] for moment in MOMENTS):
            seat.answer, seat.answered_at = "", None  # calendars ask anew (RFC 5546, section 3.2.2.1)
            seat.told_time_sequence = seat.session.sequence
        seat.told = told
        self._remember(seat, "REQUEST", mail)

    def cancel(self, seat: Seat, mail: OutgoingMail) -> None:
        """Add a mail that takes the session out of the calendar, under the SEQUENCE the session has now."""
        seat.told = None
        self._remember(seat, "CANCEL", mail)

    def post(self) -> None:
        """Save the raised sequences and post the mails; the seats are saved by the caller, with TOLD_FIELDS."""
        for session in self._raised.values():
            session.save(update_fields=["sequence"])
        outbox.post(self._mails)

    def _raise_sequence(self, session: WebinarSession) -> None:
        if session.pk not in self._raised:
            session.sequence += 1
            self._raised[session.pk] = session

    def _remember(self, seat: Seat, method: str, mail: OutgoingMail) -> None:
        seat.told_sequence = seat.session.sequence
        seat.told_method = method
        self.mail(mail)

"""A person objects to the result for their seat; a member of staff looks again and answers."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations import mails, outbox
from registrations.models import Action, Contest, Seat
from registrations.models.history_facts import ContestAnswerNoted, ContestNoted, HistoryFacts
from registrations.services import errors
from registrations.services.decisions.moves import Decision, decide_locked
from registrations.services.history import log
from registrations.services.locks import lock_seats
from registrations.services.notifications.batch import Notifications
from registrations.services.seats.shown_state import changes_in, require_as_shown
from registrations.states import Move


@dataclass(frozen=True, slots=True)
class ContestReply:
    """What staff answer to an objection, and whether the seat is decided again; `shown` is what they saw."""

    answer: str
    put_back: bool
    shown: str


@transaction.atomic
def file_contest(seat_id: int, *, text: str, now: datetime) -> Contest:
    """Take somebody's objection to the result for their seat, for staff to answer, and mail them that it is there.

    The seat stays as it is (D-29). `now` is an aware datetime. Raises RegistrationEnded, SessionIsOver,
    SessionIsCancelled, ContestNotPossible.
    """
    seat = lock_seats(Seat.objects.filter(pk=seat_id))[0]
    _refuse_contest(seat, text, now)
    row = Contest.objects.create(seat=seat, text=text, created_at=now)
    _record(Action.CONTESTED, row, ContestNoted(row.pk, seat.state, seat.outcome), at=now)
    outbox.post([mails.contest_received(row, now)])
    return row


def _refuse_contest(seat: Seat, text: str, now: datetime) -> None:
    if not seat.registration.is_active:
        raise errors.RegistrationEnded
    if seat.session.is_cancelled:
        raise errors.SessionIsCancelled
    if seat.session.is_over(now):
        raise errors.SessionIsOver
    if not seat.can_be_contested:
        raise errors.ContestNotPossible(
            _("There is nothing to contest: nobody has refused you a place in this session.")
        )
    if seat.contests.open().exists():
        raise errors.ContestNotPossible(_("You have contested this already; we are looking at it."))
    if not text.strip():
        raise errors.ContestNotPossible(_("Write what we should look at again."))


@transaction.atomic
def answer_contest(contest_id: int, *, reply: ContestReply, by: User, now: datetime) -> Contest:
    """Answer somebody's objection by mail; with `put_back` the seat is decided again, and one mail says both (D-29).

    Somebody who has withdrawn before the page was opened reads the answer on their own page only: they were promised no
    more mails. `now` is an aware datetime. Raises ChangedMeanwhile, and ContestNotPossible, also where the seat cannot
    be put back.
    """
    answer, put_back = reply.answer, reply.put_back
    if not answer.strip():
        raise errors.ContestNotPossible(_("Write the answer; the person will read it."))
    row = _lock_open_contest(contest_id)
    require_as_shown(changes_in([row.seat], {row.seat_id: reply.shown}))
    row.answer, row.answered_by, row.answered_at = answer, by, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    _record(Action.CONTEST_ANSWERED, row, ContestAnswerNoted(row.pk, put_back), at=now, by=by)
    notifications = Notifications(now)
    if put_back:
        _put_back(row.seat, Decision(move=Move.PUT_BACK, by=by, now=now, reason=answer), notifications)
    elif row.seat.registration.is_active:
        notifications.mail(mails.contest_answered(row, now))
    notifications.post()
    return row


def _lock_open_contest(contest_id: int) -> Contest:
    """Lock the seat of a contest, then re-read the contest, so that of two answers one comes first."""
    seat = lock_seats(Seat.objects.filter(contests=contest_id))[0]
    row = seat.contests.open().filter(pk=contest_id).first()
    if row is None:
        raise errors.ContestNotPossible(_("A colleague was faster: this objection is already answered."))
    row.seat = seat
    return row


def _put_back(seat: Seat, decision: Decision, notifications: Notifications) -> None:
    (result,) = decide_locked([seat], decision, notifications, shown=None)
    if not result.changed:
        raise errors.ContestNotPossible(result.note)


def _record(
    action: Action, row: Contest, facts: HistoryFacts, *, at: datetime, by: User | None = None
) -> None:
    """Record what was done to a contest: by a member of staff, or by the person; the words stay in the row."""
    seat = row.seat
    log.record(
        action,
        at=at,
        by=by,
        actor="" if by else "person",
        seat=seat,
        publication_number=seat.publication_number,
        facts=facts,
    )

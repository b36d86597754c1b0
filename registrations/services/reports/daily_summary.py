"""Telling staff what waits: a digest once a day, and a warning when a session is near and seats are undecided."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import translation

from registrations import links, mails, outbox
from registrations.mails import QueueToLookAt
from registrations.models import Digest, Seat, WebinarSession, staff_language
from registrations.permissions import GROUPS
from registrations.services.locks import lock_session
from registrations.services.reports import workload
from registrations.services.verdicts.assessment import brussels_day
from registrations.waiting import Waiting, list_of
from webinar_site.foundation.days import BRUSSELS

TOLD = "Approvers"
WRITTEN_AT = time(8)  # in Brussels: before people begin to work
WARNING = timedelta(hours=24)


def write_daily_summary(now: datetime) -> None:
    """Mail Approvers what waits, once a day from WRITTEN_AT on (`now` is aware), also where workers were down by then.

    Where nothing waits that somebody can do something about, nobody is mailed (D-75).
    """
    day = brussels_day(now)
    is_early = now.astimezone(BRUSSELS).time() < WRITTEN_AT
    if is_early or Digest.objects.filter(day=day).exists():
        return
    with transaction.atomic():
        _row, is_mine = Digest.objects.get_or_create(day=day, defaults={"written_at": now})
        if not is_mine:  # another worker was faster
            return
        queues = workload.queues_for(frozenset(GROUPS[TOLD]).__contains__)
        if any(queue.is_worth_a_mail for queue in queues):
            outbox.post(
                mails.daily_summary(person, day, _in_words(queues, person), now) for person in _told()
            )


def warn_of_undecided(now: datetime) -> None:
    """Mail Approvers, once per start, that a session begins within 24 hours with undecided seats (`now` is aware)."""
    near = WebinarSession.objects.planned().filter(
        Exists(Seat.objects.to_decide().filter(session=OuterRef("pk"))),
        starts_at__gt=now,
        starts_at__lte=now + WARNING,
    )
    due = near.exclude(warned_for=F("starts_at")).order_by("pk")
    for session_id in due.values_list("pk", flat=True):
        _warn(session_id, now)


@transaction.atomic
def _warn(session_id: int, now: datetime) -> None:
    session = lock_session(session_id)
    left = session.seats.to_decide().count()
    if session.warned_for == session.starts_at or not left or not _is_near(session, now):
        return  # another worker was faster, or somebody decided or moved the session
    session.warned_for = session.starts_at
    session.save(update_fields=["warned_for"])
    waiting = _in_mail(workload.Queue(Waiting.SEATS_OF_SESSION, left, about={"session": session_id}))
    outbox.post(mails.staff_deadline(person, session, waiting, now) for person in _told())


def _is_near(session: WebinarSession, now: datetime) -> bool:
    starts_at = session.starts_at
    return not session.is_cancelled and starts_at is not None and now < starts_at <= now + WARNING


def _told() -> QuerySet[User]:
    """Return the Approvers who can be mailed."""
    told = User.objects.filter(is_active=True, groups__name=TOLD).exclude(email="")
    return told.select_related("staff_language").order_by("pk")


def language_of_our_mails(user_id: int) -> str:
    """Return the language of our mails to a member of staff, "" for whoever gets none."""
    person = _told().filter(pk=user_id).first()
    return staff_language(person) if person else ""


def _in_words(queues: Iterable[workload.Queue], reader: User) -> list[QueueToLookAt]:
    with translation.override(staff_language(reader)):
        return [_in_mail(queue) for queue in queues if queue.count]


def _in_mail(queue: workload.Queue) -> QueueToLookAt:
    address = links.desk(list_of(queue.key, **queue.about))
    return QueueToLookAt(str(queue.key.label), queue.count, address)

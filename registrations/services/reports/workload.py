"""What waits for staff, and how much of it; the start page and the daily summary count alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from eligibility.models import PublicationProposal
from eligibility.rules import Outcome
from registrations import permissions
from registrations.models import (
    MANY_RETURNED,
    Attendance,
    BulkJob,
    Contest,
    OutgoingMail,
    Override,
    Registration,
    Seat,
    UnplacedAnswer,
    WebinarSession,
    is_flagged,
    is_late,
    is_returned_lately,
)
from registrations.services.jobs.kinds import KINDS
from registrations.states import SeatState
from registrations.waiting import Waiting

NEWS = timedelta(hours=25)  # a day, and the hour in which a mail is still tried again

May = Callable[[str], bool]  # whether somebody has a permission, named as in permissions.py


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits: how much of it, and what it is about, by names that its list goes by.

    `urgent` is how much of it is worth a mail, where that is not all: what nobody can finish is news for one day.
    """

    key: Waiting
    count: int
    urgent: int | None = None
    about: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_worth_a_mail(self) -> bool:
        """Return whether the daily summary goes out for it."""
        return bool(self.count if self.urgent is None else self.urgent)


def queues_for(may: May) -> list[Queue]:
    """Return what waits for whoever has these permissions, of what they may do (D-74); one query for each table."""
    return [queue for needed, queues in QUEUES for queue in (queues() if all(map(may, needed)) else [])]


def on_the_start_page(may: May, *, user_id: int) -> list[Queue]:
    """Return what waits for a member of staff, what they asked for and nobody answered, and what is under way."""
    asks = may(permissions.DECIDE) and may(permissions.VIEW_OVERRIDES)
    lapsed = _lapsed_requests(user_id) if asks else []
    return [*queues_for(may), *lapsed, *_jobs(may)]


def _seats() -> list[Queue]:
    requested = Q(state=SeatState.REQUESTED)
    look = [Outcome.NOT_ELIGIBLE.value, Outcome.REVIEW.value]
    flagged = is_flagged(timezone.now())
    seats = Seat.objects.of_active_people().filter(requested | flagged)
    counts = seats.aggregate(
        requested=Count("pk", filter=requested),
        review=Count("pk", filter=requested & Q(outcome__in=look)),
        flagged=Count("pk", filter=flagged),
    )
    return [
        Queue(Waiting.SEATS, counts["requested"]),
        Queue(Waiting.REVIEWS, counts["review"]),
        Queue(Waiting.FLAGGED, counts["flagged"]),
    ]


def _overrides() -> list[Queue]:
    waiting = Override.objects.open().count()
    return [Queue(Waiting.OVERRIDES, waiting)]


def _lapsed_requests(user_id: int) -> list[Queue]:
    lapsed = Override.objects.lapsed(timezone.now()).filter(requested_by=user_id).count()
    return [Queue(Waiting.OWN_LAPSED, lapsed, about={"user": user_id})]


def _contests() -> list[Queue]:
    waiting = Contest.objects.open().count()
    return [Queue(Waiting.CONTESTS, waiting)]


def _addresses() -> list[Queue]:
    waiting = Registration.objects.open().bounced()
    counts = waiting.aggregate(
        bounced=Count("pk"), lately=Count("pk", filter=Q(bounced_at__gte=timezone.now() - NEWS))
    )
    return [Queue(Waiting.ADDRESSES, counts["bounced"], urgent=counts["lately"])]


def _sessions() -> list[Queue]:
    undated = WebinarSession.objects.planned().undated().count()
    return [Queue(Waiting.UNDATED, undated, urgent=0)]


def attendance_to_check() -> QuerySet[WebinarSession]:
    """Return the sessions whose attendance report names somebody to match, or somebody who had no place."""
    to_check = Attendance.objects.to_check().filter(report__session=OuterRef("pk"))
    return WebinarSession.objects.filter(Exists(to_check))


def _attendances() -> list[Queue]:
    return [Queue(Waiting.ATTENDANCES, attendance_to_check().count())]


def _proposals() -> list[Queue]:
    waiting = PublicationProposal.objects.open().count()
    return [Queue(Waiting.PROPOSALS, waiting)]


def _mails() -> list[Queue]:
    is_returned = Q(state=OutgoingMail.State.RETURNED)
    is_failed = Q(state=OutgoingMail.State.FAILED)
    counts = OutgoingMail.objects.aggregate(
        failed=Count("pk", filter=is_failed),
        lately=Count(
            "pk", filter=is_failed & Q(planned_at__gte=timezone.now() - NEWS, registration__isnull=False)
        ),
        late=Count("pk", filter=is_late(timezone.now())),
        in_an_hour=Count("pk", filter=is_returned_lately(timezone.now())),
        returned=Count("pk", filter=is_returned),
        returned_lately=Count("pk", filter=is_returned & Q(returned_at__gte=timezone.now() - NEWS)),
    )
    return [
        *_alarm(counts["in_an_hour"]),
        Queue(Waiting.FAILED, counts["failed"], urgent=counts["lately"]),
        Queue(Waiting.LATE, counts["late"]),
        Queue(Waiting.RETURNED, counts["returned"], urgent=counts["returned_lately"]),
    ]


def _alarm(count: int) -> list[Queue]:
    """Return that so many mails came back in an hour, which says something about us; nothing where it may be chance."""
    return [Queue(Waiting.MANY_RETURNED, count)] if count >= MANY_RETURNED else []


def _unplaced() -> list[Queue]:
    return [Queue(Waiting.ANSWERS, UnplacedAnswer.objects.count())]


def _jobs(may: May) -> list[Queue]:
    """Return the jobs that somebody could stop: those of their own acts."""
    kinds = sorted(kind for kind, record in KINDS.items() if may(record.permission))
    if not (kinds and may(permissions.STOP_JOB) and may(permissions.VIEW_JOBS)):
        return []
    now = timezone.now()
    about = {"kinds": ",".join(kinds), "now": now.isoformat()}
    counts = (
        BulkJob.objects.unfinished()
        .filter(kind__in=kinds)
        .aggregate(held=Count("pk", filter=Q(due_at__gt=now)), running=Count("pk", filter=Q(due_at__lte=now)))
    )
    return [
        Queue(Waiting.HELD_JOBS, counts["held"], about=about),
        Queue(Waiting.RUNNING_JOBS, counts["running"], about=about),
    ]


# What somebody needs: the list that a row leads to, and the act that ends the waiting.
QUEUES: tuple[tuple[tuple[str, ...], Callable[[], list[Queue]]], ...] = (
    ((permissions.VIEW_PROPOSALS, permissions.PUBLISH_RULES), _proposals),
    ((permissions.VIEW_SEATS, permissions.DECIDE), _seats),
    ((permissions.VIEW_OVERRIDES, permissions.DECIDE), _overrides),
    ((permissions.VIEW_CONTESTS, permissions.DECIDE), _contests),
    ((permissions.VIEW_REGISTRATIONS, permissions.RETRY_ADDRESS), _addresses),
    ((permissions.VIEW_MAILS, permissions.RESEND_MAIL), _mails),
    ((permissions.VIEW_ANSWERS, permissions.SETTLE_ANSWERS), _unplaced),
    ((permissions.VIEW_SESSIONS, permissions.MOVE_SESSION), _sessions),
    ((permissions.VIEW_SESSIONS, permissions.RECORD_ATTENDANCE), _attendances),
)

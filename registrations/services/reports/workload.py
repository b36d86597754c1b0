"""What waits for staff: how much of it, and the list that shows it; the start page and the daily digest count alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    SessionState,
    UnplacedAnswer,
    WebinarSession,
    is_late,
    is_returned_lately,
)
from registrations.states import RegistrationState, SeatState

NEWS = timedelta(hours=25)  # a day, and the hour in which a mail is still tried again

May = Callable[[str], bool]  # whether somebody has a permission, named as in permissions.py


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits: how much of it, and the list that shows it.

    The label is in the reader's language where it is shown. `urgent` is how much of it is worth a mail, where that is not all: what nobody can finish is news for one day.
    """

    label: str | Promise
    count: int
    url: str
    urgent: int | None = None

    @property
    def is_worth_a_mail(self) -> bool:
        """Return whether the daily digest goes out for it."""
        return bool(self.count if self.urgent is None else self.urgent)


def what_waits(may: May) -> list[Queue]:
    """Return what waits for whoever has these permissions, of what they may do (D-74); one query for each table."""
    return [queue for needed, queues in QUEUES for queue in (queues() if all(map(may, needed)) else [])]


def on_the_start_page(may: May, *, user_id: int) -> list[Queue]:
    """Return what waits for a member of staff, what they asked for and nobody answered, and what is under way."""
    asks = may(permissions.DECIDE) and may(permissions.VIEW_OVERRIDES)
    lapsed = _lapsed_requests(user_id) if asks else []
    return [*what_waits(may), *lapsed, *_jobs(may)]


def undecided(session_id: int | OuterRef) -> QuerySet[Seat]:
    """Return the seats of a session that staff have not decided about."""
    return Seat.objects.filter(
        session=session_id, state=SeatState.REQUESTED, registration__state=RegistrationState.ACTIVE
    )


def list_of_undecided(session_id: int) -> str:
    """Return the address of the list of a session's undecided seats."""
    return _list_of(Seat, {"state__exact": SeatState.REQUESTED.value, "session__id__exact": str(session_id)})


def is_flagged(now: datetime) -> Q:
    """Return which seats are flagged while somebody can still decide about them, as `Seat.is_flagged` says it."""
    to_come = Q(session__ends_at__isnull=True) | Q(session__ends_at__gt=now)
    return Q(flagged_at__isnull=False, session__state=SessionState.PLANNED) & to_come


def _seats() -> list[Queue]:
    requested = Q(state=SeatState.REQUESTED)
    look = [Outcome.NOT_ELIGIBLE.value, Outcome.REVIEW.value]
    flagged = is_flagged(timezone.now())
    seats = Seat.objects.filter(requested | flagged)
    counts = seats.filter(registration__state=RegistrationState.ACTIVE).aggregate(
        requested=Count("pk", filter=requested),
        review=Count("pk", filter=requested & Q(outcome__in=look)),
        flagged=Count("pk", filter=flagged),
    )
    waiting = {"state__exact": SeatState.REQUESTED.value}
    return [
        Queue(_("seats to decide"), counts["requested"], _list_of(Seat, waiting)),
        Queue(
            _("of these to review: not eligible, or not for the lists to say"),
            counts["review"],
            _list_of(Seat, waiting | {"outcome__in": ",".join(look)}),
        ),
        Queue(
            _("flagged: the verdict changed after the decision"),
            counts["flagged"],
            _list_of(Seat, {"flagged": "yes"}),
        ),
    ]


def _overrides() -> list[Queue]:
    waiting = Override.objects.open().count()
    return [Queue(_("overrides to confirm"), waiting, _list_of(Override, {"stands": "open"}))]


def _lapsed_requests(user_id: int) -> list[Queue]:
    lapsed = Override.objects.lapsed(timezone.now()).filter(requested_by=user_id).count()
    own = {"stands": "lapsed", "requested_by__id__exact": str(user_id)}
    return [Queue(_("overrides you asked for that lapsed unanswered"), lapsed, _list_of(Override, own))]


def _contests() -> list[Queue]:
    waiting = Contest.objects.filter(answered_at__isnull=True).count()
    return [Queue(_("contested, to be answered"), waiting, _list_of(Contest, {"answered": "no"}))]


def _addresses() -> list[Queue]:
    awaited = [RegistrationState.UNCONFIRMED.value, RegistrationState.ACTIVE.value]
    counts = Registration.objects.filter(bounced_at__isnull=False, state__in=awaited).aggregate(
        bounced=Count("pk"), lately=Count("pk", filter=Q(bounced_at__gte=timezone.now() - NEWS))
    )
    wanted = {"bounced": "yes", "state__in": ",".join(awaited)}
    url = _list_of(Registration, wanted)
    return [Queue(_("addresses that bounced"), counts["bounced"], url, urgent=counts["lately"])]


def _sessions() -> list[Queue]:
    planned = {"state__exact": SessionState.PLANNED.value, "dated": "no"}
    undated = WebinarSession.objects.filter(state=SessionState.PLANNED, starts_at__isnull=True).count()
    return [Queue(_("sessions without a date"), undated, _list_of(WebinarSession, planned), urgent=0)]


def attended_to_look_at() -> QuerySet[WebinarSession]:
    """Return the sessions whose attendance report names somebody to match, or somebody who had no place."""
    to_look_at = Attendance.objects.to_look_at().filter(report__session=OuterRef("pk"))
    return WebinarSession.objects.filter(Exists(to_look_at))


def _attendances() -> list[Queue]:
    waiting = attended_to_look_at().count()
    url = _list_of(WebinarSession, {"attendance": "open"})
    return [Queue(_("sessions with attendances to match or to look at"), waiting, url)]


def _proposals() -> list[Queue]:
    waiting = PublicationProposal.objects.filter(publication__isnull=True, declined_at__isnull=True).count()
    unanswered = {"publication__isempty": "1", "declined_at__isempty": "1"}
    return [Queue(_("proposals to confirm"), waiting, _list_of(PublicationProposal, unanswered))]


def _mails() -> list[Queue]:
    failed = {"state__exact": OutgoingMail.State.FAILED.value}
    returned = {"state__exact": OutgoingMail.State.RETURNED.value}
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
        Queue(_("mails failed"), counts["failed"], _list_of(OutgoingMail, failed), urgent=counts["lately"]),
        Queue(
            _("mails waiting longer than 15 minutes"), counts["late"], _list_of(OutgoingMail, {"late": "yes"})
        ),
        Queue(
            _("mails not delivered, their addresses not being the reason"),
            counts["returned"],
            _list_of(OutgoingMail, returned),
            urgent=counts["returned_lately"],
        ),
    ]


def _alarm(count: int) -> list[Queue]:
    """Return that so many mails came back in an hour, which says something about us; nothing where it may be chance."""
    returned = {"state__exact": OutgoingMail.State.RETURNED.value}
    words = _(
        "mails not delivered within an hour: servers may be refusing all our mail, ask whoever runs ours"
    )
    return [Queue(words, count, _list_of(OutgoingMail, returned))] if count >= MANY_RETURNED else []


def _unplaced() -> list[Queue]:
    waiting = UnplacedAnswer.objects.count()
    return [Queue(_("calendar answers that could not be placed"), waiting, _list_of(UnplacedAnswer, {}))]


def _jobs(may: May) -> list[Queue]:
    """Return the jobs that somebody could stop: those of their own acts."""
    kinds = [kind for kind, permission in permissions.ACTS.items() if may(permission)]
    if not (kinds and may(permissions.STOP_JOB) and may(permissions.VIEW_JOBS)):
        return []
    now, own = timezone.now(), {"kind__in": ",".join(kinds)}
    counts = BulkJob.objects.filter(due_at__isnull=False, kind__in=kinds).aggregate(
        held=Count("pk", filter=Q(due_at__gt=now)), running=Count("pk", filter=Q(due_at__lte=now))
    )
    return [
        Queue(
            _("bulk jobs to be released, which can still be stopped"),
            counts["held"],
            _list_of(BulkJob, own | {"due_at__gt": now.isoformat()}),
        ),
        Queue(
            _("bulk jobs under way"),
            counts["running"],
            _list_of(BulkJob, own | {"due_at__lte": now.isoformat()}),
        ),
    ]


def _list_of(model: type[Model], filters: Mapping[str, str]) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


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

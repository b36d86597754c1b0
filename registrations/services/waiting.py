"""What waits for staff: how much of it, and the list that shows it; the start page and the daily digest count alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.models import PublicationProposal
from eligibility.rules import Outcome
from registrations import permissions
from registrations.models import BulkJob, Contest, OutgoingMail, Override, Registration, Seat, is_late
from registrations.states import RegistrationState, SeatState

May = Callable[[str], bool]  # whether somebody has a permission, named as in permissions.py


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits: how much of it, and the list that shows it."""

    label: str
    count: int
    url: str


def what_waits(may: May) -> list[Queue]:
    """Return what waits for whoever has these permissions, of what they may see; one query for each table."""
    return [queue for permission, queues in QUEUES for queue in (queues() if may(permission) else [])]


def _seats() -> list[Queue]:
    requested = Q(state=SeatState.REQUESTED)
    look = [Outcome.NOT_ELIGIBLE.value, Outcome.REVIEW.value]
    counts = Seat.objects.filter(registration__state=RegistrationState.ACTIVE).aggregate(
        requested=Count("pk", filter=requested),
        review=Count("pk", filter=requested & Q(outcome__in=look)),
        flagged=Count("pk", filter=Q(flagged_at__isnull=False)),
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
    waiting = Override.objects.filter(confirmed_by__isnull=True).count()
    return [Queue(_("overrides to confirm"), waiting, _list_of(Override, {"confirmed": "no"}))]


def _contests() -> list[Queue]:
    waiting = Contest.objects.filter(answered_at__isnull=True).count()
    return [Queue(_("contested, to be answered"), waiting, _list_of(Contest, {"answered": "no"}))]


def _addresses() -> list[Queue]:
    awaited = [RegistrationState.UNCONFIRMED.value, RegistrationState.ACTIVE.value]
    bounced = Registration.objects.filter(bounced_at__isnull=False, state__in=awaited).count()
    wanted = {"bounced": "yes", "state__in": ",".join(awaited)}
    return [Queue(_("addresses that bounced"), bounced, _list_of(Registration, wanted))]


def _proposals() -> list[Queue]:
    waiting = PublicationProposal.objects.filter(publication__isnull=True, declined_at__isnull=True).count()
    unanswered = {"publication__isempty": "1", "declined_at__isempty": "1"}
    return [Queue(_("proposals to confirm"), waiting, _list_of(PublicationProposal, unanswered))]


def _mails() -> list[Queue]:
    failed = {"state__exact": OutgoingMail.State.FAILED.value}
    counts = OutgoingMail.objects.aggregate(
        failed=Count("pk", filter=Q(state=OutgoingMail.State.FAILED)),
        late=Count("pk", filter=is_late(timezone.now())),
    )
    return [
        Queue(_("mails failed"), counts["failed"], _list_of(OutgoingMail, failed)),
        Queue(
            _("mails waiting longer than 15 minutes"), counts["late"], _list_of(OutgoingMail, {"late": "yes"})
        ),
    ]


def _jobs() -> list[Queue]:
    now = timezone.now()
    counts = BulkJob.objects.filter(due_at__isnull=False).aggregate(
        held=Count("pk", filter=Q(due_at__gt=now)), running=Count("pk", filter=Q(due_at__lte=now))
    )
    return [
        Queue(
            _("bulk jobs to be released, which can still be stopped"),
            counts["held"],
            _list_of(BulkJob, {"due_at__gt": now.isoformat()}),
        ),
        Queue(
            _("bulk jobs under way"),
            counts["running"],
            _list_of(BulkJob, {"due_at__lte": now.isoformat()}),
        ),
    ]


def _list_of(model: type[Model], filters: Mapping[str, str]) -> str:
    return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_changelist')}?{urlencode(filters)}"


QUEUES: tuple[tuple[str, Callable[[], list[Queue]]], ...] = (
    (permissions.PUBLISH_RULES, _proposals),
    ("registrations.view_seat", _seats),
    ("registrations.view_override", _overrides),
    ("registrations.view_contest", _contests),
    (permissions.VIEW_REGISTRATIONS, _addresses),
    ("registrations.view_outgoingmail", _mails),
    ("registrations.view_bulkjob", _jobs),
)

"""Template tags of the staff's desk: what waits for somebody, and the footnotes of country names."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.countries import FOOTNOTES, Footnote, footnotes
from eligibility.models import PublicationProposal
from eligibility.rules import Outcome
from registrations import permissions
from registrations.models import (
    BulkJob,
    Contest,
    OutgoingMail,
    Override,
    ReasonCode,
    Registration,
    Seat,
    is_late,
)
from registrations.states import RegistrationState, SeatState

register = template.Library()


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits: how much of it, and the list that shows it."""

    label: str
    count: int
    url: str


@register.simple_tag
def country_footnotes() -> tuple[Footnote, ...]:
    """Return the formulas that go with country names."""
    return footnotes(FOOTNOTES)


@register.filter
def why(about: Seat | Mapping[str, str]) -> str:
    """Return why it was decided so, as staff read it: the reason chosen, then the words written, of a seat or of facts."""
    if isinstance(about, Seat):
        code, words = about.reason_code, about.reason
    else:
        code, words = about.get("reason_code", ""), about.get("reason", "")
    label = str(ReasonCode(code).label) if code else ""
    return ": ".join(text for text in (label, words) if text)


@register.simple_tag(takes_context=True)
def what_waits(context: template.Context) -> list[Queue]:
    """Return what waits for the signed-in member of staff, of what they may see; one query for each table."""
    user = context["user"]
    proposals = _proposals() if user.has_perm(permissions.PUBLISH_RULES) else []
    return proposals + [
        queue
        for model, queues in (
            (Seat, _seats),
            (Override, _overrides),
            (Contest, _contests),
            (Registration, _addresses),
            (OutgoingMail, _mails),
            (BulkJob, _jobs),
        )
        if may_view(user, model)
        for queue in queues()
    ]


def may_view(user: AbstractUser, model: type[Model]) -> bool:
    """Return whether somebody may see a model's rows."""
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


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

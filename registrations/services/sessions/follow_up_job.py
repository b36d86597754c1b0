"""A follow-up: mailed after a session, once its stop window is over, to everybody who had a place or to some of
them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from registrations import mails, permissions
from registrations.mails.records import FollowUpLinks
from registrations.models import Attendance, BulkJob, BulkJobQuerySet, MailKind, OutgoingMail, Seat
from registrations.services.jobs.kinds import JobKind, Stopping, register_kind
from registrations.services.jobs.results import ChunkResult, JobPreview, mailed
from registrations.services.sessions import reminders


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where to find what is left of a session; each address is https, or "" for what there is not."""

    recording_url: str = ""
    slides_url: str = ""
    feedback_url: str = ""


class Whom(TextChoices):
    """Who of those with a place is told; who attended is known from the report of the meeting."""

    EVERYBODY = "everybody", _("everybody with a place")
    ATTENDED = "attended", _("those who attended")
    ABSENT = "absent", _("those who did not attend")

    def overlaps(self, other: str) -> bool:
        """Return whether somebody may be among both."""
        return self == other or Whom.EVERYBODY in (self, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFacts:
    """Which links are told to whom; `again` where some of them were told of other links before.

    One that goes on where others were stopped names the first of them (`continues`).
    """

    links: FollowUp
    again: bool
    whom: Whom = Whom.EVERYBODY
    continues: int | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says; the oldest are for everybody."""
        return cls(
            links=FollowUp(**stored["links"]),
            again=stored["again"],
            whom=Whom(stored.get("whom", Whom.EVERYBODY)),
            continues=stored.get("continues"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        stored = {"links": asdict(self.links), "again": self.again, "whom": self.whom.value}
        return stored | ({"continues": self.continues} if self.continues is not None else {})

    def mail(self, seat: Seat, now: datetime, job_id: int | None) -> OutgoingMail:
        """Return the mail to a seat's person: told once by a job (its id) and those that go on where it was stopped."""
        first = job_id if self.continues is None else self.continues
        told = FollowUpLinks(**asdict(self.links), again=self.again, whom=self.whom.value)
        return mails.follow_up(seat, now, told, told_by=first)


def seats_reached(session_id: int | None, whom: Whom) -> QuerySet[Seat]:
    """Return the seats of those with a place whom a follow-up reaches."""
    seats = Seat.objects.with_place().filter(session=session_id)
    attended = Exists(Attendance.objects.filter(seat=OuterRef("pk")))
    if whom == Whom.ATTENDED:
        return seats.filter(attended)
    return seats.filter(~attended) if whom == Whom.ABSENT else seats


def follow_ups(session_id: int | None) -> BulkJobQuerySet:
    """Return the jobs that told people of links, the newest first."""
    return BulkJob.objects.filter(session=session_id, kind=BulkJob.Kind.FOLLOW_UP)


def seats_to_notify(session_id: int | None, facts: FollowUpFacts) -> QuerySet[Seat]:
    """Return the seats that a follow-up with these facts mails: those it reaches, without whom a stopped job told
    before it."""
    reached, first = seats_reached(session_id, facts.whom), facts.continues
    if first is None:
        return reached
    stopped = follow_ups(session_id).stopped().filter(Q(pk=first) | Q(facts__continues=first))
    told = OutgoingMail.objects.filter(seat=OuterRef("pk"), job__in=stopped.values("pk"))
    return reached.filter(~Exists(told))


def told_somebody(session_id: int) -> QuerySet[BulkJob]:
    """Return the same without those that were stopped before they told anybody."""
    return follow_ups(session_id).not_stopped_at_once()


def told_of(session_id: int, links: FollowUp) -> list[Whom]:
    """Return who was told of these very links since others were sent; one that was stopped half-way may go on."""
    told = []
    for job in told_somebody(session_id):
        facts = FollowUpFacts.from_json(job.facts)
        if facts.links != links or job.state == BulkJob.State.STOPPED:
            break
        told.append(facts.whom)
    return told


def facts_for(session_id: int, links: FollowUp, whom: Whom) -> FollowUpFacts:
    """Return what a job tells; one with the links of a job that was stopped goes on where that one ended.

    Whoever the stopped job has told already is not told twice, because the mails have its keys.
    """
    newest = follow_ups(session_id).first()
    if newest and newest.state == BulkJob.State.STOPPED:
        stopped = FollowUpFacts.from_json(newest.facts)
        if stopped.links == links:
            first = newest.pk if stopped.continues is None else stopped.continues
            return replace(stopped, whom=whom, continues=first)
    told = [FollowUpFacts.from_json(job.facts).whom for job in told_somebody(session_id)]
    return FollowUpFacts(links=links, again=any(map(whom.overlaps, told)), whom=whom)


def _left(job: BulkJob) -> QuerySet[Any, int]:
    whom = FollowUpFacts.from_json(job.facts).whom
    seats = seats_reached(job.session_id, whom).filter(pk__gt=job.cursor)
    return seats.order_by("pk").values_list("pk", flat=True)


def _follow_up(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Tell everybody who had a place, or those of them whom it reaches, where recording, slides and feedback are."""
    facts = FollowUpFacts.from_json(job.facts)
    return reminders.tell_who_has_a_place(job, ids, now, lambda seat: facts.mail(seat, now, job.pk))


def _preview(job: BulkJob, _now: datetime) -> JobPreview:
    told = seats_to_notify(job.session_id, FollowUpFacts.from_json(job.facts))
    return mailed(MailKind.FOLLOW_UP, told.count())


FOLLOW_UP = register_kind(
    JobKind(
        kind=BulkJob.Kind.FOLLOW_UP,
        permission=permissions.SEND_FOLLOW_UP,
        left=_left,
        apply=_follow_up,
        preview=_preview,
        stopping=Stopping(warning=_("The links stay on people's pages, and nobody is mailed.")),
    )
)

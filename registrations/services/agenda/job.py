"""A published agenda, told to everybody who has or awaits a place, after its stop window: what changed since the one
they saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from registrations import mails, outbox, permissions
from registrations.models import (
    AgendaLine,
    AgendaVersion,
    BulkJob,
    MailKind,
    Registration,
    agenda_changes,
)
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, Stopping, register_kind
from registrations.services.jobs.results import ChunkResult, JobPreview, mailed
from webinar_site.foundation import bulk


@dataclass(frozen=True, slots=True)
class AgendaFacts:
    """The number of the agenda that people are told of."""

    version: int

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what a row says."""
        return cls(version=stored["version"])

    def to_json(self) -> dict[str, Any]:
        """Return it as rows have it."""
        return {"version": self.version}


def people_to_notify(webinar_id: int | None, number: int, now: datetime) -> QuerySet[Registration]:
    """Return whom an agenda of this number is for: who have or await a place, and were not told of it or a later
    one."""
    people = Registration.objects.filter(webinar=webinar_id, agenda_seen__lt=number)
    return people.who_have_or_await_a_place(now)


def is_news(seen: Sequence[AgendaLine] | None, items: Sequence[AgendaLine]) -> bool:
    """Return whether an agenda says anything new to whoever was told of another one last, or of none."""
    return seen is None or bool(agenda_changes(seen, items))


def count_told_of_agenda(webinar_id: int | None, items: Sequence[AgendaLine], now: datetime) -> int:
    """Return how many people are mailed if an agenda of these lines, the newest, is told at this moment (aware)."""
    seen = dict(AgendaVersion.objects.filter(webinar=webinar_id).values_list("number", "items"))
    people = people_to_notify(webinar_id, max(seen, default=0) + 1, now)
    groups = people.order_by().values_list("agenda_seen").annotate(Count("pk"))
    return sum(count for number, count in groups if is_news(seen.get(number), items))


def tell_of(version: AgendaVersion, *, silent: bool) -> None:
    """Have everybody who has or awaits a place told of a version, unless silently.

    A job still in its window tells of this version instead of its own, so that two publications are one mail; the
    window begins again, unless silently.
    """
    now, facts = version.published_at, AgendaFacts(version.number)
    total = people_to_notify(version.webinar_id, version.number, now).count()
    held = windows.lock_held(BulkJob.Kind.AGENDA, now, webinar=version.webinar)
    if held:
        job = held[-1]
        job.facts = facts.to_json()
        job.due_at = job.due_at if silent else now + windows.window()
        job.total = total
        job.save(update_fields=["facts", "due_at", "total"])
    elif not silent:
        windows.write_held(
            BulkJob.Kind.AGENDA,
            now,
            facts,
            webinar=version.webinar,
            total=total,
            created_by=version.published_by,
        )


def _left(job: BulkJob) -> QuerySet[Any, int]:
    number = AgendaFacts.from_json(job.facts).version
    people = people_to_notify(job.webinar_id, number, job.created_at).filter(pk__gt=job.cursor)
    return people.order_by("pk").values_list("pk", flat=True)


def _tell(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Tell people what changed since the agenda they last saw; nobody, where that is nothing, or who left meanwhile."""
    versions = {version.number: version for version in AgendaVersion.objects.filter(webinar=job.webinar_id)}
    newest = versions[AgendaFacts.from_json(job.facts).version]
    people = people_to_notify(job.webinar_id, newest.number, now).filter(pk__in=ids)
    people = people.select_related("webinar").prefetch_related("webinar__sessions")
    due = list(people.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    posted = [
        mails.agenda(person, newest, seen, now, job)
        for person in due
        for seen in [versions.get(person.agenda_seen)]
        if is_news(seen.items if seen else None, newest.items)
    ]
    for person in due:
        person.agenda_seen = newest.number
    bulk.update_rows(due, ["agenda_seen"])
    outbox.post(posted)
    return ChunkResult(len(posted))


def _preview(job: BulkJob, now: datetime) -> JobPreview:
    number = AgendaFacts.from_json(job.facts).version
    version = AgendaVersion.objects.get(webinar=job.webinar_id, number=number)
    return mailed(MailKind.AGENDA, count_told_of_agenda(job.webinar_id, version.items, now))


AGENDA = register_kind(
    JobKind(
        kind=BulkJob.Kind.AGENDA,
        permission=permissions.PUBLISH_AGENDA,
        left=_left,
        apply=_tell,
        is_about_seats=False,
        preview=_preview,
        stopping=Stopping(
            warning=_(
                "The agenda stays published, without a mail. The next one tells everybody what changed since the version "
                "they last saw."
            ),
            message=_("The mails are stopped. The agenda stays published."),
        ),
    )
)

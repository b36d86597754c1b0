"""The agenda: a working copy, and what is published of it under a number."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, QuerySet

from registrations.models import (
    Action,
    AgendaItem,
    AgendaLine,
    AgendaVersion,
    BulkJob,
    Registration,
    Webinar,
    agenda_changes,
)
from registrations.services import errors
from registrations.services.history import log
from registrations.services.jobs import windows

ANY_DAY = date(2000, 1, 2)


def working_agenda(webinar_id: int) -> list[AgendaLine]:
    """Return the working agenda as it would be frozen, in order."""
    items = AgendaItem.objects.filter(session__webinar=webinar_id).select_related("session")
    return [
        AgendaLine(
            session=item.session.number,
            session_title=item.session.title,
            time=item.starts_at.strftime("%H:%M") if item.starts_at else "",
            title=item.title,
            speakers=item.speakers,
        )
        for item in items
    ]


def people_to_tell(webinar_id: int | None, number: int, now: datetime) -> QuerySet[Registration]:
    """Return whom an agenda of this number is for: who have or await a place, and were not told of it or a later one."""
    people = Registration.objects.filter(webinar=webinar_id, agenda_seen__lt=number)
    return people.who_have_or_await_a_place(now)


def is_news(seen: Sequence[AgendaLine] | None, items: Sequence[AgendaLine]) -> bool:
    """Return whether an agenda says anything new to whoever was told of another one last, or of none."""
    return seen is None or bool(agenda_changes(seen, items))


def count_told_of_agenda(webinar_id: int | None, items: Sequence[AgendaLine], now: datetime) -> int:
    """Return how many people are mailed if an agenda of these lines, the newest, is told at this moment (aware)."""
    seen = dict(AgendaVersion.objects.filter(webinar=webinar_id).values_list("number", "items"))
    people = people_to_tell(webinar_id, max(seen, default=0) + 1, now)
    groups = people.order_by().values_list("agenda_seen").annotate(Count("pk"))
    return sum(count for number, count in groups if is_news(seen.get(number), items))


def lines_outside(webinar_id: int) -> list[AgendaItem]:
    """Return the lines of the working agenda whose time lies outside their session, in order; one query."""
    items = AgendaItem.objects.filter(session__webinar=webinar_id, starts_at__isnull=False)
    return [
        item
        for item in items.select_related("session")
        if item.starts_at and not item.session.is_cancelled and not item.session.holds(item.starts_at)
    ]


def shift_agenda(session_id: int, minutes: int) -> int:
    """Move the times of a session's working agenda, round the clock; return how many lines had one.

    The caller holds the session's lock.
    """
    items = list(AgendaItem.objects.filter(session=session_id, starts_at__isnull=False)) if minutes else []
    for item in items:
        assert item.starts_at is not None  # noqa: S101 -- the filter says so
        shifted = datetime.combine(ANY_DAY, item.starts_at) + timedelta(minutes=minutes)
        item.starts_at = shifted.time()
    AgendaItem.objects.bulk_update(items, ["starts_at"])
    return len(items)


@transaction.atomic
def publish_agenda(webinar_id: int, *, by: User, now: datetime, silent: bool = False) -> AgendaVersion:
    """Freeze the working agenda under the next number; after the stop window everybody who has or awaits a place hears what changed.

    Silently, for a misprint, nobody is mailed; the next mail tells it along with the rest (D-40).
    Raises NothingToPublish.
    """
    webinar = Webinar.objects.select_for_update(no_key=True).get(pk=webinar_id)
    latest = webinar.agenda_versions.first()
    items = working_agenda(webinar_id)
    if not agenda_changes(latest.items if latest else [], items):
        raise errors.NothingToPublish
    number = (webinar.agenda_versions.aggregate(newest=Max("number"))["newest"] or 0) + 1
    version = AgendaVersion.objects.create(
        webinar=webinar, number=number, items=items, published_at=now, published_by=by
    )
    facts = {"version": number, "silent": silent}
    log.record(Action.AGENDA_PUBLISHED, at=now, by=by, webinar=webinar, facts=facts)
    _write_job(version, silent=silent)
    return version


def _write_job(version: AgendaVersion, *, silent: bool) -> None:
    """Have everybody who has or awaits a place told of a version, unless silently.

    A job still in its window tells of this version instead of its own, so that two publications are one mail; the
    window begins anew, unless silently.
    """
    now, facts = version.published_at, {"version": version.number}
    total = people_to_tell(version.webinar_id, version.number, now).count()
    held = _lock_held(version.webinar, now)
    if held is not None:
        held.facts = facts
        held.due_at = held.due_at if silent else now + windows.window()
        held.total = total
        held.save(update_fields=["facts", "due_at", "total"])
    elif not silent:
        windows.write_held(
            BulkJob.Kind.AGENDA,
            now,
            webinar=version.webinar,
            facts=facts,
            total=total,
            created_by=version.published_by,
        )


def _lock_held(webinar: Webinar, now: datetime) -> BulkJob | None:
    """Lock the agenda's job that is still in its window; one that a worker has is released by that."""
    jobs = BulkJob.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
        kind=BulkJob.Kind.AGENDA, webinar=webinar, state=BulkJob.State.WAITING, due_at__gt=now
    )
    return jobs.first()

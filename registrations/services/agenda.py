"""The agenda: a working copy, and what is published of it under a number."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

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
from registrations.services import errors, recording, windows
from registrations.states import RegistrationState

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


def count_registered(webinar_id: int) -> int:
    """Return how many people a published agenda is mailed to."""
    return Registration.objects.filter(webinar=webinar_id, state=RegistrationState.ACTIVE).count()


@transaction.atomic
def publish_agenda(webinar_id: int, *, by: User, now: datetime, silent: bool = False) -> AgendaVersion:
    """Freeze the working agenda under the next number; after the stop window everybody registered hears what changed.

    Silently, for a misprint, nobody is mailed; the next mail tells it along with the rest. Raises NothingToPublish.
    """
    webinar = Webinar.objects.select_for_update().get(pk=webinar_id)
    latest = webinar.agenda_versions.first()
    items = working_agenda(webinar_id)
    if not agenda_changes(latest.items if latest else [], items):
        raise errors.NothingToPublish
    number = (webinar.agenda_versions.aggregate(newest=Max("number"))["newest"] or 0) + 1
    version = AgendaVersion.objects.create(
        webinar=webinar, number=number, items=items, published_at=now, published_by=by
    )
    facts = {"version": number, "silent": silent}
    recording.record(Action.AGENDA_PUBLISHED, at=now, by=by, webinar=webinar, facts=facts)
    _write_job(version, silent=silent)
    return version


def _write_job(version: AgendaVersion, *, silent: bool) -> None:
    """Have everybody registered told of a version, unless silently.

    A job still in its window tells of this version instead of its own, so that two publications are one mail; the
    window begins anew, unless silently.
    """
    now, facts = version.published_at, {"version": version.number}
    held = _lock_held(version.webinar, now)
    if held is not None:
        held.facts = facts
        held.due_at = held.due_at if silent else now + windows.window()
        held.total = count_registered(version.webinar_id)
        held.save(update_fields=["facts", "due_at", "total"])
    elif not silent:
        windows.write_held(
            BulkJob.Kind.AGENDA,
            now,
            webinar=version.webinar,
            facts=facts,
            total=count_registered(version.webinar_id),
            created_by=version.published_by,
        )


def _lock_held(webinar: Webinar, now: datetime) -> BulkJob | None:
    """Lock the agenda's job that is still in its window; one that a worker has is released by that."""
    jobs = BulkJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        kind=BulkJob.Kind.AGENDA, webinar=webinar, state=BulkJob.State.WAITING, due_at__gt=now
    )
    return jobs.first()

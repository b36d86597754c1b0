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
    Webinar,
    agenda_changes,
)
from registrations.models.history_facts import AgendaNoted
from registrations.services import errors
from registrations.services.agenda import job
from registrations.services.history import log
from webinar_site.foundation import bulk

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
    items = AgendaItem.objects.timed().filter(session__webinar=webinar_id)
    return [
        item
        for item in items.select_related("session")
        if item.starts_at and not item.session.is_cancelled and not item.session.holds(item.starts_at)
    ]


def shift_agenda(session_id: int, minutes: int) -> int:
    """Move the times of a session's working agenda, round the clock; return how many lines had one.

    The caller holds the session's lock.
    """
    items = list(AgendaItem.objects.timed().filter(session=session_id)) if minutes else []
    for item in items:
        assert item.starts_at is not None  # noqa: S101 -- the filter says so
        shifted = datetime.combine(ANY_DAY, item.starts_at) + timedelta(minutes=minutes)
        item.starts_at = shifted.time()
    bulk.update_rows(items, ["starts_at"])
    return len(items)


@transaction.atomic
def publish_agenda(webinar_id: int, *, by: User, now: datetime, silent: bool = False) -> AgendaVersion:
    """Freeze the working agenda under the next number; after the stop window people hear what changed.

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
    facts = AgendaNoted(number, silent)
    log.record(Action.AGENDA_PUBLISHED, at=now, by=by, webinar=webinar, facts=facts)
    job.tell_of(version, silent=silent)
    return version

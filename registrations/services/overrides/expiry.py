"""Requests for an override that nobody answers: they end after a stated time, and history says so (D-27)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registrations.models import Action, BulkJob, HistoryEntry, Override, Seat
from registrations.models.history_facts import OverrideNoted
from registrations.services.history import log
from registrations.services.locks import lock_seats
from webinar_site.foundation import bulk


def lapses_after() -> timedelta:
    """Return how long a request for an override can be answered."""
    return timedelta(hours=settings.OVERRIDE_LAPSES_AFTER)


def lapses_at(override: Override) -> datetime:
    """Return the moment (aware) from which on a request can no longer be answered."""
    return override.requested_at + lapses_after()


def has_lapsed(override: Override, now: datetime) -> bool:
    """Return whether a request can no longer be answered at this moment (aware), written down already or not."""
    is_answered = override.confirmed_by_id is not None
    return not is_answered and (override.lapsed_at is not None or lapses_at(override) <= now)


def why_lapsed(override: Override) -> str:
    """Return why a request that has lapsed cannot be answered."""
    moment = date_format(timezone.localtime(lapses_at(override)), "DATETIME_FORMAT")
    return _(
        "This request lapsed on %(moment)s, because nobody answered it. Ask for the exception again."
    ) % {"moment": moment}


def why_batch_lapsed(batch: UUID, now: datetime) -> str:
    """Return why a batch can no longer be answered at this moment (aware), or "" where it has not lapsed."""
    if batch in batches_being_confirmed():
        return ""
    first = Override.objects.unconfirmed().filter(batch=batch).order_by("seat_id").first()
    return why_lapsed(first) if first is not None and has_lapsed(first, now) else ""


def batches_being_confirmed() -> set[UUID]:
    """Return the batches that a second person has confirmed and a worker has not finished; they do not lapse."""
    under_way = BulkJob.objects.unfinished().filter(kind=BulkJob.Kind.OVERRIDE)
    return {UUID(batch) for batch in under_way.values_list("facts__batch", flat=True) if batch}


def lapse_overrides(now: datetime, *, limit: int = 500) -> int:
    """End up to `limit` requests that nobody answered in time (`now` is aware); return how many. Nobody is mailed."""
    stale = Override.objects.unanswered_since(now - lapses_after())
    waiting = stale.exclude(batch__in=batches_being_confirmed()).order_by("pk")
    seat_ids = list(waiting.values_list("seat_id", flat=True)[:limit])
    return _lapse(seat_ids, now) if seat_ids else 0


@transaction.atomic
def _lapse(seat_ids: list[int], now: datetime) -> int:
    seats = {seat.pk: seat for seat in lock_seats(Seat.objects.filter(pk__in=seat_ids))}
    stale = Override.objects.unanswered_since(now - lapses_after()).filter(seat__in=seat_ids)
    locked = list(stale.select_for_update(no_key=True, of=("self",)))
    confirmed = (
        batches_being_confirmed()
    )  # asked once more: whoever confirmed held one of these rows until now
    lapsed = [override for override in locked if override.batch not in confirmed]
    for override in lapsed:
        override.lapsed_at = now
    bulk.update_rows(lapsed, ["lapsed_at"])
    HistoryEntry.objects.bulk_create(
        override_entry(Action.OVERRIDE_LAPSED, seats[override.seat_id], override, None, now)
        for override in lapsed
    )
    return len(lapsed)


def override_entry(
    action: Action, seat: Seat, override: Override, by: User | None, now: datetime
) -> HistoryEntry:
    """Return an unsaved entry about a request for an override: what was asked for, by whom, and what became of it."""
    return log.entry(
        action,
        at=now,
        by=by,
        seat=seat,
        publication_number=seat.publication_number,
        facts=OverrideNoted(
            reason=override.reason, outcome=seat.outcome, requested_by=override.requested_by_id
        ),
    )

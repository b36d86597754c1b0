"""Which seats a job that waits is about, and how they were when it was started: written with the job, read by all.

One row per seat, not JSON in the job: a person's page asks by seat which jobs wait for it, and lists of jobs stay
small.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from registrations.models import BulkJob, BulkJobSeat, Seat
from registrations.services.seats.shown_state import Shown, standing_before
from webinar_site.foundation.chunks import in_chunks


@dataclass(frozen=True, slots=True)
class Plan:
    """The seats of a job to be started; of one webinar, also which, and in which of its sessions (numbers)."""

    shown: dict[int, str]
    webinar_id: int | None = None
    sessions: tuple[int, ...] = ()


def plan_job(shown: Shown) -> Plan:
    """Return what a job about these seats is about, without ids that are no seats'; one query for each thousand."""
    found: dict[int, tuple[int, int]] = {}
    for chunk in in_chunks(sorted(shown)):
        seats = Seat.objects.filter(pk__in=chunk).order_by("pk")
        for pk, *session in seats.values_list("pk", "session__webinar_id", "session__number"):
            found[pk] = (session[0], session[1])
    existing = {pk: shown[pk] for pk in found}
    webinars = {webinar_id for webinar_id, _number in found.values()}
    if len(webinars) != 1:
        return Plan(existing)
    return Plan(existing, webinars.pop(), tuple(sorted({number for _webinar, number in found.values()})))


def sessions_to_json(sessions: Sequence[int]) -> dict[str, Any]:
    """Return the sessions that a job is about (numbers), as its facts have them: nothing where they are not of one
    webinar."""
    return {"sessions": list(sessions)} if sessions else {}


def sessions_from_json(stored: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the sessions that facts name, of a job's row or of history."""
    return tuple(stored.get("sessions", ()))


def write_planned(job: BulkJob, shown: Shown) -> None:
    """Write down the seats of a job, which exist, and how they were shown."""
    for chunk in in_chunks(sorted(shown.items())):
        BulkJobSeat.objects.bulk_create(
            BulkJobSeat(job=job, seat_id=pk, standing=standing) for pk, standing in chunk
        )


def seats_left(job: BulkJob) -> QuerySet[Any, int]:
    """Return the seats that a job has still to come to, as ids in order."""
    return job.planned.filter(seat__gt=job.cursor).order_by("seat").values_list("seat", flat=True)


def shown_to_starter(job: BulkJob, seat_ids: Collection[int]) -> Shown:
    """Return how these seats were for whoever started a job; from their columns where an old job noted nothing."""
    noted = dict(job.planned.filter(seat__in=seat_ids).values_list("seat", "standing"))
    if noted or job.planned.exists():
        return noted
    seats = Seat.objects.filter(pk__in=seat_ids).select_related("registration").defer("verdict_data", "told")
    return {seat.pk: standing_before(seat, job.created_at) for seat in seats}


def waiting_for(seats: Iterable[Seat]) -> dict[int, list[BulkJob]]:
    """Return by seat the jobs that wait to decide about it, oldest first; one query."""
    rows = (
        BulkJobSeat.objects.waiting().filter(seat__in=seats).select_related("job__created_by", "job__session")
    )
    found: dict[int, list[BulkJob]] = {}
    for row in rows.order_by("job"):
        found.setdefault(row.seat_id, []).append(row.job)
    return found


def waiting_about(seat_ids: Iterable[int]) -> list[tuple[BulkJob, int]]:
    """Return the jobs that wait to decide about some of these seats, and about how many of them."""
    counts: Counter[int] = Counter()
    for chunk in in_chunks(sorted(seat_ids)):
        rows = BulkJobSeat.objects.waiting().filter(seat__in=chunk).order_by().values_list("job")
        counts.update(dict(rows.annotate(Count("pk"))))
    jobs = BulkJob.objects.filter(pk__in=counts).select_related("created_by", "session").order_by("pk")
    return [(job, counts[job.pk]) for job in jobs]

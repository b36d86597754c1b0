"""Sealing what happened: a nightly anchor over the history, and what it proves (D-66).

No write waits for another: entries carry a salted digest of their own, and only the anchor ties them to each other.
"""

import hashlib
import logging
import secrets
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from registrations.models import HistoryAnchor, HistoryEntry
from registrations.services.history import log
from webinar_site.foundation.days import BRUSSELS

# How long after midnight a day is sealed: no transaction that wrote for it is open any longer.
GRACE = timedelta(hours=2)
MARK = struct.Struct(">Q32s")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlteredRow:
    """A row that is not as it was written down, named by its number, in words for the operator."""

    number: int
    what: str


def anchor_history(now: datetime) -> HistoryAnchor | None:
    """Seal every entry up to the end of yesterday in Brussels, once two hours have passed since; return the anchor.

    Returns None when that day is sealed, be it by another worker at the same moment. `now` is an aware datetime.
    """
    day = (now - GRACE).astimezone(BRUSSELS).date() - timedelta(days=1)
    before = HistoryAnchor.objects.defer("marks").order_by("-day").first()
    if before is not None and before.day >= day:
        return None
    anchor = _anchor(day, before, now)
    try:
        with transaction.atomic():
            anchor.save(force_insert=True)
    except IntegrityError:  # another worker was first, and sealed the same rows
        return None
    # The log lies elsewhere than the database: whoever alters the rows and their anchors cannot reach it from there.
    logger.info("History sealed up to %s, entry %d: %s", day, anchor.last_entry, anchor.digest)
    return anchor


def _anchor(day: date, before: HistoryAnchor | None, now: datetime) -> HistoryAnchor:
    since = before.last_entry if before else 0
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=BRUSSELS)
    written = HistoryEntry.objects.after(since).filter(at__lt=midnight)
    last = written.aggregate(last=Max("pk"))["last"] or since
    sealed = _between(since, last).values_list("pk", "digest")
    marks = b"".join(MARK.pack(pk, bytes.fromhex(digest)) for pk, digest in sealed.iterator())
    return HistoryAnchor(
        day=day,
        made_at=now,
        last_entry=last,
        entries=len(marks) // MARK.size,
        marks=marks,
        digest=_seal(before.digest if before else "", day, marks),
    )


def _between(since: int, last: int) -> "QuerySet[HistoryEntry]":
    """Return the entries behind one number up to another: by number, so each is sealed once, whatever its moment."""
    return HistoryEntry.objects.after(since).filter(pk__lte=last)


def _seal(before: str, day: date, marks: bytes) -> str:
    return hashlib.sha256(f"{before}{day.isoformat()}".encode() + marks).hexdigest()


def is_anchor(digest: str) -> bool:
    """Return whether an anchor has this digest: somebody wrote it down when it was made."""
    return HistoryAnchor.objects.filter(digest=digest.strip().lower()).exists()


def altered_rows() -> Iterator[AlteredRow]:
    """Yield the rows that are not as they were written down, oldest first; one day's marks at a time are in memory.

    Whoever removes the newest anchors with their entries is found only by a digest written down elsewhere: `is_anchor`.
    """
    before, since = "", 0
    for anchor in HistoryAnchor.objects.order_by("day").iterator(chunk_size=1):
        marks = bytes(anchor.marks)
        if anchor.digest != _seal(before, anchor.day, marks):
            yield AlteredRow(
                anchor.pk, f"The anchor of {anchor.day} was altered, or the one before it is gone."
            )
        yield from _compare(marks, _between(since, anchor.last_entry))
        before, since = anchor.digest, anchor.last_entry
    for entry in HistoryEntry.objects.after(since).iterator():
        if not _is_as_written(entry, entry.digest):
            yield AlteredRow(entry.pk, f"History entry {entry.pk} was altered.")


def _compare(marks: bytes, entries: "QuerySet[HistoryEntry]") -> Iterator[AlteredRow]:
    sealed = deque(MARK.iter_unpack(marks))
    for entry in entries.iterator():
        while sealed and sealed[0][0] < entry.pk:
            yield _missing(sealed.popleft()[0])
        if not sealed or sealed[0][0] != entry.pk:
            yield AlteredRow(entry.pk, f"History entry {entry.pk} was added after its day was sealed.")
        elif not _is_as_written(entry, sealed.popleft()[1].hex()):
            yield AlteredRow(entry.pk, f"History entry {entry.pk} was altered.")
    yield from (_missing(pk) for pk, _digest in sealed)


def _missing(pk: int) -> AlteredRow:
    return AlteredRow(pk, f"History entry {pk} is missing.")


def _is_as_written(entry: HistoryEntry, digest: str) -> bool:
    said = log.entry_digest(entry)
    return secrets.compare_digest(entry.digest, said) and secrets.compare_digest(digest, said)

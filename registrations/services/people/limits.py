"""How often the open forms may be sent: generous to a whole institution behind one address, tight for one mailbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from registrations.models import Tally
from registrations.services import errors

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts there may be within each span of this length."""

    most: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that somebody tries: what for, who (a network, a mailbox), and how often they may."""

    purpose: str
    who: str
    limit: Limit


def count_attempts(attempts: Iterable[Attempt], *, now: datetime) -> None:
    """Count attempts one after the other, up to the first that goes too far. `now` is an aware datetime.

    Raises TooManyAttempts at that one, which is counted too; it says how long to wait.
    """
    for attempt in attempts:
        if wait := _count(attempt, now):
            raise errors.TooManyAttempts(wait)


@transaction.atomic
def _count(attempt: Attempt, now: datetime) -> timedelta | None:
    """Count one attempt; return how long its span still lasts where that was one too many."""
    starts_at = now - (now - EPOCH) % attempt.limit.span
    key = salted_hmac(__name__, f"{attempt.purpose}:{attempt.who}", algorithm="sha256").hexdigest()
    span = Tally.objects.filter(key=key, starts_at=starts_at)
    if not span.update(count=F("count") + 1):
        # Of two first attempts at once the row of one is ignored, and then counted on.
        Tally.objects.bulk_create([Tally(key=key, starts_at=starts_at)], ignore_conflicts=True)
        span.update(count=F("count") + 1)
    if span.values_list("count", flat=True).get() <= attempt.limit.most:
        return None
    return starts_at + attempt.limit.span - now


def forget_attempts(now: datetime) -> None:
    """Delete the tallies of spans that are long over."""
    Tally.objects.filter(starts_at__lt=now - KEPT).delete()

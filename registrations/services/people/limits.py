"""How often the open forms may be sent: generous to a whole institution behind one address, tight for one mailbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db import connection
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
    """Count attempts in their order, up to the first that goes too far; one statement. `now` is an aware datetime.

    Raises TooManyAttempts at that one, which is counted too; it says how long to wait.
    """
    spans = [_Span.of(attempt, now) for attempt in attempts]
    counts = _count(spans)
    for span in spans:
        if counts[span.key] > span.limit.most:
            raise errors.TooManyAttempts(span.starts_at + span.limit.span - now)


@dataclass(frozen=True, slots=True)
class _Span:
    """The span of time that an attempt falls into, and under which key it is counted."""

    key: str
    starts_at: datetime
    limit: Limit

    @classmethod
    def of(cls, attempt: Attempt, now: datetime) -> Self:
        said = f"{attempt.purpose}:{attempt.who}"
        key = salted_hmac(__name__, said, algorithm="sha256").hexdigest()
        return cls(key, now - (now - EPOCH) % attempt.limit.span, attempt.limit)


# A tally is made or counted on in one go, and given back; a further one unless one before it was full already.
ONE = "SELECT %s, %s, 1 WHERE true"
UNLESS_FULL = " AND COALESCE((SELECT count FROM {table} WHERE key = %s AND starts_at = %s), 0) < %s"
COUNT = """
    INSERT INTO {table} (key, starts_at, count) {rows}
    ON CONFLICT (key, starts_at) DO UPDATE SET count = {table}.count + 1
    RETURNING key, count
"""


def _count(spans: Sequence[_Span]) -> dict[str, int]:
    """Count each attempt; return the tallies by key, those after a full one left out."""
    table, moment = Tally._meta.db_table, connection.ops.adapt_datetimefield_value
    rows: list[str] = []
    values: list[Any] = []
    for place, span in enumerate(spans):
        rows.append(ONE + UNLESS_FULL.format(table=table) * place)
        values += span.key, moment(span.starts_at)
        for before in spans[:place]:
            values += before.key, moment(before.starts_at), before.limit.most
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=table, rows=" UNION ALL ".join(rows)), values)
        return dict(cursor.fetchall())


def forget_attempts(now: datetime) -> None:
    """Delete the tallies of spans that are long over."""
    Tally.objects.filter(starts_at__lt=now - KEPT).delete()

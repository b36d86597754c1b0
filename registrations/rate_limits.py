"""Rate limits of outgoing mail, over all and per recipient's domain; right over any number of workers and machines.

Counted in the database, one row per domain, second by second, so that never more than the limit leave in any 60
seconds. The row's lock lasts as long as the transaction that claims a mail; a mail over the limit is not claimed, so no
attempt is counted and nothing waits behind it: all that is due to the domain is put off together, and other domains go
on (D-54).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, When

from registrations.domains import ascii_domain
from registrations.models import MailRate, OutgoingMail

SPAN = 61  # seconds: two mails in seconds that are 61 apart have left at least a minute apart
KEPT = timedelta(hours=1)  # a row that nobody used for so long says nothing any more
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Full:
    """A limit that is reached, when the next mail may go (aware), and to whom the one was that may not go now."""

    domain: str
    free_at: datetime
    recipient: str


def domain_of(address: str) -> str:
    """Return the domain of an email address as limits count it: in ASCII and lower case."""
    domain = address.rpartition("@")[2]
    with suppress(ValueError):  # one that cannot be a domain is counted as it is written
        domain = ascii_domain(domain)
    return domain.lower()


def take(recipient: str, now: datetime) -> Full | None:
    """Count one mail to this recipient, in the caller's transaction; return the limit that forbids it, if one does."""
    allowances = []
    for domain, limit in _limits(
        recipient
    ):  # always all mails first, so that two workers never wait for each other
        rate, _created = MailRate.objects.select_for_update(no_key=True).get_or_create(
            domain=domain, defaults={"used_at": now}
        )
        second = int(now.timestamp())
        rate.taken = {at: count for at, count in rate.taken.items() if int(at) > second - SPAN}
        if sum(rate.taken.values()) >= limit:
            oldest = min(map(int, rate.taken))
            return Full(domain, datetime.fromtimestamp(oldest + SPAN, UTC), recipient)
        rate.taken[str(second)] = rate.taken.get(str(second), 0) + 1
        allowances.append(rate)
    for rate in allowances:
        rate.used_at = now
        rate.save(update_fields=["taken", "used_at"])
    return None


def _limits(recipient: str) -> Iterator[tuple[str, int]]:
    if settings.MAIL_RATE:
        yield EVERYBODY, settings.MAIL_RATE
    if settings.MAIL_RATE_PER_DOMAIN:
        yield domain_of(recipient), settings.MAIL_RATE_PER_DOMAIN


def put_off(full: Full, now: datetime) -> int:
    """Let everything due that a reached limit concerns wait for its turn; return how many mails that are.

    What has not been tried yet was not to go earlier, so it is not late. Mails that another worker holds are left to
    it: neither waits for the other's lock. A domain may be written in several ways; the one at hand and ASCII go
    together, so that at least the mail that may not go now is put off, and others as their turn comes.
    """
    due = OutgoingMail.objects.filter(due_at__lte=now)
    if full.domain:
        at_hand = full.recipient.rpartition("@")[2]
        due = due.filter(Q(recipient__iendswith=f"@{full.domain}") | Q(recipient__endswith=f"@{at_hand}"))
    with transaction.atomic():
        held = due.select_for_update(no_key=True, skip_locked=True).order_by("pk").values("pk")
        planned_at = Case(When(attempts=0, then=full.free_at), default=F("planned_at"))
        return OutgoingMail.objects.filter(pk__in=held).update(due_at=full.free_at, planned_at=planned_at)


def forget(now: datetime) -> None:
    """Delete what says nothing any more, so that no list of domains builds up."""
    MailRate.objects.filter(used_at__lt=now - KEPT).delete()

"""Deleting personal data at the end of their period, chunk by chunk: may be interrupted, and run as often as one likes.

No official source seen gives the periods, so each is a setting that names where it is established. A category without
one is kept, and the report says so. What needs no official period, because it serves nobody any more, goes in any case.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations.models import (
    AccessNeed,
    Action,
    AddressChange,
    Attendance,
    LegalText,
    OutgoingMail,
    QuestionMark,
    Registration,
    RegistrationQuerySet,
    Seat,
    UnplacedAnswer,
    Webinar,
    WebinarSession,
)
from registrations.models.history_facts import PurgeNoted
from registrations.models.personal_data import ERASURES, MAIL_ERASURE
from registrations.services.history import log
from registrations.services.people.limits import forget_attempts
from registrations.services.privacy import erasure

CHUNK = 500
UNPROVEN_KEPT = timedelta(days=30)  # after they expired: long enough to ask what became of a form
UNPLACED_KEPT = timedelta(days=30)  # after they were read: then nobody asks any more who it was
BYTES_KEPT = timedelta(days=14)  # after a mail was written: what it says is in its facts too
NONE = Q(pk__in=[])
Registrations = RegistrationQuerySet


@dataclass(frozen=True, slots=True)
class Period:
    """How many days after the end of a webinar something is kept, and where that is established."""

    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of data: who of a webinar's people still has some that can go at a moment, and how it goes."""

    label: str | Promise
    find: Callable[[Registrations, datetime], Registrations]
    delete: Callable[[Sequence[int], datetime], object]


@dataclass(frozen=True, slots=True)
class Purged:
    """What became of one category: of how many people something went, and after which period, if any."""

    label: str | Promise
    period: Period | None
    people: int


def _wipe(ids: Sequence[int], now: datetime) -> None:
    erasure.wipe(ids, now, spared=NONE)


def _drop_questions(ids: Sequence[int], _now: datetime) -> None:
    QuestionMark.objects.filter(registration__in=ids).delete()
    Registration.objects.filter(pk__in=ids).update(question="")


def _empty_mails(ids: Sequence[int], _now: datetime) -> None:
    OutgoingMail.objects.finished().filter(registration__in=ids).update(**MAIL_ERASURE.becomes)


def _unproven_changes(now: datetime) -> QuerySet[AddressChange]:
    return AddressChange.objects.unconfirmed().filter(asked_at__lt=now - UNPROVEN_KEPT)


_needs = AccessNeed.objects.filter(registration=OuterRef("pk"))
_finished_mails = OutgoingMail.objects.finished().filter(registration=OuterRef("pk"))
_places = Seat.objects.approved().filter(registration=OuterRef("pk"))

# In the order in which they go; the names are those of settings.RETENTION.
CATEGORIES: dict[str, Category] = {
    "access_needs": Category(
        _("what people need to take part"),
        lambda people, now: people.filter(Exists(_needs)),
        lambda ids, now: AccessNeed.objects.filter(registration__in=ids).delete(),
    ),
    "questions": Category(
        _("questions for the discussion"),
        lambda people, now: people.with_question(),
        _drop_questions,
    ),
    "mails": Category(
        _("what mails said"),
        lambda people, now: people.filter(Exists(_finished_mails.exclude(recipient=""))),
        _empty_mails,
    ),
    "without_place": Category(
        _("people without a place: rejected, withdrawn, not decided"),
        lambda people, now: people.not_erased().filter(~Exists(_places)),
        _wipe,
    ),
    "registrations": Category(
        _("people who had a place"),
        lambda people, now: people.not_erased().filter(Exists(_places)),
        _wipe,
    ),
}
LEFTOVERS: dict[str, Category] = {
    "unproven": Category(
        _("registrations whose address was never confirmed"),
        lambda people, now: people.expired().filter(ended_at__lt=now - UNPROVEN_KEPT),
        _wipe,
    ),
    "address_changes": Category(
        _("new addresses that were never confirmed"),
        lambda people, now: people.filter(Exists(_unproven_changes(now).filter(registration=OuterRef("pk")))),
        lambda ids, now: _unproven_changes(now).filter(registration__in=ids).delete(),
    ),
}


def retention() -> dict[str, Period | None]:
    """Return how long each category is kept, None where no period is established (D-64)."""
    return {
        name: Period(*established) if (established := settings.RETENTION[name]) else None
        for name in CATEGORIES
    }


def purge(
    now: datetime, *, dry_run: bool = False, stop: Callable[[], bool] = lambda: False
) -> Iterator[Purged]:
    """Delete what is due at this moment (aware), one category after the other, and yield what became of each.

    Counted from the end of a webinar's last session; a webinar with a session whose date is to be confirmed is not
    over. With `dry_run` it is only counted. `stop` is asked between chunks; what is left then goes the next time.
    """
    webinars = list(_ended_webinars())
    for name, period in retention().items():
        people = sum(_purge(name, row, now, dry_run, stop) for row in _over(webinars, period, now))
        yield Purged(CATEGORIES[name].label, period, people)
    for name, leftover in LEFTOVERS.items():
        people = sum(_purge(name, row, now, dry_run, stop) for row in Webinar.objects.all())
        yield Purged(leftover.label, Period(UNPROVEN_KEPT.days, ""), people)
    yield Purged(_("mails as they were sent"), Period(BYTES_KEPT.days, ""), _drop_bytes(now, dry_run, stop))
    unplaced = UnplacedAnswer.objects.filter(received_at__lt=now - UNPLACED_KEPT)
    gone = unplaced.count() if dry_run else unplaced.delete()[0]
    yield Purged(_("calendar answers that could not be placed"), Period(UNPLACED_KEPT.days, ""), gone)
    period = retention()["registrations"]
    unknown = sum(_empty_attendances(row, now, dry_run) for row in _over(webinars, period, now))
    yield Purged(_("people in attendance reports whom nobody knew"), period, unknown)
    if not dry_run:
        forget_attempts(now)
        while not stop() and erasure.wipe_finished_mails():
            pass


def _over(webinars: Sequence[Any], period: Period | None, now: datetime) -> list[Any]:
    """Return the webinars whose period has run out; without an established period none."""
    return [row for row in webinars if period and row.ended_at + timedelta(days=period.days) <= now]


def _ended_webinars() -> QuerySet[Webinar]:
    """Return the webinars that have an end: the last session's, or the last change of all cancelled, undated ones."""
    undated = WebinarSession.objects.planned().filter(webinar=OuterRef("pk"), ends_at__isnull=True)
    ended_at = Coalesce(Max("sessions__ends_at"), Max("sessions__changed_at"))
    return Webinar.objects.filter(~Exists(undated)).annotate(ended_at=ended_at).exclude(ended_at=None)


def _purge(name: str, webinar: Webinar, now: datetime, dry_run: bool, stop: Callable[[], bool]) -> int:
    """Delete one category of one webinar's people; return of how many."""
    category = (CATEGORIES | LEFTOVERS)[name]
    if dry_run:
        return category.find(webinar.registrations.all(), now).count()
    people = 0
    while not stop() and (gone := _purge_chunk(name, category, webinar, now)):
        people += gone
    return people


@transaction.atomic
def _empty_attendances(webinar: Webinar, now: datetime, dry_run: bool) -> int:
    """Take the names out of a webinar's reports of those who belong to no registration; return how many.

    They go with the people who had a place: each was in the meeting.
    """
    unknown = Attendance.objects.unknown().filter(report__session__webinar=webinar)
    if dry_run:
        return unknown.count()
    people = unknown.update(**ERASURES[Attendance].becomes)
    if people:
        facts = PurgeNoted("attendances", people)
        log.record(Action.PURGED, at=now, webinar=webinar, facts=facts)
    return people


@transaction.atomic
def _purge_chunk(name: str, category: Category, webinar: Webinar, now: datetime) -> int:
    """Delete a category of the next people who have any, and record how many in the same transaction."""
    found = category.find(
        webinar.registrations.select_for_update(no_key=True, of=("self",), skip_locked=True), now
    )
    ids = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if ids:
        category.delete(ids, now)
        log.record(Action.PURGED, at=now, webinar=webinar, facts=PurgeNoted(name, len(ids)))
    return len(ids)


def _drop_bytes(now: datetime, dry_run: bool, stop: Callable[[], bool]) -> int:
    """Drop the rendered messages of finished mails; what they said stays in their facts. Return how many."""
    old = OutgoingMail.objects.finished().filter(raw__isnull=False, created_at__lt=now - BYTES_KEPT)
    if dry_run:
        return old.count()
    count = cursor = 0
    while not stop() and (
        ids := list(old.filter(pk__gt=cursor).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    ):
        count += OutgoingMail.objects.filter(pk__in=ids).update(raw=None)
        cursor = ids[-1]
    return count


def statement_gaps() -> list[tuple[LegalText, Period]]:
    """Return which newest privacy statements do not name the days of which established period."""
    periods = [period for period in retention().values() if period]
    return [
        (text, period)
        for text in LegalText.objects.newest().filter(kind=LegalText.Kind.PRIVACY).order_by("language")
        for period in periods
        if not re.search(rf"\b{period.days}\b", text.body)
    ]

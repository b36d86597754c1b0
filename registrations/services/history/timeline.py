"""What happened around a webinar, newest first: the history, with the mails it led to between its entries."""

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from registrations.models import (
    Action,
    HistoryEntry,
    OutgoingMail,
    Registration,
    WebinarSession,
    job_name,
)
from registrations.models.history_facts import HistoryExportNoted, JobNoted
from registrations.services.history import log
from webinar_site.foundation.days import BRUSSELS

AT_ONCE = 2000
ABOUT_JOBS = (Action.BULK_STARTED, Action.BULK_RELEASED, Action.BULK_STOPPED)
ENTRY, MAIL = "entry", "mail"
RANKS = {ENTRY: 0, MAIL: 1}  # of one moment, what was mailed is above what led to it


class NotAPosition(ValueError):
    """A text names no place in a chronicle."""


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a line in the timeline: its moment (aware), its source, its number. Written as in an address."""

    at: datetime
    source: str
    number: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place a text names; raise NotAPosition when it names none."""
        try:
            moment, source, number = text.split(",")
            position = cls(datetime.fromisoformat(moment), source, int(number))
        except ValueError as error:
            raise NotAPosition(text) from error
        if source not in RANKS or position.at.tzinfo is None or not 0 <= position.number < 2**63:
            raise NotAPosition(text)
        return position

    def __str__(self) -> str:
        return f"{self.at.isoformat()},{self.source},{self.number}"

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Return what places are sorted by."""
        return self.at, RANKS[self.source], self.number

    def earlier(self, source: str, moment: str) -> Q:
        """Return the condition that a row of a source, whose moment is in this column, comes below this position."""
        if source == self.source:
            return Q(**{f"{moment}__lt": self.at}) | Q(**{moment: self.at, "pk__lt": self.number})
        below_at_once = RANKS[source] < RANKS[self.source]
        return Q(**{f"{moment}__lte" if below_at_once else f"{moment}__lt": self.at})


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a chronicle: an entry of the history, or a mail. Nobody is named but staff."""

    position: Position
    who: str
    what: str
    registration: Registration | None
    session: WebinarSession | None = None
    facts: dict[str, Any] | None = None
    digest: str = ""

    @property
    def is_mail(self) -> bool:
        """Return whether it is a mail."""
        return self.position.source == MAIL


def webinar_history(webinar_id: int, *, below: Position | None, count: int) -> list[HistoryLine]:
    """Return so many events of a webinar below a place, newest first; from the top without one. Two queries."""
    entries, mails = _entries(webinar_id), _mails(webinar_id)
    if below is not None:
        entries = entries.filter(below.earlier(ENTRY, "at"))
        mails = mails.filter(below.earlier(MAIL, "created_at"))
    return list(_merged(entries[:count], mails[:count]))[:count]


@transaction.atomic
def export_webinar_history(webinar_id: int, *, by: User, now: datetime) -> Iterator[Sequence[str]]:
    """Record who takes the history out, then return it as rows, newest first, the headings first.

    The rows are read while they are written out. Reasons and other facts are in them as they were recorded.
    """
    entries, mails = _entries(webinar_id), _mails(webinar_id)
    told = [events.order_by().aggregate(rows=Count("pk"), last=Max("pk")) for events in (entries, mails)]
    facts = HistoryExportNoted(history=True, rows=sum(of["rows"] for of in told))
    log.record(Action.EXPORTED, at=now, by=by, webinar_id=webinar_id, facts=facts)
    last_entry, last_mail = (of["last"] or 0 for of in told)
    return _rows(entries.filter(pk__lte=last_entry), mails.filter(pk__lte=last_mail))


def _rows(entries: "QuerySet[HistoryEntry]", mails: "QuerySet[OutgoingMail]") -> Iterator[Sequence[str]]:
    yield [
        _("When (Brussels time)"),
        _("Who"),
        _("What"),
        _("Reference"),
        _("Session"),
        _("Facts"),
        _("Number"),
        _("Digest"),
    ]
    for event in _merged(entries.iterator(chunk_size=AT_ONCE), mails.iterator(chunk_size=AT_ONCE)):
        yield [
            f"{event.position.at.astimezone(BRUSSELS):%Y-%m-%d %H:%M:%S}",
            event.who,
            event.what,
            event.registration.reference if event.registration else "",
            str(event.session or ""),
            json.dumps(event.facts, ensure_ascii=False, cls=DjangoJSONEncoder) if event.facts else "",
            str(event.position.number),
            event.digest,
        ]


def _entries(webinar_id: int) -> "QuerySet[HistoryEntry]":
    entries = HistoryEntry.objects.filter(webinar_id=webinar_id).order_by("-at", "-pk")
    return entries.select_related("by", "registration", "session")


def _mails(webinar_id: int) -> "QuerySet[OutgoingMail]":
    mails = OutgoingMail.objects.filter(registration__webinar_id=webinar_id).order_by("-created_at", "-pk")
    return mails.select_related("registration").defer("raw", "facts")


def _merged(entries: Iterable[HistoryEntry], mails: Iterable[OutgoingMail]) -> Iterator[HistoryLine]:
    return heapq.merge(
        map(_of_entry, entries), map(_of_mail, mails), key=lambda event: event.position.order, reverse=True
    )


def what_happened(entry: HistoryEntry) -> str:
    """Return what an entry says happened, in the active language; of a bulk job, also which."""
    action = str(entry.get_action_display())
    said = entry.said if entry.action in ABOUT_JOBS else None
    if not isinstance(said, JobNoted) or not said.kind or said.seats is None:
        return action  # no job, or one from before its name was noted
    name = job_name(said.kind, said.about, session=entry.session, total=said.seats)
    return _(": ").join((action, name))


def _of_entry(entry: HistoryEntry) -> HistoryLine:
    return HistoryLine(
        Position(entry.at, ENTRY, entry.pk),
        str(entry.by or entry.get_actor_display()),
        what_happened(entry),
        entry.registration,
        entry.session,
        entry.facts,
        entry.digest,
    )


def _of_mail(mail: OutgoingMail) -> HistoryLine:
    what = _("Mail: %(kind)s (%(state)s)") % {
        "kind": mail.get_kind_display(),
        "state": mail.get_state_display(),
    }
    return HistoryLine(Position(mail.created_at, MAIL, mail.pk), _("the system"), what, mail.registration)

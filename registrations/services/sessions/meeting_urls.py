"""Personal meeting addresses: a list, checked line by line against the session's seats, and taken all or none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from registrations.models import Action, Seat, email_key
from registrations.models.history_facts import MeetingAddressesNoted
from registrations.models.meeting_urls import validate_meeting_url
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_seats, lock_session
from webinar_site.foundation import bulk
from webinar_site.foundation.plain_text import bare_address
from webinar_site.foundation.tables import reader
from webinar_site.foundation.tables.flaws import flaw

REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
SURPLUS = re.compile(r"[,;\t]|://")


@dataclass(frozen=True, slots=True)
class MeetingUrlLine:
    """One line of an import: its number, who it is about and where they are sent, both as they were written.

    `problem` says why the line cannot be read.
    """

    number: int
    who: str
    url: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MeetingUrlLineReport:
    """What becomes of one line: why it cannot be taken, or whether the person has another address already."""

    line: MeetingUrlLine
    problem: str = ""
    overwrites: bool = False
    seat_id: int | None = None


@dataclass(frozen=True, slots=True)
class MeetingUrlReport:
    """What an import would do, line by line."""

    lines: tuple[MeetingUrlLineReport, ...]

    @property
    def is_good(self) -> bool:
        """Return whether there is something to import and nothing in the way."""
        return bool(self.lines) and not any(line.problem for line in self.lines)

    @property
    def overwritten(self) -> int:
        """Return how many personal addresses would be replaced by another."""
        return sum(line.overwrites for line in self.lines)

    @property
    def problems(self) -> int:
        """Return how many lines cannot be taken."""
        return sum(bool(line.problem) for line in self.lines)


def read_meeting_urls(text: str, *, most: int) -> list[MeetingUrlLine]:
    """Return the lines of a list of two columns, separated by tab, semicolon or comma.

    A title and a heading (first lines that name nobody and no address) are left out; a wrong number of columns leaves
    the address empty, which is reported. Raises `tables.Unreadable` beyond `most` lines.
    """
    rows = reader.read_unnamed(text, most_rows=most, known=_is_key, width=2, is_above=_names_nobody)
    return [_line(row) for row in rows]


def _line(row: reader.Row) -> MeetingUrlLine:
    cells = [cell for cell in row.cells if cell]
    if row.problem or (problem := flaw(cells)):
        return MeetingUrlLine(row.line, " ".join(cells)[:80], "", row.problem or problem)
    who, url = cells if len(cells) == 2 and row.cells[0] else (", ".join(cells), "")
    return MeetingUrlLine(row.line, who, url)


def _is_key(cell: str) -> bool:
    """Return whether a cell names a person as such lists do; the right separator makes such cells."""
    return bool(REFERENCE.fullmatch(cell.upper())) or (cell.count("@") == 1 and not SURPLUS.search(cell))


def _names_nobody(row: reader.Row) -> bool:
    line = _line(row)
    names = "@" in line.who or REFERENCE.match(line.who.upper()) or "://" in line.url
    return not line.problem and not names


def check_meeting_urls(session_id: int, lines: Sequence[MeetingUrlLine]) -> MeetingUrlReport:
    """Return what an import of personal addresses would do to a session's seats; nothing changes."""
    seats = _seats_by_name(session_id, lines)
    named: dict[int, int] = {}
    return MeetingUrlReport(tuple(_check(line, seats, named) for line in lines))


def _check(line: MeetingUrlLine, seats: dict[str, Seat], named: dict[int, int]) -> MeetingUrlLineReport:
    """Report on one line; `named` remembers in which line each seat was named first."""
    if line.problem:
        return MeetingUrlLineReport(line, line.problem)
    if not line.url:
        return MeetingUrlLineReport(
            line, _("Write a reference or an email address, a separator, and the address.")
        )
    seat = seats.get(_name(line.who))
    if seat is None:
        return MeetingUrlLineReport(
            line, _("Nobody with a place in this session has this reference or email address.")
        )
    first = named.setdefault(seat.pk, line.number)
    if first != line.number:
        return MeetingUrlLineReport(line, _("Line %(number)s names the same person.") % {"number": first})
    try:
        validate_meeting_url(line.url)
        Seat._meta.get_field("meeting_url").clean(line.url, seat)
    except ValidationError as problem:
        return MeetingUrlLineReport(line, problem.messages[0])
    overwrites = seat.meeting_url not in ("", line.url)
    return MeetingUrlLineReport(line, overwrites=overwrites, seat_id=seat.pk)


def _seats_by_name(session_id: int, lines: Iterable[MeetingUrlLine]) -> dict[str, Seat]:
    """Return seats with a place by reference and by email key, as far as lines name them, in one query."""
    names = {_name(line.who) for line in lines}
    named = Q(registration__reference__in=names) | Q(registration__email_key__in=names)
    seats = Seat.objects.with_place().filter(named, session=session_id).select_related("registration")
    return {
        name: seat for seat in seats for name in (seat.registration.reference, seat.registration.email_key)
    }


def _name(who: str) -> str:
    """Return a reference in capitals, or what makes two email addresses one."""
    if "@" not in who:
        return who.upper()
    try:
        return email_key(bare_address(who))
    except ValueError:
        return who


@transaction.atomic
def import_meeting_urls(
    session_id: int, *, lines: Sequence[MeetingUrlLine], by: User, now: datetime
) -> MeetingUrlReport:
    """Give people with a place a meeting address of their own; return what was done.

    Raises MeetingUrlsNotTaken when one line cannot be taken: then none is.
    """
    report = check_meeting_urls(session_id, lines)
    lock_seats(Seat.objects.filter(pk__in=[line.seat_id for line in report.lines if line.seat_id]))
    report = check_meeting_urls(session_id, lines)  # again, under the locks
    if not report.is_good:
        raise errors.MeetingUrlsNotTaken
    session = lock_session(session_id)
    seats = [Seat(pk=line.seat_id, meeting_url=line.line.url) for line in report.lines]
    bulk.update_rows(seats, ["meeting_url"])
    log.record(
        Action.ADDRESSES_IMPORTED,
        at=now,
        by=by,
        webinar=session.webinar,
        session=session,
        facts=MeetingAddressesNoted(len(seats), report.overwritten),
    )
    return report

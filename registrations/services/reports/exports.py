"""Taking people's data out of the site as a file: chosen columns, and a note in the history of who took what."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eligibility.countries import display_name, eu_code
from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome
from registrations.models import Action, Seat, SeatQuerySet
from registrations.models.history_facts import SeatsExportNoted
from registrations.services.attendance.report import minutes_there
from registrations.services.history import log
from webinar_site.foundation.days import BRUSSELS

AT_ONCE = 2000
OF_ATTENDANCE = {"attended", "minutes"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: what it is called, and what it says of a seat."""

    label: str | Promise
    cell: Callable[[Seat], str]


COLUMNS: dict[str, Column] = {
    "reference": Column(_("Reference"), lambda seat: seat.registration.reference),
    "title": Column(_("Title"), lambda seat: str(seat.registration.get_title_display())),
    "first_name": Column(_("First name"), lambda seat: seat.registration.first_name),
    "last_name": Column(_("Family name"), lambda seat: seat.registration.last_name),
    "email": Column(_("Email address"), lambda seat: seat.registration.email),
    "organisation": Column(_("Organisation"), lambda seat: seat.registration.organisation),
    "organisation_type": Column(
        _("Type of organisation"), lambda seat: str(seat.registration.get_organisation_type_display())
    ),
    "position": Column(_("Position"), lambda seat: seat.registration.position),
    "country_code": Column(_("Country code (EU)"), lambda seat: eu_code(seat.registration.country)),
    "country": Column(_("Country"), lambda seat: display_name(seat.registration.country)),
    "kind": Column(_("Kind"), lambda seat: str(seat.registration.get_kind_display())),
    "language": Column(_("Language"), lambda seat: seat.registration.language),
    "session": Column(_("Session"), lambda seat: str(seat.session)),
    "state": Column(_("State"), lambda seat: str(seat.get_state_display())),
    "verdict": Column(
        _("Verdict"), lambda seat: str(OUTCOMES[Outcome(seat.outcome)]) if seat.outcome else ""
    ),
    "flagged": Column(_("Flagged"), lambda seat: seat.flag if seat.is_flagged(timezone.now()) else ""),
    "judged_as_of": Column(
        _("Judged as of"), lambda seat: seat.judged_as_of.isoformat() if seat.judged_as_of else ""
    ),
    "registered_at": Column(
        _("Registered (Brussels time)"), lambda seat: _moment(seat.registration.created_at)
    ),
    "decided_at": Column(_("DecisionNoted (Brussels time)"), lambda seat: _moment(seat.decided_at)),
    "reason_code": Column(_("Reason chosen"), lambda seat: str(seat.get_reason_code_display())),
    "reason": Column(_("Reason"), lambda seat: seat.reason),
    "joined_at": Column(_("Joined (Brussels time)"), lambda seat: _moment(seat.joined_at)),
    "attended": Column(_("Attended"), lambda seat: _attended(seat)),
    "minutes": Column(_("Minutes in the meeting"), lambda seat: _minutes(seat)),
    "question": Column(_("Question for the discussion"), lambda seat: seat.registration.question),
    "share_contact": Column(
        _("May be named to participants"), lambda seat: _yes_no(seat.registration.share_contact)
    ),
    "contact_me": Column(
        _("Wants to hear of cluster events"), lambda seat: _yes_no(seat.registration.contact_me)
    ),
}


@dataclass(frozen=True, slots=True)
class Export:
    """What is taken out: which seats, which columns in which order, in which format and by which filter.

    Who is erased is in no export. `headings` names columns otherwise than the site does. With `named_only` nobody is in
    it who did not agree to stand in a list that others read. `filters` is what the list was narrowed to, without
    anybody's name.
    """

    seats: SeatQuerySet
    columns: tuple[str, ...]
    format: str
    headings: Mapping[str, str]
    filters: Mapping[str, str]
    named_only: bool = False


@transaction.atomic
def export_seats(export: Export, *, by: User, now: datetime) -> Iterator[Sequence[str]]:
    """Record who takes what, then return the rows, the headings first; they are read while they are written out.

    `now` is an aware datetime. The history keeps columns, format, filter and the number of rows, and nobody's data.
    """
    seats = export.seats.without_erased().select_related("registration", "session").order_by("pk")
    seats = seats.defer("verdict_data", "told")
    if OF_ATTENDANCE & set(export.columns):
        seats = seats.select_related("session__attendance_report").prefetch_related("attendances")
    if export.named_only:
        seats = seats.filter(registration__share_contact=True)
    facts = SeatsExportNoted(
        columns=export.columns,
        format=export.format,
        filters=dict(export.filters),
        named_only=export.named_only,
        rows=seats.count(),
    )
    log.record(Action.EXPORTED, at=now, by=by, facts=facts)
    return _rows(export, seats)


def _rows(export: Export, seats: "QuerySet[Seat]") -> Iterator[Sequence[str]]:
    columns = [COLUMNS[name] for name in export.columns]
    yield [export.headings.get(name) or str(COLUMNS[name].label) for name in export.columns]
    for seat in seats.iterator(chunk_size=AT_ONCE):
        yield [column.cell(seat) for column in columns]


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(BRUSSELS):%Y-%m-%d %H:%M}" if moment else ""


def _attended(seat: Seat) -> str:
    """Return whether somebody attended, or nothing where no report says so."""
    has_report = hasattr(seat.session, "attendance_report")
    return _yes_no(bool(seat.attendances.all())) if has_report else ""


def _minutes(seat: Seat) -> str:
    rows = list(seat.attendances.all())
    return str(minutes_there(rows, seat.session)) if rows else ""


def _yes_no(answer: bool) -> str:
    return str(_("yes") if answer else _("no"))

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
class ExportColumn:
    """One column of the file: what it is called, and what it says of a seat."""

    label: str | Promise
    cell: Callable[[Seat], str]


EXPORT_COLUMNS: dict[str, ExportColumn] = {
    "reference": ExportColumn(_("Reference"), lambda seat: seat.registration.reference),
    "title": ExportColumn(_("Title"), lambda seat: str(seat.registration.get_title_display())),
    "first_name": ExportColumn(_("First name"), lambda seat: seat.registration.first_name),
    "last_name": ExportColumn(_("Family name"), lambda seat: seat.registration.last_name),
    "email": ExportColumn(_("Email address"), lambda seat: seat.registration.email),
    "organisation": ExportColumn(_("Organisation"), lambda seat: seat.registration.organisation),
    "organisation_type": ExportColumn(
        _("Type of organisation"), lambda seat: str(seat.registration.get_organisation_type_display())
    ),
    "position": ExportColumn(_("Position"), lambda seat: seat.registration.position),
    "country_code": ExportColumn(_("Country code (EU)"), lambda seat: eu_code(seat.registration.country)),
    "country": ExportColumn(_("Country"), lambda seat: display_name(seat.registration.country)),
    "kind": ExportColumn(_("Kind"), lambda seat: str(seat.registration.get_kind_display())),
    "language": ExportColumn(_("Language"), lambda seat: seat.registration.language),
    "session": ExportColumn(_("Session"), lambda seat: str(seat.session)),
    "state": ExportColumn(_("State"), lambda seat: str(seat.get_state_display())),
    "verdict": ExportColumn(
        _("Verdict"), lambda seat: str(OUTCOMES[Outcome(seat.outcome)]) if seat.outcome else ""
    ),
    "flagged": ExportColumn(_("Flagged"), lambda seat: seat.flag if seat.is_flagged(timezone.now()) else ""),
    "judged_as_of": ExportColumn(
        _("Assessed as of"), lambda seat: seat.judged_as_of.isoformat() if seat.judged_as_of else ""
    ),
    "registered_at": ExportColumn(
        _("Registered (Brussels time)"), lambda seat: _moment(seat.registration.created_at)
    ),
    "decided_at": ExportColumn(_("Decided (Brussels time)"), lambda seat: _moment(seat.decided_at)),
    "reason_code": ExportColumn(_("Reason chosen"), lambda seat: str(seat.get_reason_code_display())),
    "reason": ExportColumn(_("Reason"), lambda seat: seat.reason),
    "joined_at": ExportColumn(_("Joined (Brussels time)"), lambda seat: _moment(seat.joined_at)),
    "attended": ExportColumn(_("Attended"), lambda seat: _attended(seat)),
    "minutes": ExportColumn(_("Minutes in the meeting"), lambda seat: _minutes(seat)),
    "question": ExportColumn(_("Question for the discussion"), lambda seat: seat.registration.question),
    "share_contact": ExportColumn(
        _("May be named to participants"), lambda seat: _yes_no(seat.registration.share_contact)
    ),
    "contact_me": ExportColumn(
        _("Wants to hear of cluster events"), lambda seat: _yes_no(seat.registration.contact_me)
    ),
}


@dataclass(frozen=True, slots=True)
class Export:
    """What is taken out: which seats, which columns in which order, in which format and by which filter.

    Who is erased is in no export. `headings` names columns otherwise than the site does. With `named_only` nobody is in
    it who did not agree to be in a list that others read. `filters` is what the list was narrowed to, without anybody's
    name.
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
    columns = [EXPORT_COLUMNS[name] for name in export.columns]
    yield [export.headings.get(name) or str(EXPORT_COLUMNS[name].label) for name in export.columns]
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

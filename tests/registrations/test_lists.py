"""Every list that staff bring is read alike, however a program wrote it: countries, people, addresses, attendance."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from eligibility import csvfiles
from registrations import services
from registrations.desk.attendance.forms import ReportForm
from registrations.desk.people.imports import PeopleForm
from registrations.meeting_reports.attendance import guess, read_report
from registrations.models import Seat, WebinarSession
from tests.registrations.factories import ENDS, STARTS, make_registration
from webinar_site.foundation.tables.uploads import ListText

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]
NAMES = ("ada", "bob", "cem")
MEETING = "https://own.webex.com/j.php?MTID="
TIMES = ("2020-04-28 10:30", "2020-04-28 12:30")


@dataclass(frozen=True)
class Found:
    """Who or what was read of a list, in order, and the lines that cannot be taken."""

    taken: tuple[str, ...]
    wrong: tuple[int, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of list: its headings, a row about each of NAMES that also says something freely, and who reads it."""

    headings: tuple[str, ...]
    row: Callable[[str, str], tuple[str, ...]]
    read: Callable[[str, WebinarSession], Found]


def read_countries(text: str, _session: WebinarSession) -> Found:
    """Read a corrigendum; where one line is wrong, none is taken."""
    try:
        return Found(tuple(entry.name for entry in csvfiles.read_csv(text)))
    except csvfiles.WrongLines as refusal:
        return Found((), tuple(wrong.line for wrong in refusal.lines))


def read_people(text: str, session: WebinarSession) -> Found:
    form = PeopleForm({"text": text, "language": "en"}, webinar=session.webinar)
    assert form.is_valid(), form.errors
    lines = form.cleaned_data["people"].lines
    taken = tuple(line.submission.email.partition("@")[0] for line in lines if line.submission)
    return Found(taken, tuple(line.number for line in lines if line.problems))


def read_addresses(text: str, session: WebinarSession) -> Found:
    for name in NAMES:
        make_registration(session.webinar, [session], email=f"{name}@example.org")
    Seat.objects.update(state="approved")
    lines = services.sessions.read_meeting_urls(text, most=100)
    report = services.sessions.check_meeting_urls(session.pk, lines).lines
    taken = tuple(line.line.url.removeprefix(MEETING) for line in report if line.seat_id)
    return Found(taken, tuple(line.line.number for line in report if line.problem))


def read_attendance(text: str, _session: WebinarSession) -> Found:
    form = ReportForm({"text": text})
    assert form.is_valid(), form.errors
    table = form.cleaned_data["table"]
    report = read_report(table, guess(table), (STARTS, ENDS))
    assert report.absent == ()
    return Found(tuple(each.name for each in report.attendees), tuple(row.line for row in report.wrong))


CODES = dict(zip(NAMES, ("BE", "DE", "FR"), strict=True))
KINDS = {
    "countries": Kind(("code", "note", "name"), lambda name, said: (CODES[name], said, name), read_countries),
    "people": Kind(
        ("Email address", "Organisation", "Family name", "organisation_type", "country", "sessions"),
        lambda name, said: (f"{name}@example.org", said, name, "sme", "BE", "1"),
        read_people,
    ),
    "addresses": Kind(
        ("Person", "Address"),
        lambda name, said: (f"{said} <{name}@example.org>", f"{MEETING}{name}"),
        read_addresses,
    ),
    "attendance": Kind(
        ("Name", "Company", "Attendee Email", "Join Time", "Leave Time"),
        lambda name, said: (name, said, f"{name}@example.org", *TIMES),
        read_attendance,
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def written(
    kind: Kind, *, said: str = "Nord", delimiter: str = ";", quote: str = "", again: bool = False
) -> str:
    """Write a list as a spreadsheet does; the row about bob says something else than Nord."""
    rows = [kind.headings, *(kind.row(name, said if name == "bob" else "Nord") for name in NAMES)]
    if again:
        rows.insert(2, kind.headings)
    needs_quotes = {delimiter, '"', "\n", *quote}
    lines = (
        delimiter.join(quoted(cell) if quote or needs_quotes & set(cell) else cell for cell in row)
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


GOOD: dict[str, Callable[[Kind], str]] = {
    "semicolons": written,
    "commas": lambda kind: written(kind, delimiter=","),
    "tabs": lambda kind: written(kind, delimiter="\t"),
    "CR and LF": lambda kind: written(kind).replace("\n", "\r\n"),
    "CR": lambda kind: written(kind).replace("\n", "\r"),
    "no line break at the end": lambda kind: written(kind).rstrip("\n"),
    "byte order mark": lambda kind: "\ufeff" + written(kind),
    "sep line": lambda kind: "sep=|\n" + written(kind, delimiter="|"),
    "sep line, CR and LF": lambda kind: ('"sep=;"\n' + written(kind)).replace("\n", "\r\n"),
    "every cell in quotation marks": lambda kind: written(kind, quote="all"),
    "doubled quotation marks": lambda kind: written(kind, said='Cluster "Nord"'),
    "doubled quotation marks around all": lambda kind: written(kind, said='"Nord"'),
    "separators in a cell": lambda kind: written(kind, said="Nord, Süd; Ost"),
    "line break in a cell": lambda kind: written(kind, said="Cluster\nNord"),
    "line breaks in a cell, CR and LF": lambda kind: written(kind, said="A\n\nB").replace("\n", "\r\n"),
    "line break in a cell with a separator": lambda kind: written(kind, said="Nord; Süd\nOst"),
    "line break at the end of a cell": lambda kind: written(kind, said="Nord\n"),
    "line break in a heading": lambda kind: written(kind).replace(
        kind.headings[0], quoted(f"{kind.headings[0]}\n"), 1
    ),
    "line break in a title": lambda kind: '"Our list\nof 2020"\n' + written(kind),
    "title": lambda kind: "Our list, as of May, 2020\n\n" + written(kind),
    "titles with separators": lambda kind: "Our list;;;\nof 2020;;;\n;;;\n" + written(kind),
    "separators at the end": lambda kind: written(kind).replace("\n", ";;\n"),
    "empty lines": lambda kind: "\n\n" + written(kind).replace("\n", "\n\n ; ;\n"),
    "headings again": lambda kind: written(kind, again=True),
    "end of file of DOS": lambda kind: written(kind) + "\x1a",
    "zero-width characters": lambda kind: written(kind).replace("example", "\u200bexample"),
}  # fmt: skip


@every_kind
@pytest.mark.parametrize("write", GOOD.values(), ids=GOOD)
def test_nothing_is_lost_however_a_list_is_written(kind: Kind, write: Callable[[Kind], str], session):
    text = ListText().clean(write(kind))

    assert kind.read(text, session) == Found(NAMES)


BAD: dict[str, Callable[[str], str]] = {
    "quotation mark never closed": lambda line: f'"{line}',
    "something behind a quotation mark": lambda line: f'"x"{line}',
    "quotation mark never opened": lambda line: f'{line}"',
    "cells too many": lambda line: f"{line};and;more",
    "NUL": lambda line: line.replace("bob", "bo\x00b", 1),
    "character that was lost": lambda line: line.replace("bob", "bo\ufffdb", 1),
    "error of a spreadsheet": lambda line: f"{line.rpartition(';')[0]};#REF!",
}


@every_kind
@pytest.mark.parametrize("damage", BAD.values(), ids=BAD)
def test_line_that_cannot_be_read_is_named_and_no_other(kind: Kind, damage: Callable[[str], str], session):
    line = ";".join(kind.row("bob", "Nord"))
    text = ListText().clean(written(kind).replace(line, damage(line)))

    found = kind.read(text, session)

    assert found.wrong == (3,)
    assert found.taken in ((), ("ada", "cem"))

"""Registrations as lines of a table, cleaned by the registration form itself, so that its checks can never differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from eligibility import countries
from registrations import services
from registrations.forms.people.list_vocabulary import (
    COUNTRY_CODE_COLUMN,
    LEFT_OUT,
    LIST_COLUMNS,
    NEEDED,
    ONLY_THE_PERSON,
    as_known,
    country_code_of,
    headings,
    language_codes,
    session_ids,
    spellings,
)
from registrations.forms.people.registration import RegistrationForm, offer_without_texts
from registrations.meeting_reports.headings import fold_heading
from registrations.models import OrganisationType, PersonTitle, Webinar, fold_search
from webinar_site.foundation.tables.flaws import flaw
from webinar_site.foundation.tables.reader import Row, Table

ONE_LINE = ("first_name", "last_name", "email", "organisation", "position")
LONGEST_SHOWN = 80
YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "ja", "j"})
NO = frozenset({"", "no", "n", "false", "0", "non", "nein"})


class LineForm(RegistrationForm):
    """The registration form for one line after the other, without what only the person may say (D-20)."""

    privacy_acknowledged = None  # type: ignore[assignment]  # how Django takes a field away
    share_contact = None  # type: ignore[assignment]
    contact_me = None  # type: ignore[assignment]
    access_needs = None  # type: ignore[assignment]

    def __init__(self, *, webinar: Webinar, now: datetime, language: str) -> None:
        """Prepare the form once for all lines of a list; `language` is that of the mails where a line names none."""
        super().__init__({}, offer=offer_without_texts(webinar), now=now)
        self.language, self.own_language = language, language
        self.all_sessions = tuple(webinar.sessions.all())
        self.titles, self.types = spellings(PersonTitle), spellings(OrganisationType)

    def clean(self) -> dict[str, Any]:
        """Return the answers, with nothing agreed to."""
        cleaned = super().clean() or {}
        return {**cleaned, "share_contact": False, "contact_me": False, "access_needs": ()}

    def read(self, line: Mapping[str, str]) -> None:
        """Clean what a line says, by the names of the fields; `errors` and `submission` are then about this line."""
        ask_review = fold_search(line.get("ask_review", ""))
        self.own_language = as_known(line.get("language", ""), language_codes()) or self.language
        self.data = {
            **line,
            **{name: " ".join(line[name].split()) for name in ONE_LINE if name in line},
            "email_asked": line.get("email", ""),  # nobody sits before a line who could answer
            "title": as_known(line.get("title", ""), self.titles),
            "organisation_type": as_known(line.get("organisation_type", ""), self.types),
            "country": country_code_of(line.get("country", "")),
            "sessions": list(session_ids(line.get("sessions", ""), self.all_sessions)),
            "ask_review": ask_review in YES,
        }
        self.full_clean()
        if ask_review not in YES | NO:
            self.add_error("ask_review", _("Write yes or no."))
        if self.own_language not in dict(settings.LANGUAGES):
            words = {"cell": self.own_language, "known": ", ".join(dict(settings.LANGUAGES))}
            self.add_error(None, _("“%(cell)s” is no language of our mails; there are: %(known)s.") % words)

    def submission(self) -> services.people.Submission:
        """Return what the line that was read last says, in the language of the mails."""
        return replace(super().submission(), language=self.own_language)

    def problems(self) -> tuple[str, ...]:
        """Return in the form's own words what is wrong with the line that was read last."""
        return tuple(
            _("%(field)s: %(problem)s") % {"field": self.fields[name].label, "problem": problem}
            if name in self.fields
            else str(problem)
            for name, found in self.errors.items()
            for problem in found
        )


@dataclass(frozen=True, slots=True)
class PeopleList:
    """What a table says of people: its lines, and the columns that are not taken over.

    `joined` are lines that name the person of an earlier one for another session, and are taken with it.
    """

    lines: tuple[services.people.ImportLine, ...]
    unknown: tuple[str, ...] = ()
    only_the_person: tuple[str, ...] = ()
    joined: tuple[int, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return every column that is not taken over."""
        return (*self.unknown, *self.only_the_person)


class WrongColumns(ValueError):
    """Tell which columns a list lacks, or has twice; the message is fit to be shown."""


def is_heading(cell: str) -> bool:
    """Return whether a cell is the name of a column of such a list."""
    return fold_heading(cell) in headings()


def read_people(table: Table, form: LineForm) -> PeopleList:
    """Return what a table's lines say, its columns named as the form's fields or our export's. Raises WrongColumns."""
    names = _names(table.headings)
    unknown = [
        heading
        for heading, name in zip(table.headings, names, strict=True)
        if name not in (*LIST_COLUMNS, *ONLY_THE_PERSON)
    ]
    unknown = [heading or _("a column without a heading") for heading in unknown]
    person = [name for name in names if name in ONLY_THE_PERSON]
    lines, joined = _one_each([(row, _said(row, names)) for row in table.rows])
    candidates = tuple(_candidate(row, line, form) for row, line in lines)
    return PeopleList(candidates, tuple(unknown), tuple(person), joined)


def _names(headings_of_table: Sequence[str]) -> list[str]:
    """Return which of our columns each column of a table is, "" or LEFT_OUT for none. Raises WrongColumns."""
    names = [headings().get(fold_heading(heading), "") for heading in headings_of_table]
    if "country" not in names:
        names = ["country" if name == COUNTRY_CODE_COLUMN else name for name in names]
    missing = [name for name in NEEDED if name not in names]
    counted = (*LIST_COLUMNS, *ONLY_THE_PERSON)
    twice = sorted({name for name in names if name in counted and names.count(name) > 1})
    if missing or twice:
        raise WrongColumns(_wrong_columns(missing, twice))
    return [LEFT_OUT if name == COUNTRY_CODE_COLUMN else name for name in names]


def _wrong_columns(missing: Sequence[str], twice: Sequence[str]) -> str:
    found = (
        (_("Missing columns: %(names)s."), missing),
        (_("Columns named twice: %(names)s."), twice),
        (_("The first line names the columns; there are: %(names)s."), LIST_COLUMNS),
    )
    return " ".join(sentence % {"names": ", ".join(names)} for sentence, names in found if names)


def _said(row: Row, names: Sequence[str]) -> dict[str, str]:
    """Return what a row says, by our columns; nothing where it cannot be trusted."""
    if row.problem:
        return {}
    return {name: cell for name, cell in zip(names, row.cells, strict=True) if name in LIST_COLUMNS}


def _one_each(
    lines: Sequence[tuple[Row, dict[str, str]]],
) -> tuple[list[tuple[Row, dict[str, str]]], tuple[int, ...]]:
    """Return lines with those joined that say the same of one person for different sessions, as our export has them."""
    kept: list[tuple[Row, dict[str, str]]] = []
    joined: list[int] = []
    first: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for row, line in lines:
        key = tuple((name, cell) for name, cell in line.items() if name != "sessions")
        before = first.setdefault(key, line) if line else line
        if before is line or line["sessions"] in before["sessions"].split("\n"):
            kept.append((row, line))
        else:
            before["sessions"] += f"\n{line['sessions']}"
            joined.append(row.line)
    return kept, tuple(joined)


def _candidate(row: Row, line: Mapping[str, str], form: LineForm) -> services.people.ImportLine:
    """Return what a row says, or what is wrong with it."""
    if row.problem:
        return services.people.ImportLine(
            row.line, " ".join(row.cells)[:LONGEST_SHOWN], problems=(row.problem,)
        )
    name = " ".join(filter(None, (line.get("first_name", ""), line["last_name"])))
    candidate = services.people.ImportLine(
        row.line,
        (line["email"] or name)[:LONGEST_SHOWN],
        name=name[:LONGEST_SHOWN],
        organisation=line["organisation"][:LONGEST_SHOWN],
        country=_shown_country(line["country"]),
    )
    if problem := flaw(line.values()):
        return replace(candidate, problems=(problem,))
    form.read(line)
    if form.errors:
        return replace(candidate, problems=form.problems())
    return replace(candidate, submission=form.submission())


def _shown_country(cell: str) -> str:
    code = country_code_of(cell)
    return countries.display_name(code) if code in countries.CODES else cell[:LONGEST_SHOWN]

"""Registrations as lines of a table, cleaned by the registration form itself, so that its checks can never differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import override

from eligibility import countries
from eligibility.rules import UnknownCountry
from registrations import services
from registrations.forms.registering import RegistrationForm
from registrations.models import OrganisationType, PersonTitle, Webinar, fold_search
from registrations.tables import Row, Table

NEEDED = ("last_name", "email", "organisation", "organisation_type", "country", "sessions")
COLUMNS = ("first_name", *NEEDED, "title", "position", "question", "ask_review")
ONLY_THE_PERSON = ("privacy_acknowledged", "share_contact", "contact_me", "access_needs")
SEPARATORS = re.compile(r"[\s,;/|&+]+")
NO_WORD = re.compile(r"[\W_]+")
YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "ja", "j"})
NO = frozenset({"", "no", "n", "false", "0", "non", "nein"})


class LineForm(RegistrationForm):
    """The registration form for one line after the other; what only the person may say is not among its fields."""

    privacy_acknowledged = None  # type: ignore[assignment]  # how Django takes a field away
    share_contact = None  # type: ignore[assignment]
    contact_me = None  # type: ignore[assignment]
    access_needs = None  # type: ignore[assignment]

    def __init__(self, *, webinar: Webinar, now: datetime, language: str) -> None:
        """Prepare the form once for all lines of a list; `language` is that of the mails."""
        super().__init__({}, webinar=webinar, now=now)
        self.language = language
        self.numbers = {str(session.number): str(session.pk) for session in webinar.sessions.all()}
        self.titles, self.types = _spellings(PersonTitle), _spellings(OrganisationType)
        self.countries = {fold_search(countries.display_name(code)): code for code in countries.CODES}

    def clean(self) -> dict[str, Any]:
        """Return the answers, with nothing agreed to."""
        cleaned = super().clean() or {}
        return {**cleaned, "share_contact": False, "contact_me": False, "access_needs": ()}

    def read(self, line: Mapping[str, str]) -> None:
        """Clean what a line says, by the names of the fields; `errors` and `submission` are then about this line."""
        ask_review = fold_search(line.get("ask_review", ""))
        self.data = {
            **line,
            "title": _as_known(line.get("title", ""), self.titles),
            "organisation_type": _as_known(line.get("organisation_type", ""), self.types),
            "country": self._country(line.get("country", "")),
            "sessions": [
                self.numbers.get(number, f"#{number}")
                for number in SEPARATORS.split(line.get("sessions", "").strip())
                if number
            ],
            "ask_review": ask_review in YES,
        }
        self.full_clean()
        if ask_review not in YES | NO:
            self.add_error("ask_review", _("Write yes or no."))

    def submission(self) -> services.Submission:
        """Return what the line that was read last says, in the language of the mails."""
        return replace(super().submission(), language=self.language)

    def _country(self, cell: str) -> str:
        """Return the code of a country by any of its codes and names, in English or the reader's language."""
        try:
            return countries.normalise(cell)
        except UnknownCountry:
            return _as_known(cell, self.countries)

    def problems(self) -> tuple[str, ...]:
        """Return in the form's own words what is wrong with the line that was read last."""
        return tuple(
            _("%(field)s: %(problem)s") % {"field": self.fields[name].label, "problem": problem}
            if name in self.fields
            else str(problem)
            for name, found in self.errors.items()
            for problem in found
        )


def _as_known(cell: str, spellings: Mapping[str, str]) -> str:
    """Return the value that a cell stands for, or what it says where it stands for none."""
    return spellings.get(fold_search(cell), cell)


def _spellings(kind: type[TextChoices]) -> dict[str, str]:
    """Return the values of a choice by what people may write: value or label, in English or the reader's language."""
    with override("en"):
        english = {fold_search(str(label)): value for value, label in kind.choices}
    own = {fold_search(str(label)): value for value, label in kind.choices}
    return english | own | {value: value for value in kind.values}


@dataclass(frozen=True, slots=True)
class People:
    """What a table says of people: its lines, and the columns that are not taken over."""

    lines: tuple[services.Candidate, ...]
    unknown: tuple[str, ...] = ()
    only_the_person: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return every column that is not taken over."""
        return (*self.unknown, *self.only_the_person)


class WrongColumns(ValueError):
    """Tell which columns a list lacks, or has twice; the message is fit to be shown."""


def read_people(table: Table, form: LineForm) -> People:
    """Return what a table's lines say, its columns named as the form's fields, in any order. Raises WrongColumns."""
    known = _known_headings(form)
    names = [known.get(_fold(heading), "") for heading in table.headings]
    missing = [name for name in NEEDED if name not in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if missing or twice:
        raise WrongColumns(_wrong_columns(missing, twice))
    unknown = [heading for heading, name in zip(table.headings, names, strict=True) if not name and heading]
    person = [name for name in names if name in ONLY_THE_PERSON]
    lines = tuple(_candidate(row, names, form) for row in table.rows)
    return People(lines, tuple(unknown), tuple(person))


def _known_headings(form: LineForm) -> dict[str, str]:
    """Return the columns that are known, by their folded names and labels."""
    labels = {_fold(str(form.fields[name].label)): name for name in COLUMNS}
    return labels | {_fold(name): name for name in (*COLUMNS, *ONLY_THE_PERSON)}


def _fold(heading: str) -> str:
    return NO_WORD.sub(" ", fold_search(heading)).strip()


def _wrong_columns(missing: Sequence[str], twice: Sequence[str]) -> str:
    found = (
        (_("Missing columns: %(names)s."), missing),
        (_("Columns named twice: %(names)s."), twice),
        (_("The first line names the columns; there are: %(names)s."), COLUMNS),
    )
    return " ".join(sentence % {"names": ", ".join(names)} for sentence, names in found if names)


def _candidate(row: Row, names: Sequence[str], form: LineForm) -> services.Candidate:
    """Return what a row says, or what is wrong with it."""
    if len(row.cells) != len(names):
        words = {"found": len(row.cells), "wanted": len(names)}
        problem = _("Cells in this line: %(found)d, columns in the first line: %(wanted)d.") % words
        return services.Candidate(row.line, " ".join(row.cells)[:80], problems=(problem,))
    line = {name: cell for name, cell in zip(names, row.cells, strict=True) if name in COLUMNS}
    form.read(line)
    who = line["email"] or f"{line.get('first_name', '')} {line['last_name']}".strip()
    if form.errors:
        return services.Candidate(row.line, who[:80], problems=form.problems())
    return services.Candidate(row.line, who[:80], form.submission())

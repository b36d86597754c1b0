"""What people write in lists of registrations for our columns and our choices, in any language of the site."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language_info

from eligibility import countries
from eligibility.rules import UnknownCountry
from registrations import services
from registrations.forms.people.registration import RegistrationForm
from registrations.meeting_reports.headings import fold_heading
from registrations.models import WebinarSession, fold_search

NEEDED = ("last_name", "email", "organisation", "organisation_type", "country", "sessions")
LIST_COLUMNS = ("first_name", *NEEDED, "title", "position", "question", "language", "ask_review")
ONLY_THE_PERSON = ("privacy_acknowledged", "share_contact", "contact_me", "access_needs")
LEFT_OUT = "left_out"  # a column of our own export that says nothing to be taken
COUNTRY_CODE_COLUMN = "country_code"
# How other programs, and our own list for WebEx, call what the form asks.
OTHER_NAMES = {
    "e mail": "email",
    "mail": "email",
    "e mail address": "email",
    "given name": "first_name",
    "surname": "last_name",
    "company": "organisation",
    "organization": "organisation",
    "session": "sessions",
}
SEPARATORS = re.compile(r"[\s,;/|&+]+")


@cache
def headings() -> Mapping[str, str]:
    """Return our columns by their folded names: those of the form, its labels, and the headings of our own export."""
    names = {name: name for name in (*LIST_COLUMNS, *ONLY_THE_PERSON, COUNTRY_CODE_COLUMN)}
    form = {
        name: field.label
        for name, field in RegistrationForm.base_fields.items()
        if name in names and field.label
    }
    exported: dict[str, str | Promise] = {
        name: column.label for name, column in services.reports.EXPORT_COLUMNS.items()
    }
    found = {
        heading: "sessions" if name == "session" else names.get(name, LEFT_OUT)
        for heading, name in in_all_languages(exported).items()
    }
    found |= in_all_languages(form)
    return found | OTHER_NAMES | {fold_heading(name): name for name in names}


def in_all_languages(labels: Mapping[str, str | Promise]) -> dict[str, str]:
    """Return values by their labels, folded, in every language of the site, its first before the others."""
    found: dict[str, str] = {}
    for language, _name in reversed(settings.LANGUAGES):
        with translation.override(language):
            found |= {fold_heading(str(label)): value for value, label in labels.items()}
    return found


def spellings(kind: type[TextChoices]) -> dict[str, str]:
    """Return the values of a choice by what people may write: value or label, in any language of the site."""
    values = {fold_heading(value): value for value in kind.values}
    return in_all_languages(dict(kind.choices)) | values


@cache
def language_codes() -> Mapping[str, str]:
    """Return the languages of our mails by code, by their English name and by their own."""
    codes = [code for code, _name in settings.LANGUAGES]
    names = {
        fold_heading(get_language_info(code)[key]): code for code in codes for key in ("name", "name_local")
    }
    return names | {code: code for code in codes}


def as_known(cell: str, known: Mapping[str, str]) -> str:
    """Return the value that a cell means, or what it says where it means none."""
    return known.get(fold_heading(cell), cell)


def country_code_of(cell: str) -> str:
    """Return the code of a country by any of its codes and names, or what a cell says where it names none."""
    try:
        return countries.normalise(cell)
    except UnknownCountry:
        return cell


def session_ids(cell: str, sessions: Sequence[WebinarSession]) -> Iterable[str]:
    """Yield the sessions that a cell names: each line is one as our export writes it, or numbers."""
    named = {fold_search(str(session)): str(session.pk) for session in sessions}
    numbers = {str(session.number): str(session.pk) for session in sessions}
    for line in map(fold_search, cell.splitlines()):
        if line in named:
            yield named[line]
        else:
            yield from (numbers.get(number, f"#{number}") for number in SEPARATORS.split(line) if number)

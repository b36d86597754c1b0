"""The country field: every country once, under the list that decides about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eligibility import countries, labels
from eligibility.records import Edition, Register, Treatment
from eligibility.rules import assess
from registrations import services
from registrations.models import Webinar, fold_search

CountryGroup = tuple[str, list[tuple[str, str]]]


class CountryChoices(BaseChoiceIterator):
    """Choices in the shape that fields keep them in, so that not every form brings 250 countries into it again."""

    def __init__(self, choices: Sequence[tuple[str, str] | CountryGroup]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[tuple[str, str] | CountryGroup]:
        return iter(self.choices)

    def __len__(self) -> int:
        return len(self.choices)


@dataclass(frozen=True, slots=True)
class CountryList:
    """Every country once, as the choices of a field and as the HTML of its options."""

    choices: CountryChoices
    html: SafeString


class CountrySelect(forms.Select):
    """The browser's own list; each country carries what the lists say, so a hint needs no request."""

    written = SafeString()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the list as it was written once for everybody, with the chosen country marked."""
        chosen = format_html('<option value="{}"', value or "")
        options = mark_safe(self.written.replace(chosen, f"{chosen} selected", 1))  # noqa: S308  # ours, see _country_list
        own = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", own, options)


@lru_cache(maxsize=8)
def outcomes(register: Register, on: date) -> Mapping[str, str]:
    """Return what the lists say about each country on a day, whatever the type of organisation."""
    return {code: assess(code, on, register).outcome.value for code in register.countries}


def assessment_day(webinar: Webinar, now: datetime) -> date:
    """Return the day whose lists decide about the first session to come of a webinar (prefetched), or its first one."""
    today = services.verdicts.brussels_day(now)
    sessions = sorted(webinar.sessions.all(), key=lambda session: not session.can_be_chosen(now))
    return services.verdicts.session_day(webinar, sessions[0], today=today) if sessions else today


def country_list(register: Register, on: date) -> CountryList:
    """Return every country to choose from, in the reader's language; worked out once per language and publication."""
    return _country_list(register, on, get_language())


@lru_cache(maxsize=128)
def _country_list(register: Register, on: date, _language: str | None) -> CountryList:
    groups = country_groups(register, on)
    nothing = ("", _("Select a country"))
    verdicts = outcomes(register, on)
    written = format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (
                title,
                format_html_join(
                    "",
                    '<option value="{}" data-outcome="{}">{}</option>',
                    ((code, verdicts[code], name) for code, name in members),
                ),
            )
            for title, members in groups
        ),
    )
    choices = CountryChoices([nothing, *groups])
    return CountryList(choices, format_html('<option value="{}">{}</option>{}', *nothing, written))


def country_groups(register: Register, on: date) -> list[CountryGroup]:
    """Return every country once, by its name in the reader's language, under the list that decides about it on a day.

    The lists are in the order of the rule in force; a country that two lists name is under the first.
    """
    rule = register.rule_on(on)
    found = [register.edition_on(list_key, on) for list_key in rule.lists] if rule else []
    editions = [edition for edition in found if edition]
    deciding = _deciding_editions(editions)
    groups: dict[str, list[tuple[str, str]]] = {labels.list_title(edition.title): [] for edition in editions}
    others = _("Other countries, on none of these lists") if editions else _("Countries")
    named = [(code, countries.display_name(code)) for code in register.countries]
    for code, name in sorted(named, key=lambda country: fold_search(country[1])):
        groups.setdefault(deciding.get(code, others), []).append((code, name))
    return [(title, members) for title, members in groups.items() if members]


def _deciding_editions(editions: Iterable[Edition]) -> dict[str, str]:
    """Return the title of the edition that admits a country, or else of the one that settles it as a territory."""
    admitting: dict[str, str] = {}
    settling: dict[str, str] = {}
    for edition in editions:
        title = labels.list_title(edition.title)
        for entry in edition.entries:
            if entry.treatment == Treatment.ADMITTED:
                admitting.setdefault(entry.code, title)
            elif entry.treatment != Treatment.ABSENT:
                settling.setdefault(entry.code, title)
    return settling | admitting


def country_hint() -> SafeString:
    """Return the hint of the country field, with the formulas that must be where the two countries are named."""
    notes = countries.footnotes(countries.CODES)
    return format_html(
        "<p>{}</p>{}",
        _("If you work for yourself, choose the country where you live."),
        format_html_join("", '<p class="small">{}</p>', ((note,) for note in notes)),
    )

"""Put together what holds on one day: the rule, its lists and every country's outcome, for the page and the data."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from eligibility import countries
from eligibility.records import ContentStatus, Edition, Entry, Register, Rule, Treatment
from eligibility.rules import Outcome, assess

FORMAT = 1


@dataclass(frozen=True, slots=True)
class CountryOnDay:
    """Hold one country's outcome; `editions` are the keys of the editions that decided it, none where none did."""

    code: str
    eu_code: str
    name: str
    outcome: Outcome
    editions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOnDay:
    """Hold one list the rule names and its edition in force, if any, entries by name and by what they do."""

    list_key: str
    edition: Edition | None
    admitted: tuple[Entry, ...]
    territories: tuple[Entry, ...]
    absent: tuple[Entry, ...]

    @property
    def has_agreements(self) -> bool:
        """Return whether dates of agreements mean anything on this list; what is not established is then said to be."""
        return any(entry.signed or entry.in_force or entry.attested for entry in self.admitted)


@dataclass(frozen=True, slots=True)
class Overview:
    """Hold what the rules say on one day; `publication` is the number of the newest publication, 0 for none."""

    on: date
    publication: int
    rule: Rule | None
    lists: tuple[ListOnDay, ...]
    countries: tuple[CountryOnDay, ...]

    @property
    def by_outcome(self) -> dict[Outcome, tuple[CountryOnDay, ...]]:
        """Return the countries under each outcome, those who may take part first."""
        return {
            outcome: tuple(country for country in self.countries if country.outcome == outcome)
            for outcome in Outcome
        }


def overview(register: Register, on: date) -> Overview:
    """Return what holds on a Brussels day, countries and entries in the order of their names."""
    rule = register.rule_on(on)
    documented = rule if rule and rule.status != ContentStatus.NOT_DOCUMENTED else None
    return Overview(
        on=on,
        publication=register.publication,
        rule=rule,
        lists=tuple(
            _list(key, register.edition_on(key, on)) for key in (documented.lists if documented else ())
        ),
        countries=tuple(_country(code, on, register) for code in countries.in_order(register.countries)),
    )


def _list(list_key: str, edition: Edition | None) -> ListOnDay:
    entries = {entry.code: entry for entry in edition.entries} if edition else {}
    in_order = [entries[code] for code in countries.in_order(entries)]
    others = (Treatment.ADMITTED, Treatment.ABSENT)
    return ListOnDay(
        list_key=list_key,
        edition=edition,
        admitted=tuple(entry for entry in in_order if entry.treatment == Treatment.ADMITTED),
        territories=tuple(entry for entry in in_order if entry.treatment not in others),
        absent=tuple(entry for entry in in_order if entry.treatment == Treatment.ABSENT),
    )


def _country(code: str, on: date, register: Register) -> CountryOnDay:
    verdict = assess(code, on, register)
    deciding = tuple(reference.edition for reference in (verdict.territory, verdict.entry) if reference)
    return CountryOnDay(
        code, countries.eu_code(code), countries.display_name(code), verdict.outcome, deciding
    )


def as_data(shown: Overview) -> dict[str, Any]:
    """Return an overview as data for Django's JSON encoder; `version` is the number of the newest publication."""
    return {
        "format": FORMAT,
        "version": shown.publication,
        "on": shown.on.isoformat(),
        "rule": asdict(shown.rule) if shown.rule else None,
        "lists": [
            {"list": listed.list_key, "edition": asdict(listed.edition) if listed.edition else None}
            for listed in shown.lists
        ],
        "countries": [asdict(country) for country in shown.countries],
        "footnotes": [asdict(footnote) for footnote in countries.footnotes(countries.CODES)],
    }

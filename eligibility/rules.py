"""Say who may take part on a day: pure rules over dated, sourced lists.

No database, clock, settings or Django here: records go in, a `Verdict` with its whole reasoning comes out.
"""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from eligibility.records import ContentStatus, Edition, Entry, Register, Rule, Source, Treatment


class UnknownCountry(ValueError):
    """Tell that a text is no country code or name this site knows."""


class Outcome(StrEnum):
    """Name what the rules say; `review` means that a person decides."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    REVIEW = "review"


class StepCode(StrEnum):
    """Name one step of the reasoning; `eligibility.explain` has a sentence for each."""

    NO_RULE = "no_rule"
    RULE_IN_FORCE = "rule_in_force"
    RULE_NOT_DOCUMENTED = "rule_not_documented"
    EDITION_IN_FORCE = "edition_in_force"
    NO_EDITION = "no_edition"
    LISTED = "listed"
    NOT_LISTED = "not_listed"
    ABSENT = "absent"
    TERRITORY_FOLLOWS = "territory_follows"
    TERRITORY_NOT_ELIGIBLE = "territory_not_eligible"
    TERRITORY_REVIEW = "territory_review"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class EntryRef:
    """Point to an entry: the key of its edition and the code of its country."""

    edition: str
    code: str


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one step of the reasoning as a code and JSON-able parameters: texts, days as YYYY-MM-DD, "" for none."""

    code: StepCode
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold what the rules say about one country on one day, and every step that led there.

    `editions` are the keys of all editions consulted, `entry` the deciding entry of a list, `territory` the entry
    that settled a territory; `publication` is the newest publication the verdict was made under.
    """

    outcome: Outcome
    country: str
    on: date
    publication: int
    rule: str
    editions: tuple[str, ...]
    entry: EntryRef | None
    territory: EntryRef | None
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON data, from which `from_json` makes an equal verdict."""
        return {
            **asdict(self),
            "on": self.on.isoformat(),
            "editions": list(self.editions),
            "steps": [asdict(s) for s in self.steps],
        }

    @property
    def list_key(self) -> str:
        """Return the list whose entry decided, "" where none did; a country of two lists counts on the one named here."""
        if self.entry is None:
            return ""
        listed = (step.params for step in self.steps if step.code == StepCode.LISTED)
        return next(params["list"] for params in listed if params["edition"] == self.entry.edition)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the verdict that `as_json` wrote."""
        return cls(
            outcome=Outcome(data["outcome"]),
            country=data["country"],
            on=date.fromisoformat(data["on"]),
            publication=data["publication"],
            rule=data["rule"],
            editions=tuple(data["editions"]),
            entry=EntryRef(**data["entry"]) if data["entry"] else None,
            territory=EntryRef(**data["territory"]) if data["territory"] else None,
            steps=tuple(Step(StepCode(step["code"]), dict(step["params"])) for step in data["steps"]),
        )


@dataclass(frozen=True, slots=True)
class _Finding:
    outcome: Outcome
    entry: EntryRef | None = None
    territory: EntryRef | None = None
    parent: str = ""
    steps: tuple[Step, ...] = ()


def assess(country: str, on: date, register: Register, organisation_type: str = "") -> Verdict:
    """Say whether an organisation established in a country may take part on a Brussels day, and why.

    `country` is an ISO code as `countries.normalise` gives it; anything else raises `UnknownCountry`.
    Without a documented rule, or with a list of it that has no edition in force, the outcome is `review` for every country.
    """
    if country not in register.countries:
        raise UnknownCountry(country)
    rule = register.rule_on(on)
    lists = _lists_in_force(rule, on, register)
    editions = tuple(edition for edition in lists.values() if edition)
    if rule is None or rule.status == ContentStatus.NOT_DOCUMENTED or len(editions) < len(lists):
        finding = _Finding(Outcome.REVIEW)
    else:
        finding = _apply_conditions(_look_up(country, editions), country, rule, organisation_type)
    return Verdict(
        outcome=finding.outcome,
        country=country,
        on=on,
        publication=register.publication,
        rule=rule.key if rule else "",
        editions=tuple(edition.key for edition in editions),
        entry=finding.entry,
        territory=finding.territory,
        steps=(*_rule_steps(rule), *_list_steps(lists), *finding.steps),
    )


def _lists_in_force(rule: Rule | None, on: date, register: Register) -> dict[str, Edition | None]:
    if rule is None or rule.status == ContentStatus.NOT_DOCUMENTED:
        return {}
    return {list_key: register.edition_on(list_key, on) for list_key in rule.lists}


def _rule_steps(rule: Rule | None) -> tuple[Step, ...]:
    if rule is None:
        return (Step(StepCode.NO_RULE, {}),)
    params = {"rule": rule.key, "status": rule.status.value, "wording": rule.wording}
    in_force_step = Step(StepCode.RULE_IN_FORCE, params | _dates(rule) | _source(rule.source))
    if rule.status == ContentStatus.NOT_DOCUMENTED:
        return (in_force_step, Step(StepCode.RULE_NOT_DOCUMENTED, {"rule": rule.key}))
    return (in_force_step,)


def _list_steps(lists: dict[str, Edition | None]) -> tuple[Step, ...]:
    return tuple(
        Step(StepCode.EDITION_IN_FORCE, _edition(edition) | _dates(edition) | _source(edition.source))
        if edition
        else Step(StepCode.NO_EDITION, {"list": list_key})
        for list_key, edition in lists.items()
    )


def _look_up(country: str, editions: tuple[Edition, ...]) -> _Finding:
    """Decide by the lists first; only a country no list admits is looked for among the territories."""
    finding = _by_lists(country, editions)
    if finding.outcome == Outcome.ELIGIBLE:
        return finding
    for edition in editions:
        entry = edition.entry(country)
        if entry and entry.treatment != Treatment.ABSENT:
            return _by_territory(entry, edition, editions)
    return finding


def _by_lists(country: str, editions: tuple[Edition, ...]) -> _Finding:
    found = [(edition, entry) for edition in editions if (entry := edition.entry(country))]
    admitting = [(edition, entry) for edition, entry in found if entry.treatment == Treatment.ADMITTED]
    if admitting:
        steps = tuple(Step(StepCode.LISTED, _entry(entry, edition)) for edition, entry in admitting)
        return _Finding(Outcome.ELIGIBLE, entry=EntryRef(admitting[0][0].key, country), steps=steps)
    absences = tuple(
        Step(StepCode.ABSENT, _entry(entry, edition))
        for edition, entry in found
        if entry.treatment == Treatment.ABSENT
    )
    return _Finding(Outcome.NOT_ELIGIBLE, steps=(Step(StepCode.NOT_LISTED, {"country": country}), *absences))


def _by_territory(entry: Entry, edition: Edition, editions: tuple[Edition, ...]) -> _Finding:
    reference = EntryRef(edition.key, entry.code)
    params = _entry(entry, edition)
    if entry.treatment == Treatment.FOLLOWS:
        parent = _by_lists(entry.parent, editions)
        steps = (Step(StepCode.TERRITORY_FOLLOWS, params), *parent.steps)
        return _Finding(parent.outcome, parent.entry, reference, entry.parent, steps)
    if entry.treatment == Treatment.NOT_ELIGIBLE:
        return _Finding(
            Outcome.NOT_ELIGIBLE, territory=reference, steps=(Step(StepCode.TERRITORY_NOT_ELIGIBLE, params),)
        )
    return _Finding(Outcome.REVIEW, territory=reference, steps=(Step(StepCode.TERRITORY_REVIEW, params),))


def _apply_conditions(finding: _Finding, country: str, rule: Rule, organisation_type: str) -> _Finding:
    codes = {country, finding.parent}
    steps = tuple(
        Step(StepCode.CONDITION, {"organisation_type": organisation_type, "reason": condition.reason})
        for condition in rule.conditions
        if organisation_type in condition.organisation_types
        and (not condition.countries or codes & set(condition.countries))
    )
    if not steps:
        return finding
    return _Finding(
        Outcome.REVIEW, finding.entry, finding.territory, finding.parent, (*finding.steps, *steps)
    )


def _edition(edition: Edition) -> dict[str, str]:
    return {
        "list": edition.list_key,
        "edition": edition.key,
        "title": edition.title,
        "confidence": edition.confidence.value,
    }


def _entry(entry: Entry, edition: Edition) -> dict[str, str]:
    return _edition(edition) | {
        "country": entry.code,
        "parent": entry.parent,
        "note": entry.note,
        "exclusions": entry.exclusions,
        "confidence": entry.confidence.value,
    }


def _dates(record: Rule | Edition) -> dict[str, str]:
    return {
        "starts": record.starts.isoformat() if record.starts else "",
        "ends": record.ends.isoformat() if record.ends else "",
    }


def _source(source: Source) -> dict[str, str]:
    return {"source": source.title, "url": source.url}

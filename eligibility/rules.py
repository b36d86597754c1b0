"""Say who may take part on a day: pure rules over dated, sourced lists.

No database, clock, settings or Django here: records go in, a `Verdict` with its whole reasoning comes out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from eligibility.records import (
    Condition,
    ContentStatus,
    Edition,
    Entry,
    Register,
    Rule,
    Source,
    Treatment,
)


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
    TERRITORY_DISPUTED = "territory_disputed"
    TERRITORY_CIRCLE = "territory_circle"
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
            "outcome": self.outcome,
            "country": self.country,
            "on": self.on.isoformat(),
            "publication": self.publication,
            "rule": self.rule,
            "editions": list(self.editions),
            "entry": self.entry and asdict(self.entry),
            "territory": self.territory and asdict(self.territory),
            "steps": [{"code": step.code, "params": dict(step.params)} for step in self.steps],
        }

    @property
    def list_key(self) -> str:
        """Return the list whose entry decided, "" where none did; a country of two lists counts on this one (D-13)."""
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
    followed: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


def assess(country: str, on: date, register: Register, organisation_type: str = "") -> Verdict:
    """Say whether an organisation established in a country may take part on a Brussels day, and why.

    `country` is an ISO code as `countries.normalise` gives it; anything else raises `UnknownCountry`. Without a
    documented rule, or with a list of it that has no edition in force, the outcome is `review` for every country (D-2).
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
    """Decide by the lists first; a country no list admits gets what is said of it as a territory.

    A territory that follows a state gets all that is found about that state, which may follow another one itself.
    """
    first: EntryRef | None = None
    steps: tuple[Step, ...] = ()
    followed: tuple[str, ...] = ()
    while True:
        finding, parent = _find(followed[-1] if followed else country, editions)
        first = first or finding.territory
        steps += finding.steps
        if not parent:
            return replace(finding, territory=first, followed=followed, steps=steps)
        if parent in (country, *followed):
            circle = Step(StepCode.TERRITORY_CIRCLE, {"country": parent})
            return _Finding(Outcome.REVIEW, None, first, followed, (*steps, circle))
        followed += (parent,)


def _find(code: str, editions: tuple[Edition, ...]) -> tuple[_Finding, str]:
    """Return what the lists say of one country, and the state it follows, whose finding then counts (D-4)."""
    finding = _by_lists(code, editions)
    if finding.outcome == Outcome.ELIGIBLE:
        return finding, ""
    settling = settling_entries(code, editions)
    if not settling:
        return finding, ""
    edition, entry = settling[0]
    if are_disputed(settling):
        reference = EntryRef(edition.key, code)
        steps = tuple(_by_territory(entry, edition).steps[0] for edition, entry in settling)
        disputed = Step(StepCode.TERRITORY_DISPUTED, {"country": code})
        return _Finding(Outcome.REVIEW, territory=reference, steps=(*steps, disputed)), ""
    return _by_territory(entry, edition), entry.parent if entry.treatment == Treatment.FOLLOWS else ""


def settling_entries(code: str, editions: Iterable[Edition]) -> list[tuple[Edition, Entry]]:
    """Return what these editions say of a territory, in their order; nothing of a country that one of them admits."""
    entries = [(edition, entry) for edition in editions if (entry := edition.entry(code))]
    if any(entry.treatment == Treatment.ADMITTED for _edition, entry in entries):
        return []
    return [(edition, entry) for edition, entry in entries if entry.treatment != Treatment.ABSENT]


def are_disputed(settling: Iterable[tuple[Edition, Entry]]) -> bool:
    """Return whether editions settle a territory differently, by what they say of it or by the state it follows."""
    said = {
        (entry.treatment, entry.parent if entry.treatment == Treatment.FOLLOWS else "")
        for _edition, entry in settling
    }
    return len(said) > 1


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


TERRITORY_STEPS = {
    Treatment.FOLLOWS: StepCode.TERRITORY_FOLLOWS,
    Treatment.NOT_ELIGIBLE: StepCode.TERRITORY_NOT_ELIGIBLE,
    Treatment.REVIEW: StepCode.TERRITORY_REVIEW,
}


def _by_territory(entry: Entry, edition: Edition) -> _Finding:
    """Return what an entry settles by itself; where it follows a state, only that it does."""
    is_refused = entry.treatment == Treatment.NOT_ELIGIBLE
    return _Finding(
        Outcome.NOT_ELIGIBLE if is_refused else Outcome.REVIEW,
        territory=EntryRef(edition.key, entry.code),
        steps=(Step(TERRITORY_STEPS[entry.treatment], _entry(entry, edition)),),
    )


def _apply_conditions(finding: _Finding, country: str, rule: Rule, organisation_type: str) -> _Finding:
    """Let a person decide where a condition applies; one that names a state binds the territories that follow it."""
    steps = tuple(
        Step(StepCode.CONDITION, {"organisation_type": organisation_type, "reason": condition.reason} | state)
        for condition in rule.conditions
        if organisation_type in condition.organisation_types
        for state in _bound(condition, country, finding.followed)
    )
    if not steps:
        return finding
    return replace(finding, outcome=Outcome.REVIEW, steps=(*finding.steps, *steps))


def _bound(condition: Condition, country: str, followed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield once, where a condition holds for a country: nothing else, or which state that it follows is named."""
    if not condition.countries or country in condition.countries:
        yield {}
    elif state := next((state for state in followed if state in condition.countries), ""):
        yield {"state": state}


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

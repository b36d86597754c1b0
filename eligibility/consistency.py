"""Find what contradicts itself in editions and rules: one test, for the data files and for a publication."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from django.utils.translation import gettext as _

from eligibility.countries import display_name
from eligibility.labels import label
from eligibility.records import ContentStatus, Edition, Entry, Register, Rule, Treatment, circles
from eligibility.rules import are_disputed, settling_entries
from webinar_site.foundation.days import day_in_words


class ProblemCode(StrEnum):
    """Name what is wrong; the values are the identifiers that `manage.py check` prints."""

    UNKNOWN_CODE = "eligibility.E001"
    SAME_START = "eligibility.E002"
    CORRECTS_NOTHING = "eligibility.E003"
    NO_SOURCE = "eligibility.E004"
    UNKNOWN_LIST = "eligibility.E005"
    CODE_TWICE = "eligibility.E006"
    KEY_TWICE = "eligibility.E007"
    NOTHING_LISTED = "eligibility.E008"
    UNFOUNDED_TREATMENT = "eligibility.E009"
    ENDS_BEFORE_START = "eligibility.E010"
    UNREADABLE = "eligibility.E011"
    STARTS_TOO_EARLY = "eligibility.E012"
    FOLLOWS_IN_A_CIRCLE = "eligibility.E013"


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold one contradiction: what kind, and a sentence that names the rows."""

    code: ProblemCode
    message: str


EditionOrRule = TypeVar("EditionOrRule", Edition, Rule)


def problems(
    editions: tuple[Edition, ...], rules: tuple[Rule, ...], countries: frozenset[str]
) -> tuple[Problem, ...]:
    """Return every contradiction among these editions and rules; `countries` are the codes there are."""
    return (
        *_dated_problems(editions),
        *_dated_problems(rules),
        *(problem for edition in editions for problem in _entry_problems(edition, countries)),
        *(problem for rule in rules for problem in _rule_problems(rule, editions, countries)),
        *_circles_of_lists(editions, rules),
    )


def lost_lists(before: Register, after: Register) -> tuple[str, ...]:
    """Return a sentence for each list that a rule had on some day in `before` and has no longer in `after`."""
    lost: dict[tuple[str, str], date] = {}
    for day in _turning_days(before, after):
        rule = after.rule_on(day)
        if rule is None:
            continue
        for list_key in rule.lists:
            if before.edition_on(list_key, day) and not after.edition_on(list_key, day):
                lost.setdefault((rule.key, list_key), day)
    return tuple(
        _("Rule %(rule)s would be without the list %(list)s from %(day)s on.")
        % {"rule": rule_key, "list": list_key, "day": day_in_words(day)}
        for (rule_key, list_key), day in lost.items()
    )


def lists_not_in_force(rules: tuple[Rule, ...], after: Register) -> tuple[str, ...]:
    """Return a sentence for each list that one of these rules in `after` names and lacks on its first day (D-2)."""
    return tuple(
        _("Rule %(rule)s starts on %(day)s, when no edition of the list %(list)s is in force.")
        % {"rule": rule.key, "list": list_key, "day": day_in_words(rule.starts)}
        for rule in rules
        if rule.starts and rule.status != ContentStatus.NOT_DOCUMENTED and rule in after.rules
        for list_key in rule.lists
        if any(edition.list_key == list_key for edition in after.editions)
        and not after.edition_on(list_key, rule.starts)
    )


def disputes(before: Register, after: Register) -> tuple[str, ...]:
    """Return a sentence for each territory that lists of one rule settle differently in `after`, and not in `before`.

    That is no contradiction: a person decides about it. Whoever drafts has to know (D-4).
    """
    known = _disputed(before)
    return tuple(
        _("%(what)s. These lists do not say the same, so from %(day)s on a person decides about %(country)s.")
        % {
            "what": "; ".join(_said(edition_key, entry) for edition_key, entry in said),
            "day": day_in_words(day),
            "country": display_name(code),
        }
        for (code, said), day in _disputed(after).items()
        if (code, said) not in known
    )


def _disputed(register: Register) -> dict[tuple[str, tuple[tuple[str, Entry], ...]], date]:
    """Return each territory in dispute with what which edition says of it, and the first day on which it is."""
    found: dict[tuple[str, tuple[tuple[str, Entry], ...]], date] = {}
    for day, editions in _lists_by_day(register):
        for code in sorted({entry.code for edition in editions for entry in edition.entries}):
            settling = settling_entries(code, editions)
            if are_disputed(settling):
                said = tuple((edition.key, entry) for edition, entry in settling)
                found.setdefault((code, said), day)
    return found


def _said(edition_key: str, entry: Entry) -> str:
    words = {
        "country": display_name(entry.code),
        "edition": edition_key,
        "what": label(entry.treatment),
    }
    if entry.treatment == Treatment.FOLLOWS:
        words["what"] = _("treated as %(state)s is") % {"state": display_name(entry.parent)}
    return _("%(country)s in %(edition)s: %(what)s") % words


def _lists_by_day(register: Register) -> Iterator[tuple[date, tuple[Edition, ...]]]:
    """Yield each day on which anything begins or has ended, with the editions in force that the rule then names."""
    for day in _turning_days(register):
        rule = register.rule_on(day)
        in_force = [register.edition_on(list_key, day) for list_key in rule.lists] if rule else []
        yield day, tuple(edition for edition in in_force if edition)


def _circles_of_lists(editions: tuple[Edition, ...], rules: tuple[Rule, ...]) -> Iterator[Problem]:
    """Find territories that follow each other in a circle by several lists together, once each."""
    alone = {circle for edition in editions for circle in circles(_follows([edition]))}
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], None] = {}
    for audience in sorted({rule.audience for rule in rules}):
        of_audience = tuple(rule for rule in rules if rule.audience == audience)
        for _day, in_force in _lists_by_day(Register(0, editions, of_audience, frozenset())):
            for circle in circles(_follows(in_force)):
                keys = [edition.key for edition in in_force if not set(circle).isdisjoint(_codes(edition))]
                found |= {(circle, tuple(keys)): None} if circle not in alone else {}
    for circle, edition_keys in found:
        yield _circle(circle, edition_keys)


def _follows(editions: Iterable[Edition]) -> Iterator[tuple[str, str]]:
    """Yield each territory that follows a state, with that state, as the rules look for it among these editions."""
    editions = tuple(editions)
    admitted = {
        entry.code
        for edition in editions
        for entry in edition.entries
        if entry.treatment == Treatment.ADMITTED
    }
    for edition in editions:
        for entry in edition.entries:
            if entry.treatment == Treatment.FOLLOWS and entry.code not in admitted:
                yield entry.code, entry.parent


def _codes(edition: Edition) -> set[str]:
    return {entry.code for entry in edition.entries if entry.treatment == Treatment.FOLLOWS}


def _circle(circle: tuple[str, ...], edition_keys: tuple[str, ...]) -> Problem:
    words = {"codes": ", ".join(circle), "edition": ", ".join(edition_keys)}
    if len(circle) == 1:
        message = _("%(codes)s in %(edition)s follows itself.") % words
    else:
        message = _("%(codes)s in %(edition)s follow each other in a circle.") % words
    return Problem(ProblemCode.FOLLOWS_IN_A_CIRCLE, message)


def _turning_days(*registers: Register) -> list[date]:
    records: list[Edition | Rule] = []
    for register in registers:
        records += (*register.editions, *register.rules)
    starts = {record.starts or date.min for record in records}
    after_ends = {
        record.ends + timedelta(days=1) for record in records if record.ends and record.ends < date.max
    }
    return sorted(starts | after_ends)


def _dated_problems(records: tuple[EditionOrRule, ...]) -> Iterator[Problem]:
    yield from _key_problems(records)
    yield from _correction_problems(records)
    for record in records:
        if not record.source.title:
            yield Problem(ProblemCode.NO_SOURCE, _("%(key)s names no source.") % {"key": record.key})
        if record.ends and record.starts and record.ends < record.starts:
            yield Problem(
                ProblemCode.ENDS_BEFORE_START, _("%(key)s ends before it starts.") % {"key": record.key}
            )


def _series(record: Edition | Rule) -> str:
    return record.list_key if isinstance(record, Edition) else record.audience


def _key_problems(records: tuple[EditionOrRule, ...]) -> Iterator[Problem]:
    counts = Counter(record.key for record in records)
    for key in sorted(key for key, count in counts.items() if count > 1):
        yield Problem(ProblemCode.KEY_TWICE, _("The key %(key)s is used twice.") % {"key": key})


def why_too_early(key: str, starts: date | None, corrected: Edition | Rule) -> str:
    """Return why a correction cannot start on a day (None: from the beginning), or "" where it can (D-3).

    It would do nothing: of two editions the one that starts later is in force.
    """
    if corrected.starts is None or (starts or date.min) >= corrected.starts:
        return ""
    words = {"key": key, "corrected": corrected.key, "first": day_in_words(corrected.starts)}
    return _("%(key)s starts before %(corrected)s, which it corrects and which starts on %(first)s.") % words


def _correction_problems(records: tuple[EditionOrRule, ...]) -> Iterator[Problem]:
    known = {(_series(record), record.key): record for record in records}
    for record in records:
        if record.corrects and (_series(record), record.corrects) not in known:
            yield Problem(
                ProblemCode.CORRECTS_NOTHING,
                _("%(key)s corrects %(corrected)s, which is not there.")
                % {"key": record.key, "corrected": record.corrects},
            )
    try:
        tuple(TopologicalSorter({record.key: {record.corrects} for record in records}).static_order())
    except CycleError as error:
        keys = ", ".join(sorted(set(error.args[1])))
        yield Problem(ProblemCode.CORRECTS_NOTHING, _("%(keys)s correct each other.") % {"keys": keys})
    else:  # of two that correct each other one always starts first
        for record in records:
            corrected = known.get((_series(record), record.corrects))
            if corrected and (why := why_too_early(record.key, record.starts, corrected)):
                yield Problem(ProblemCode.STARTS_TOO_EARLY, why)
    yield from _same_start_problems(records)


def _same_start_problems(records: tuple[EditionOrRule, ...]) -> Iterator[Problem]:
    """Find records of one list or audience and one first day that are not one chain of corrections."""
    groups: dict[tuple[str, date], list[EditionOrRule]] = defaultdict(list)
    for record in records:
        groups[_series(record), record.starts or date.min].append(record)
    for group in groups.values():
        corrected = {record.corrects for record in group}
        if len([record for record in group if record.key not in corrected]) > 1:
            yield Problem(
                ProblemCode.SAME_START,
                _("%(keys)s start on the same day and neither corrects the other.")
                % {"keys": ", ".join(record.key for record in group)},
            )


def _entry_problems(edition: Edition, countries: frozenset[str]) -> Iterator[Problem]:
    if not edition.entries:
        yield Problem(
            ProblemCode.NOTHING_LISTED, _("%(edition)s lists no country.") % {"edition": edition.key}
        )
    counts = Counter(entry.code for entry in edition.entries)
    for code in sorted(code for code, count in counts.items() if count > 1):
        yield Problem(
            ProblemCode.CODE_TWICE,
            _("%(edition)s covers %(code)s twice.") % {"edition": edition.key, "code": code},
        )
    for circle in circles(_follows([edition])):
        yield _circle(circle, (edition.key,))
    for entry in edition.entries:
        for code in (entry.code, entry.parent):
            if code and code not in countries:
                yield _unknown_code(edition.key, code)
        yield from _treatment_problems(edition, entry)


def _treatment_problems(edition: Edition, entry: Entry) -> Iterator[Problem]:
    words = {"edition": edition.key, "code": entry.code}
    if entry.treatment == Treatment.FOLLOWS and not entry.parent:
        yield Problem(ProblemCode.UNFOUNDED_TREATMENT, _("%(code)s in %(edition)s follows no state.") % words)
    if entry.treatment != Treatment.ADMITTED and not entry.note:
        yield Problem(ProblemCode.UNFOUNDED_TREATMENT, _("%(code)s in %(edition)s gives no reason.") % words)


def _rule_problems(rule: Rule, editions: tuple[Edition, ...], countries: frozenset[str]) -> Iterator[Problem]:
    if rule.status != ContentStatus.NOT_DOCUMENTED and not rule.lists:
        yield Problem(ProblemCode.NOTHING_LISTED, _("Rule %(rule)s names no list.") % {"rule": rule.key})
    known = {edition.list_key for edition in editions}
    for list_key in rule.lists:
        if list_key not in known:
            yield Problem(
                ProblemCode.UNKNOWN_LIST,
                _("Rule %(rule)s names the list %(list)s, which has no edition.")
                % {"rule": rule.key, "list": list_key},
            )
    for code in sorted({code for condition in rule.conditions for code in condition.countries} - countries):
        yield _unknown_code(rule.key, code)


def _unknown_code(key: str, code: str) -> Problem:
    return Problem(
        ProblemCode.UNKNOWN_CODE,
        _("%(key)s names %(code)s, which is no country code.") % {"key": key, "code": code},
    )

"""Who may take part, read again from the words of `eligibility/DECISIONS.md` and written in another way than the rules.

Where this reader and `eligibility.rules` differ, one of them is wrong.
"""

from collections.abc import Iterable
from datetime import date

from eligibility.records import Condition, Edition, Rule


def reads(
    code: str, on: date, rules: Iterable[Rule], editions: Iterable[Edition], organisation_type: str
) -> tuple[str, str]:
    """Return the outcome for a country on a day, and the key of the edition whose entry decided, "" for none."""
    rule = _holding(rules, on)
    if rule is None:
        return "review", ""
    held = [_holding((one for one in editions if one.list_key == name), on) for name in rule.lists]
    if None in held:
        return "review", ""
    outcome, decided_by, line = _finding(code, [one for one in held if one], [code])
    if any(_binds(condition, line, organisation_type) for condition in rule.conditions):
        outcome = "review"
    return outcome, decided_by


def _holding(records, on: date):
    """Return the record that began last up to a day, the last published of those, unless it has ended by then."""
    last = None
    for record in records:
        begun = record.starts or date.min
        if begun <= on and (last is None or begun >= (last.starts or date.min)):
            last = record
    return None if last and last.ends and last.ends < on else last


def _finding(code: str, held: list[Edition], line: list[str]) -> tuple[str, str, list[str]]:
    said = [(edition.key, entry) for edition in held for entry in edition.entries if entry.code == code]
    for key, entry in said:
        if entry.treatment == "admitted":
            return "eligible", key, line
    opinions = {
        (entry.treatment.value, entry.parent if entry.treatment == "follows" else None)
        for _key, entry in said
        if entry.treatment != "absent"
    }
    if not opinions:
        return "not_eligible", "", line
    if len(opinions) > 1:
        return "review", "", line
    ((treatment, parent),) = opinions
    if treatment != "follows":
        return treatment, "", line
    if parent in line:
        return "review", "", line
    return _finding(parent, held, [*line, parent])


def _binds(condition: Condition, line: list[str], organisation_type: str) -> bool:
    if organisation_type not in condition.organisation_types:
        return False
    return not condition.countries or any(code in condition.countries for code in line)

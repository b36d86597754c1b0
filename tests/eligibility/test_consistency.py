"""What contradicts itself in editions and rules."""

from datetime import date

import pytest

from eligibility.consistency import (
    Problem,
    ProblemCode,
    disputes,
    lists_not_in_force,
    lost_lists,
    problems,
)
from eligibility.countries import CODES
from eligibility.records import ContentStatus, Edition, Source, Treatment
from tests.eligibility.factories import condition, edition, entry, register, rule, territory

LATER = date(2020, 4, 27)
DAY_AFTER = date(2020, 4, 28)
NO_SOURCE = Source("")


def without_source(key: str) -> Edition:
    made = edition(key, "BE")
    return Edition(made.list_key, made.key, made.title, made.starts, NO_SOURCE, entries=made.entries)


CASES = {
    "unknown code": (
        [edition("E", "BE", "ZZ")],
        Problem(ProblemCode.UNKNOWN_CODE, "E names ZZ, which is no country code."),
    ),
    "lower-case code": (
        [edition("E", "be")],
        Problem(ProblemCode.UNKNOWN_CODE, "E names be, which is no country code."),
    ),
    "unknown state of a territory": (
        [edition("E", territory("GP", Treatment.FOLLOWS, "ZZ"))],
        Problem(ProblemCode.UNKNOWN_CODE, "E names ZZ, which is no country code."),
    ),
    "unknown code in a condition": (
        [edition("E", "BE"), rule("R", conditions=(condition("ngo", countries=("ZZ",)),))],
        Problem(ProblemCode.UNKNOWN_CODE, "R names ZZ, which is no country code."),
    ),
    "two editions of one day": (
        [edition("A", "BE"), edition("B", "BE")],
        Problem(ProblemCode.SAME_START, "A, B start on the same day and neither corrects the other."),
    ),
    "two corrections of one edition on its day": (
        [edition("A", "BE"), edition("B", "BE", corrects="A"), edition("C", "BE", corrects="A")],
        Problem(ProblemCode.SAME_START, "A, B, C start on the same day and neither corrects the other."),
    ),
    "two rules from the beginning": (
        [edition("E", "BE"), rule("R"), rule("S")],
        Problem(ProblemCode.SAME_START, "R, S start on the same day and neither corrects the other."),
    ),
    "a correction of nothing": (
        [edition("E", "BE", corrects="GONE")],
        Problem(ProblemCode.CORRECTS_NOTHING, "E corrects GONE, which is not there."),
    ),
    "a correction of another list": (
        [edition("E", "BE", corrects="F"), edition("F", "BE", list_key="OTHER")],
        Problem(ProblemCode.CORRECTS_NOTHING, "E corrects F, which is not there."),
    ),
    "two that correct each other": (
        [edition("A", "BE", corrects="B"), edition("B", "BE", corrects="A", starts=LATER)],
        Problem(ProblemCode.CORRECTS_NOTHING, "A, B correct each other."),
    ),
    "an edition without source": (
        [without_source("E")],
        Problem(ProblemCode.NO_SOURCE, "E names no source."),
    ),
    "a rule without source": (
        [edition("E", "BE"), rule("R", source=NO_SOURCE)],
        Problem(ProblemCode.NO_SOURCE, "R names no source."),
    ),
    "a rule that names an unknown list": (
        [edition("E", "BE"), rule("R", "LIST", "NOWHERE")],
        Problem(ProblemCode.UNKNOWN_LIST, "Rule R names the list NOWHERE, which has no edition."),
    ),
    "a documented rule without lists": (
        [edition("E", "BE"), rule("R", lists=())],
        Problem(ProblemCode.NOTHING_LISTED, "Rule R names no list."),
    ),
    "an edition without countries": (
        [edition("E")],
        Problem(ProblemCode.NOTHING_LISTED, "E lists no country."),
    ),
    "a code twice": (
        [edition("E", "BE", "FR", entry("BE", treatment=Treatment.ABSENT, note="Absent."))],
        Problem(ProblemCode.CODE_TWICE, "E covers BE twice."),
    ),
    "a key twice": (
        [edition("E", "BE"), edition("E", "BE", starts=LATER)],
        Problem(ProblemCode.KEY_TWICE, "The key E is used twice."),
    ),
    "a territory that follows nobody": (
        [edition("E", territory("GP", Treatment.FOLLOWS))],
        Problem(ProblemCode.UNFOUNDED_TREATMENT, "GP in E follows no state."),
    ),
    "a refusal without reason": (
        [edition("E", entry("FO", treatment=Treatment.NOT_ELIGIBLE))],
        Problem(ProblemCode.UNFOUNDED_TREATMENT, "FO in E gives no reason."),
    ),
    "a territory that follows itself": (
        [edition("E", territory("GP", Treatment.FOLLOWS, "GP"))],
        Problem(ProblemCode.FOLLOWS_IN_A_CIRCLE, "GP in E follows itself."),
    ),
    "territories in a circle": (
        [
            edition(
                "E",
                territory("GP", Treatment.FOLLOWS, "MQ"),
                territory("MQ", Treatment.FOLLOWS, "RE"),
                territory("RE", Treatment.FOLLOWS, "MQ"),
            )
        ],
        Problem(ProblemCode.FOLLOWS_IN_A_CIRCLE, "MQ, RE in E follow each other in a circle."),
    ),
    "territories in a circle through two lists of a rule": (
        [
            rule("R", "LIST", "OTHER"),
            edition("E", territory("GP", Treatment.FOLLOWS, "MQ")),
            edition("F", territory("MQ", Treatment.FOLLOWS, "GP"), list_key="OTHER"),
            edition("G", territory("MQ", Treatment.REVIEW), list_key="OTHER", starts=LATER),
        ],
        Problem(ProblemCode.FOLLOWS_IN_A_CIRCLE, "GP, MQ in E, F follow each other in a circle."),
    ),
    "a correction that starts before what it corrects": (
        [edition("A", "BE", starts=LATER), edition("B", "BE", corrects="A", starts=date(2020, 4, 26))],
        Problem(
            ProblemCode.STARTS_TOO_EARLY,
            "B starts before A, which it corrects and which starts on 27 April 2020.",
        ),
    ),
    "a correction of a rule that starts from the beginning": (
        [edition("E", "BE"), rule("R", starts=LATER), rule("S", corrects="R")],
        Problem(
            ProblemCode.STARTS_TOO_EARLY,
            "S starts before R, which it corrects and which starts on 27 April 2020.",
        ),
    ),
    "an end before the start": (
        [edition("E", "BE", starts=LATER, ends=date(2020, 4, 26))],
        Problem(ProblemCode.ENDS_BEFORE_START, "E ends before it starts."),
    ),
}


@pytest.mark.parametrize(("records", "problem"), CASES.values(), ids=CASES)
def test_problems_finds_each_contradiction(records, problem):
    given = register(*records)

    assert problems(given.editions, given.rules, CODES) == (problem,)


SOUND = {
    "a correction of the same day": [edition("A", "BE"), edition("B", "BE", corrects="A")],
    "a correction of a correction": [
        edition("A", "BE"),
        edition("B", "BE", corrects="A"),
        edition("C", "BE", corrects="B"),
    ],
    "a correction of a rule from the beginning": [
        edition("E", "BE"),
        rule("R"),
        rule("S", starts=LATER, corrects="R"),
    ],
    "a chain of territories": [
        edition("E", "FR", territory("GP", Treatment.FOLLOWS, "MQ"), territory("MQ", Treatment.FOLLOWS, "FR"))
    ],
    "what would be a circle through two lists, but that one of them admits a state": [
        rule("R", "LIST", "OTHER"),
        edition("E", "MQ", territory("GP", Treatment.FOLLOWS, "MQ")),
        edition("F", territory("MQ", Treatment.FOLLOWS, "GP"), list_key="OTHER"),
    ],
    "what would be a circle through two lists that are never in force together": [
        rule("R", "LIST", "OTHER"),
        edition("E", territory("GP", Treatment.FOLLOWS, "MQ"), ends=date(2020, 4, 26)),
        edition("F", territory("MQ", Treatment.FOLLOWS, "GP"), list_key="OTHER", starts=LATER),
    ],
    "two lists of one day": [edition("A", "BE"), edition("B", "BE", list_key="OTHER")],
    "an undocumented rule without lists": [rule("R", lists=(), status=ContentStatus.NOT_DOCUMENTED)],
    "rules of two audiences of one day": [edition("E", "BE"), rule("R"), rule("S", audience="another")],
}


@pytest.mark.parametrize("records", SOUND.values(), ids=SOUND)
def test_problems_finds_nothing_in(records):
    given = register(*records)

    assert problems(given.editions, given.rules, CODES) == ()


ALWAYS = edition("E", "BE")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([ALWAYS], ()),
        ([ALWAYS, edition("F", "BE", starts=LATER, ends=date(9999, 12, 31))], ()),
        (
            [ALWAYS, edition("F", "BE", starts=LATER, ends=date(2020, 4, 30))],
            ("Rule RULE would be without the list LIST from 1 May 2020 on.",),
        ),
    ],
    ids=["unchanged", "a correction without a gap", "a correction that ends"],
)
def test_lost_lists_names_the_first_day_without_a_list(after, expected):
    before = register(rule(), ALWAYS)

    assert lost_lists(before, register(rule(), *after)) == expected


def test_disputes_names_what_two_lists_of_a_rule_settle_differently_and_from_which_day():
    first = edition("E", "FR", territory("GP", Treatment.FOLLOWS, "FR"), territory("FO", Treatment.REVIEW))
    other = edition(
        "F",
        territory("GP", Treatment.NOT_ELIGIBLE),
        territory("FO", Treatment.REVIEW),
        territory("FR", Treatment.REVIEW),
        list_key="OTHER",
        starts=LATER,
    )
    both = rule("R", "LIST", "OTHER")

    assert disputes(register(both, first), register(both, first, other)) == (
        "Guadeloupe in E: treated as France is; Guadeloupe in F: may not take part. These lists do not say the same, "
        "so from 27 April 2020 on a person decides about Guadeloupe.",
    )
    assert disputes(register(both, first, other), register(both, first, other)) == ()
    assert disputes(register(rule(), first), register(rule(), first, other)) == ()


def test_lost_lists_does_not_complain_of_a_gap_that_was_there_before():
    ended = edition("E", "BE", ends=date(2020, 4, 30))

    assert (
        lost_lists(register(rule(), ended), register(rule(), ended, edition("F", "BE", list_key="G"))) == ()
    )


def test_lost_lists_asks_nothing_of_the_days_before_the_first_rule():
    from_later = rule(starts=LATER)

    assert lost_lists(register(from_later, ALWAYS), register(from_later, ALWAYS)) == ()


@pytest.mark.parametrize(
    ("made", "editions", "expected"),
    [
        (rule(starts=LATER), [ALWAYS], ()),
        (rule(), [ALWAYS], ()),
        (rule(starts=LATER, status=ContentStatus.NOT_DOCUMENTED), [edition("E", "BE", starts=DAY_AFTER)], ()),
        (
            rule(starts=LATER),
            [edition("E", "BE", starts=DAY_AFTER)],
            ("Rule RULE starts on 27 April 2020, when no edition of the list LIST is in force.",),
        ),
        (
            rule(starts=LATER),
            [edition("E", "BE", ends=date(2020, 4, 26))],
            ("Rule RULE starts on 27 April 2020, when no edition of the list LIST is in force.",),
        ),
        (rule("R", "NOWHERE", starts=LATER), [ALWAYS], ()),
    ],
    ids=[
        "a list in force",
        "a rule from the beginning",
        "a rule that is not documented",
        "a list that begins later",
        "a list that has ended",
        "an unknown list, which is another problem",
    ],
)
def test_lists_not_in_force_names_the_lists_a_rule_lacks_on_its_first_day(made, editions, expected):
    assert lists_not_in_force((made,), register(made, *editions)) == expected


def test_lists_not_in_force_asks_nothing_of_another_audience():
    other = rule(starts=LATER, audience="another")

    assert lists_not_in_force((other,), register(edition("E", "BE", starts=DAY_AFTER))) == ()

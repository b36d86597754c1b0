"""Verdicts, rule by rule, and the golden table of every country."""

import csv
import json
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from eligibility import datafiles
from eligibility.countries import CODES
from eligibility.records import ContentStatus, Register, Treatment
from eligibility.rules import EntryRef, Outcome, StepCode, UnknownCountry, Verdict, assess
from tests.eligibility.factories import condition, edition, entry, register, rule, territory

GOLDEN = Path(__file__).with_name("golden.csv")
DAY = date(2020, 4, 28)
GOLDEN_DAYS = ("2020-04-26", "2020-04-28", "2020-07-23", "2020-12-31", "2021-01-01")


@pytest.fixture(scope="module")
def of_the_files() -> Register:
    """Return the register of the dated files."""
    files = datafiles.read_data_files()
    return Register(1, files.editions, files.rules, CODES)


def golden_rows() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def codes_of(verdict: Verdict) -> list[StepCode]:
    return [step.code for step in verdict.steps]


@pytest.mark.parametrize("day", GOLDEN_DAYS)
def test_assess_agrees_with_the_golden_table(of_the_files, day):
    expected = {row["code"]: row[day] for row in golden_rows()}

    outcomes = {
        code: assess(code, date.fromisoformat(day), of_the_files).outcome.value for code in sorted(CODES)
    }

    assert outcomes == expected


def test_assess_names_the_list_of_the_golden_table(of_the_files):
    expected = {row["code"]: row["because"] for row in golden_rows() if row["because"] != "-"}

    verdicts = {code: assess(code, DAY, of_the_files) for code in expected}

    lists = {edition.key: edition.list_key for edition in of_the_files.editions}
    deciding = {code: (verdict.territory or verdict.entry).edition for code, verdict in verdicts.items()}
    assert {code: lists[key] for code, key in deciding.items()} == expected


def test_assess_finds_52_countries_eligible_by_the_lists(of_the_files):
    verdicts = [assess(code, DAY, of_the_files) for code in CODES]

    by_list = Counter(
        verdict.entry.edition for verdict in verdicts if verdict.entry and not verdict.territory
    )
    assert by_list == {"EU-27": 27, "EU-UK-TRANSITION-2020": 1, "COSME-3C-2018": 11, "ENI-2014": 13}


@pytest.mark.parametrize(
    ("day", "listed_in"),
    [
        (date(2020, 1, 31), {"EU-28"}),
        (date(2020, 2, 1), {"EU-UK-TRANSITION-2020"}),
        (date(2020, 12, 31), {"EU-UK-TRANSITION-2020"}),
        (date(2021, 1, 1), set()),
    ],
    ids=["last day as a member", "first day of transition", "last day of transition", "after transition"],
)
def test_edition_on_moves_the_united_kingdom_from_list_to_list(of_the_files, day, listed_in):
    lists = {edition.list_key for edition in of_the_files.editions}
    in_force = [of_the_files.edition_on(list_key, day) for list_key in lists]

    assert {edition.key for edition in in_force if edition and edition.entry("GB")} == listed_in


@pytest.mark.parametrize(
    ("code", "organisation_type", "outcome"),
    [
        ("BE", "international_organisation", Outcome.REVIEW),
        ("US", "international_organisation", Outcome.REVIEW),
        ("SY", "public_authority_national", Outcome.REVIEW),
        ("SY", "public_authority_regional", Outcome.REVIEW),
        ("SY", "sme", Outcome.ELIGIBLE),
        ("TN", "public_authority_national", Outcome.ELIGIBLE),
    ],
)
def test_assess_applies_the_conditions_of_the_files(of_the_files, code, organisation_type, outcome):
    verdict = assess(code, DAY, of_the_files, organisation_type)

    assert verdict.outcome == outcome


@pytest.mark.parametrize("code", ["", "be", "BEL", "ZZ", "EL", "UK", "Belgium"])
def test_assess_refuses_whatever_is_no_stored_code(code):
    with pytest.raises(UnknownCountry):
        assess(code, DAY, register(rule(), edition("E", "BE")))


@pytest.mark.parametrize("day", [date.min, date.max], ids=["first day there is", "last day there is"])
def test_assess_answers_on_the_ends_of_time(day):
    verdict = assess("BE", day, register(rule(), edition("E", "BE", starts=date.min)))

    assert verdict.outcome == Outcome.ELIGIBLE


def test_assess_sends_everybody_to_review_without_a_rule():
    verdict = assess("BE", DAY, register(edition("E", "BE")))

    assert (verdict.outcome, verdict.rule, verdict.editions) == (Outcome.REVIEW, "", ())
    assert codes_of(verdict) == [StepCode.NO_RULE]


def test_assess_sends_everybody_to_review_under_a_rule_that_is_not_documented():
    undocumented = rule(status=ContentStatus.NOT_DOCUMENTED)

    verdict = assess("BE", DAY, register(undocumented, edition("E", "BE")))

    assert (verdict.outcome, verdict.rule, verdict.editions) == (Outcome.REVIEW, "RULE", ())
    assert codes_of(verdict) == [StepCode.RULE_IN_FORCE, StepCode.RULE_NOT_DOCUMENTED]


def test_assess_sends_everybody_to_review_when_one_list_has_no_edition():
    published = register(rule("RULE", "LIST", "OTHER"), edition("E", "BE"))

    verdict = assess("BE", DAY, published)

    assert (verdict.outcome, verdict.editions, verdict.entry) == (Outcome.REVIEW, ("E",), None)
    assert codes_of(verdict) == [StepCode.RULE_IN_FORCE, StepCode.EDITION_IN_FORCE, StepCode.NO_EDITION]


def test_assess_names_every_list_a_country_is_on_and_decides_by_the_first():
    published = register(
        rule("RULE", "A", "B"), edition("B1", "MD", list_key="B"), edition("A1", "MD", list_key="A")
    )

    verdict = assess("MD", DAY, published)

    assert (verdict.outcome, verdict.entry, verdict.editions) == (
        Outcome.ELIGIBLE,
        EntryRef("A1", "MD"),
        ("A1", "B1"),
    )
    assert [step.params["edition"] for step in verdict.steps if step.code == StepCode.LISTED] == ["A1", "B1"]


def test_assess_lets_a_territory_follow_its_state_with_the_reasoning_for_the_state():
    published = register(rule(), edition("E", "FR", territory("GP", Treatment.FOLLOWS, "FR")))

    verdict = assess("GP", DAY, published)

    assert verdict.outcome == Outcome.ELIGIBLE
    assert (verdict.territory, verdict.entry) == (EntryRef("E", "GP"), EntryRef("E", "FR"))
    assert codes_of(verdict)[-2:] == [StepCode.TERRITORY_FOLLOWS, StepCode.LISTED]


def test_assess_lets_a_territory_follow_a_state_that_is_on_no_list():
    published = register(rule(), edition("E", "FR", territory("SJ", Treatment.FOLLOWS, "NO")))

    verdict = assess("SJ", DAY, published)

    assert (verdict.outcome, verdict.territory, verdict.entry) == (
        Outcome.NOT_ELIGIBLE,
        EntryRef("E", "SJ"),
        None,
    )
    assert codes_of(verdict)[-2:] == [StepCode.TERRITORY_FOLLOWS, StepCode.NOT_LISTED]


@pytest.mark.parametrize(
    ("treatment", "outcome", "step"),
    [
        (Treatment.NOT_ELIGIBLE, Outcome.NOT_ELIGIBLE, StepCode.TERRITORY_NOT_ELIGIBLE),
        (Treatment.REVIEW, Outcome.REVIEW, StepCode.TERRITORY_REVIEW),
    ],
)
def test_assess_treats_a_territory_as_its_entry_says(treatment, outcome, step):
    published = register(rule(), edition("E", "DK", territory("FO", treatment, "DK")))

    verdict = assess("FO", DAY, published)

    assert (verdict.outcome, verdict.territory, verdict.steps[-1].code) == (
        outcome,
        EntryRef("E", "FO"),
        step,
    )


def test_assess_decides_by_a_list_before_the_territories():
    published = register(
        rule("RULE", "TERRITORIES", "LIST"),
        edition("T", territory("GL", Treatment.NOT_ELIGIBLE), list_key="TERRITORIES"),
        edition("E", "GL"),
    )

    verdict = assess("GL", DAY, published)

    assert (verdict.outcome, verdict.entry, verdict.territory) == (
        Outcome.ELIGIBLE,
        EntryRef("E", "GL"),
        None,
    )


def test_assess_tells_what_is_known_about_an_absence():
    absent = entry("NO", treatment=Treatment.ABSENT, note="Announced, never joined.")

    verdict = assess("NO", DAY, register(rule(), edition("E", "IS", absent)))

    assert verdict.outcome == Outcome.NOT_ELIGIBLE
    assert codes_of(verdict)[-2:] == [StepCode.NOT_LISTED, StepCode.ABSENT]
    assert verdict.steps[-1].params["note"] == "Announced, never joined."


FOLLOWING = {
    "a state about which a person decides": (
        [territory("GI", Treatment.FOLLOWS, "GB"), territory("GB", Treatment.REVIEW)],
        (Outcome.REVIEW, None),
        [StepCode.TERRITORY_FOLLOWS, StepCode.TERRITORY_REVIEW],
    ),
    "a state that is refused": (
        [territory("GI", Treatment.FOLLOWS, "GB"), territory("GB", Treatment.NOT_ELIGIBLE)],
        (Outcome.NOT_ELIGIBLE, None),
        [StepCode.TERRITORY_FOLLOWS, StepCode.TERRITORY_NOT_ELIGIBLE],
    ),
    "a territory that follows a state on the list": (
        [territory("GI", Treatment.FOLLOWS, "GG"), territory("GG", Treatment.FOLLOWS, "FR"), entry("FR")],
        (Outcome.ELIGIBLE, EntryRef("E", "FR")),
        [StepCode.TERRITORY_FOLLOWS, StepCode.TERRITORY_FOLLOWS, StepCode.LISTED],
    ),
    "a territory that follows a state on no list": (
        [territory("GI", Treatment.FOLLOWS, "GG"), territory("GG", Treatment.FOLLOWS, "NO")],
        (Outcome.NOT_ELIGIBLE, None),
        [StepCode.TERRITORY_FOLLOWS, StepCode.TERRITORY_FOLLOWS, StepCode.NOT_LISTED],
    ),
    "itself": (
        [territory("GI", Treatment.FOLLOWS, "GI")],
        (Outcome.REVIEW, None),
        [StepCode.TERRITORY_FOLLOWS, StepCode.TERRITORY_CIRCLE],
    ),
    "a circle of others": (
        [
            territory("GI", Treatment.FOLLOWS, "GG"),
            territory("GG", Treatment.FOLLOWS, "JE"),
            territory("JE", Treatment.FOLLOWS, "GG"),
        ],
        (Outcome.REVIEW, None),
        [*[StepCode.TERRITORY_FOLLOWS] * 3, StepCode.TERRITORY_CIRCLE],
    ),
}


@pytest.mark.parametrize(("entries", "found", "steps"), FOLLOWING.values(), ids=FOLLOWING)
def test_assess_gives_a_territory_the_whole_finding_about(entries, found, steps):
    verdict = assess("GI", DAY, register(rule(), edition("E", *entries)))

    assert (verdict.outcome, verdict.entry) == found
    assert verdict.territory == EntryRef("E", "GI")
    assert codes_of(verdict)[2:] == steps


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ((Treatment.FOLLOWS, "FR"), (Treatment.FOLLOWS, "FR"), Outcome.ELIGIBLE),
        ((Treatment.FOLLOWS, "FR"), (Treatment.FOLLOWS, "BE"), Outcome.REVIEW),
        ((Treatment.FOLLOWS, "FR"), (Treatment.NOT_ELIGIBLE, ""), Outcome.REVIEW),
        ((Treatment.NOT_ELIGIBLE, ""), (Treatment.FOLLOWS, "FR"), Outcome.REVIEW),
        ((Treatment.NOT_ELIGIBLE, "FR"), (Treatment.NOT_ELIGIBLE, "BE"), Outcome.NOT_ELIGIBLE),
        ((Treatment.NOT_ELIGIBLE, ""), (Treatment.ABSENT, ""), Outcome.NOT_ELIGIBLE),
        ((Treatment.NOT_ELIGIBLE, ""), (Treatment.ADMITTED, ""), Outcome.ELIGIBLE),
    ],
    ids=str,
)
def test_assess_lets_a_person_decide_where_two_lists_settle_a_territory_differently(one, other, outcome):
    published = register(
        rule("RULE", "A", "B"),
        edition("A", "FR", "BE", territory("GP", *one), list_key="A"),
        edition("B", "FR", "BE", territory("GP", *other), list_key="B"),
    )

    verdict = assess("GP", DAY, published)

    assert verdict.outcome == outcome
    assert (StepCode.TERRITORY_DISPUTED in codes_of(verdict)) == (outcome == Outcome.REVIEW)


def test_assess_follows_a_chain_of_all_codes_there_are():
    codes = sorted(CODES)
    follows = [territory(code, Treatment.FOLLOWS, parent) for code, parent in pairwise(codes)]

    verdict = assess(codes[0], DAY, register(rule(), edition("E", *follows, codes[-1])))

    assert (verdict.outcome, verdict.entry) == (Outcome.ELIGIBLE, EntryRef("E", codes[-1]))


def test_assess_applies_a_condition_on_a_state_through_a_chain():
    published = register(
        rule(conditions=(condition("ngo", countries=("FR",)),)),
        edition(
            "E", "FR", territory("GP", Treatment.FOLLOWS, "MQ"), territory("MQ", Treatment.FOLLOWS, "FR")
        ),
    )

    verdict = assess("GP", DAY, published, "ngo")

    assert (verdict.outcome, verdict.steps[-1].params) == (
        Outcome.REVIEW,
        {"organisation_type": "ngo", "reason": "A person must look.", "state": "FR"},
    )


def test_assess_applies_a_condition_on_a_state_to_a_territory_that_follows_it():
    published = register(
        rule(conditions=(condition("ngo", countries=("FR",)),)),
        edition("E", "FR", territory("GP", Treatment.FOLLOWS, "FR")),
    )

    verdict = assess("GP", DAY, published, "ngo")

    assert (verdict.outcome, verdict.entry) == (Outcome.REVIEW, EntryRef("E", "FR"))
    assert codes_of(verdict)[-1] == StepCode.CONDITION


def test_assess_ignores_conditions_where_the_organisation_type_is_not_known():
    published = register(rule(conditions=(condition("ngo"),)), edition("E", "FR"))

    assert assess("FR", DAY, published).outcome == Outcome.ELIGIBLE


def test_edition_on_does_not_revive_an_older_edition_when_the_newer_one_has_ended():
    published = register(
        edition("OLD", "BE"), edition("NEW", "BE", starts=date(2020, 1, 1), ends=date(2020, 6, 30))
    )

    on_last_day, after = (published.edition_on("LIST", day) for day in (date(2020, 6, 30), date(2020, 7, 1)))

    assert (on_last_day.key, after) == ("NEW", None)


def test_edition_on_takes_the_later_publication_of_two_with_one_start():
    published = register(edition("FIRST", "BE"), edition("CORRECTION", "FR", corrects="FIRST"))

    assert published.edition_on("LIST", DAY).key == "CORRECTION"


def test_edition_on_keeps_the_day_before_as_it_was():
    published = register(edition("OLD", "BE"), edition("NEW", "FR", starts=DAY, corrects="OLD"))

    assert [published.edition_on("LIST", day).key for day in (DAY - timedelta(days=1), DAY)] == ["OLD", "NEW"]


@pytest.mark.parametrize("code", ["BE", "GP", "NO", "FO", "TF", "SY", "XK"])
def test_verdict_survives_json(of_the_files, code):
    verdict = assess(code, DAY, of_the_files, "public_authority_national")

    assert Verdict.from_json(json.loads(json.dumps(verdict.as_json()))) == verdict

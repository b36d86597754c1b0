"""A verdict in plain language."""

from datetime import date

import pytest
from django.utils import translation

from eligibility.countries import CODES
from eligibility.explain import (
    SENTENCES,
    conclusion,
    explain,
    explain_html,
    period,
    sentences,
    sentences_html,
)
from eligibility.labels import list_title
from eligibility.records import ContentStatus, Treatment
from eligibility.register import current
from eligibility.rules import StepCode, Verdict, assess
from tests.eligibility.factories import condition, edition, entry, register, rule, territory

DAY = date(2020, 4, 28)
MEMBERS = "Member States of the European Union (27)"
LINK = "https://example.org/list"
RULE = "Rule RULE is in force from the beginning (documented): “Who may come.” Source: Official list. https://example.org/list"
LIST = (
    "The list “Title of E” was consulted: edition E, in force since 1 January 2014. "
    "Source: Official list. https://example.org/list"
)
KOSOVO = (
    "* This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 and the ICJ "
    "Opinion on the Kosovo declaration of independence."
)


def assessed(code: str, *entries, organisation_type: str = "", **stated) -> Verdict:
    return assess(code, DAY, register(rule(**stated), edition("E", *entries)), organisation_type)


def test_explain_names_rule_list_entry_and_result():
    assert explain(assessed("BE", "BE")) == [
        RULE,
        LIST,
        "Belgium is on the list “Title of E” (edition E; official text read).",
        "Result for Belgium on 28 April 2020: may take part.",
    ]


def test_explain_adds_the_footnote_of_a_country_that_has_one():
    lines = explain(assessed("XK", entry("XK", note="The eleventh.", exclusions="financial instruments")))

    assert lines[2:] == [
        "Kosovo* is on the list “Title of E” (edition E; official text read). The eleventh. "
        "Not covered: financial instruments.",
        "Result for Kosovo* on 28 April 2020: may take part.",
        KOSOVO,
    ]


def test_sentences_leave_the_footnote_to_the_page():
    verdict = assessed("XK", "XK")

    assert sentences(verdict) == explain(verdict)[:-1]


def test_page_says_the_same_with_links():
    verdict = assessed("XK", entry("XK", note="The <eleventh>."))

    assert explain_html(verdict) == [
        RULE.replace(LINK, f'<a href="{LINK}">{LINK}</a>'),
        LIST.replace(LINK, f'<a href="{LINK}">{LINK}</a>'),
        "Kosovo* is on the list “Title of E” (edition E; official text read). The &lt;eleventh&gt;.",
        "Result for Kosovo* on 28 April 2020: may take part.",
        KOSOVO,
    ]
    assert sentences_html(verdict) == explain_html(verdict)[:-1]


def test_page_in_another_language_marks_what_is_quoted_in_english():
    with translation.override("fr"):
        rule_sentence, list_sentence, listed, result = sentences_html(
            assessed("BE", entry("BE", note="A <note>."))
        )

    assert '«\xa0<span lang="en">Who may come.</span>\xa0»' in rule_sentence
    assert 'Source\xa0: <span lang="en">Official list</span>.' in rule_sentence
    assert list_sentence.startswith('La liste «\xa0<span lang="en">Title of E</span>\xa0» a été consultée')
    assert listed.endswith('<span lang="en">A &lt;note&gt;.</span>')
    assert "lang=" not in result


def test_list_that_comes_along_is_named_in_the_language_of_the_reader(seeded):
    with translation.override("fr"):
        line = sentences(assess("BE", DAY, current()))[1]
        title = list_title(MEMBERS)

    assert f"«\xa0{title}\xa0»" in line
    assert MEMBERS not in line


CASES = {
    "on no list": (
        assessed("US", "BE"),
        [
            "United States is on none of these lists.",
            "Result for United States on 28 April 2020: may not take part.",
        ],
    ),
    "known to be absent": (
        assessed("NO", entry("NO", treatment=Treatment.ABSENT, note="Never joined.")),
        [
            "Norway is on none of these lists.",
            "Norway is not on the list “Title of E” (official text read). Never joined.",
            "Result for Norway on 28 April 2020: may not take part.",
        ],
    ),
    "a territory that follows": (
        assessed("GP", "FR", territory("GP", Treatment.FOLLOWS, "FR")),
        [
            "Guadeloupe is treated as France is (“Title of E”, edition E; official text read). Reason for GP",
            "France is on the list “Title of E” (edition E; official text read).",
            "Result for Guadeloupe on 28 April 2020: may take part.",
        ],
    ),
    "a territory that may not": (
        assessed("FO", territory("FO", Treatment.NOT_ELIGIBLE, "DK")),
        [
            "Faroe Islands does not take part, whatever holds for its state (“Title of E”, edition E; official text "
            "read). Reason for FO",
            "Result for Faroe Islands on 28 April 2020: may not take part.",
        ],
    ),
    "a territory a person decides about": (
        assessed("AI", territory("AI", Treatment.REVIEW, "GB")),
        [
            "A person decides about Anguilla (“Title of E”, edition E; official text read). Reason for AI",
            "Result for Anguilla on 28 April 2020: a person decides.",
        ],
    ),
    "a territory that follows itself": (
        assessed("GP", territory("GP", Treatment.FOLLOWS, "GP")),
        [
            "Guadeloupe is treated as Guadeloupe is (“Title of E”, edition E; official text read). Reason for GP",
            "These lists let Guadeloupe follow itself in a circle, so a person decides.",
            "Result for Guadeloupe on 28 April 2020: a person decides.",
        ],
    ),
    "a condition on the state that is followed": (
        assessed(
            "GP",
            "FR",
            territory("GP", Treatment.FOLLOWS, "FR"),
            organisation_type="ngo",
            conditions=(condition("ngo", countries=("FR",)),),
        ),
        [
            "Guadeloupe is treated as France is (“Title of E”, edition E; official text read). Reason for GP",
            "France is on the list “Title of E” (edition E; official text read).",
            "A condition of the rule applies. A person must look. It names France, and what holds for a state holds "
            "for the territories that follow it.",
            "Result for Guadeloupe on 28 April 2020: a person decides.",
        ],
    ),
    "a condition": (
        assessed("BE", "BE", organisation_type="ngo", conditions=(condition("ngo"),)),
        [
            "Belgium is on the list “Title of E” (edition E; official text read).",
            "A condition of the rule applies. A person must look.",
            "Result for Belgium on 28 April 2020: a person decides.",
        ],
    ),
}


@pytest.mark.parametrize(("verdict", "reasoning"), CASES.values(), ids=CASES)
def test_sentences_explain(verdict, reasoning):
    assert sentences(verdict) == [RULE, LIST, *reasoning]


def test_sentences_explain_a_rule_that_is_not_documented():
    assert sentences(assessed("BE", "BE", status=ContentStatus.NOT_DOCUMENTED)) == [
        RULE.replace("(documented)", "(not documented)"),
        "What rule RULE says about countries is not documented, so a person decides about every country.",
        "Result for Belgium on 28 April 2020: a person decides.",
    ]


def test_sentences_explain_a_list_without_edition():
    assert sentences(assessed("BE", "BE", lists=("LIST", "OTHER"))) == [
        RULE,
        LIST,
        "The list OTHER has no edition in force on this day, so a person decides about every country.",
        "Result for Belgium on 28 April 2020: a person decides.",
    ]


def test_sentences_explain_that_two_lists_disagree():
    published = register(
        rule("RULE", "LIST", "OTHER"),
        edition("E", territory("GP", Treatment.FOLLOWS, "FR")),
        edition("F", territory("GP", Treatment.NOT_ELIGIBLE), list_key="OTHER"),
    )

    assert sentences(assess("GP", DAY, published))[3:] == [
        "Guadeloupe is treated as France is (“Title of E”, edition E; official text read). Reason for GP",
        "Guadeloupe does not take part, whatever holds for its state (“Title of F”, edition F; official text read). "
        "Reason for GP",
        "These lists do not say the same of Guadeloupe, so a person decides.",
        "Result for Guadeloupe on 28 April 2020: a person decides.",
    ]


def test_sentences_explain_that_there_is_no_rule():
    assert sentences(assess("BE", DAY, register())) == [
        "No rule is in force on this day, so a person decides about every country.",
        "Result for Belgium on 28 April 2020: a person decides.",
    ]


def test_every_step_has_a_sentence():
    assert set(SENTENCES) == set(StepCode)


def test_explain_speaks_about_every_country_from_stored_json(seeded):
    for code in sorted(CODES):
        verdict = assess(code, DAY, seeded, "international_organisation")

        assert explain(Verdict.from_json(verdict.as_json())) == explain(verdict)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_conclusion_writes_the_ends_of_time(day):
    assert str(day.year) in conclusion(assess("BE", day, register()))


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (None, None, "from the beginning"),
        (date(2020, 4, 27), None, "since 27 April 2020"),
        (None, date(2020, 12, 31), "until 31 December 2020"),
        (date(2020, 2, 1), date(2020, 12, 31), "from 1 February 2020 to 31 December 2020"),
    ],
)
def test_period_says_how_long_something_holds(starts, ends, words):
    assert period(starts, ends) == words

"""What must hold for every register, whatever is published in it."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.records import Edition, Register, Rule, Treatment, circles
from eligibility.rules import Verdict, assess
from tests.eligibility.factories import condition, edition, entry, register, rule
from tests.eligibility.independent_reader import reads
from tests.examples import examples

MANY = settings(max_examples=examples(200))

DAYS = st.dates(date(2020, 1, 1), date(2020, 2, 29))
CODES = st.sampled_from(["BE", "FR", "GP", "NO"])
ENTRIES = st.lists(
    st.builds(
        lambda code, treatment: entry(code, treatment=treatment, parent="FR", note="Reason."),
        CODES,
        st.sampled_from(list(Treatment)),
    ),
    unique_by=lambda made: made.code,
)
ENDS = st.none() | st.integers(0, 30)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """Draw an edition of one of two lists, with or without a last day."""
    starts, length = draw(DAYS), draw(ENDS)
    ends = None if length is None else starts + timedelta(days=length)
    list_key = draw(st.sampled_from(["A", "B"]))
    return edition(f"{list_key}-{starts}", *draw(ENTRIES), list_key=list_key, starts=starts, ends=ends)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Draw a rule that names one list or both."""
    starts = draw(DAYS)
    return rule(f"RULE-{starts}", *draw(st.sampled_from([("A",), ("B",), ("A", "B")])), starts=starts)


RECORDS = st.tuples(
    st.lists(rules(), min_size=1, unique_by=lambda made: made.starts),
    st.lists(editions(), unique_by=lambda made: (made.list_key, made.starts)),
)


def assessed(code: str, on: date, published: Register) -> Verdict:
    """Return a verdict without its day, so that two days can be compared."""
    return replace(assess(code, on, published), on=date.min)


@MANY
@given(RECORDS, DAYS, CODES)
def test_assess_changes_on_a_first_day_or_after_a_last_day_only(records, day, code):
    drawn_rules, drawn_editions = records
    published = register(*drawn_rules, *drawn_editions)
    next_day = day + timedelta(days=1)
    turning = any(record.starts == next_day or record.ends == day for record in drawn_rules + drawn_editions)

    unchanged = assessed(code, day, published) == assessed(code, next_day, published)

    assert unchanged or turning


@MANY
@given(RECORDS, editions(), DAYS, CODES)
def test_assess_is_not_changed_by_an_edition_that_starts_later(records, later, day, code):
    drawn_rules, drawn_editions = records
    before = register(*drawn_rules, *drawn_editions)
    after = register(*drawn_rules, *drawn_editions, later)

    unchanged = assessed(code, day, before) == assessed(code, day, after)

    assert unchanged or later.starts <= day


@MANY
@given(RECORDS, st.randoms(use_true_random=False), DAYS, CODES)
def test_assess_ignores_the_order_of_publication_among_different_first_days(records, random, day, code):
    drawn_rules, drawn_editions = records
    shuffled = random.sample(drawn_rules + drawn_editions, k=len(drawn_rules + drawn_editions))

    verdict = assessed(code, day, register(*drawn_rules, *drawn_editions))

    assert assessed(code, day, register(*shuffled)) == verdict


@MANY
@given(editions(), ENTRIES, DAYS, CODES)
def test_assess_goes_by_the_later_publication_of_one_first_day(first, entries, day, code):
    correction = replace(first, key="CORRECTION", entries=tuple(entries), corrects=first.key)
    always = rule("RULE", first.list_key)

    both = register(always, first, correction)

    assert assessed(code, day, both) == assessed(code, day, register(always, correction))


TREATMENTS = [*Treatment, *[Treatment.FOLLOWS] * 4]
FOLLOWING = st.lists(
    st.builds(
        lambda code, treatment, parent: entry(code, treatment=treatment, parent=parent, note="Reason."),
        CODES,
        st.sampled_from(TREATMENTS),
        CODES,
    ),
    unique_by=lambda made: made.code,
)
CONDITIONS = st.lists(
    st.builds(
        lambda types, countries: condition(*types, countries=tuple(countries)),
        st.sampled_from([("ngo",), ("sme",), ("ngo", "sme")]),
        st.lists(CODES, max_size=2, unique=True),
    ),
    max_size=2,
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Rule], list[Edition]]:
    """Draw rules and editions in the order of publication: chains, circles, ends, corrections and disagreements."""
    made: list[Edition] = []
    for number in range(draw(st.integers(1, 6))):
        starts, length = draw(DAYS), draw(ENDS)
        list_key = draw(st.sampled_from(["A", "B", "C"]))
        corrected = draw(st.sampled_from([None, *(one for one in made if one.list_key == list_key)]))
        starts = corrected.starts if corrected else starts
        made.append(
            edition(
                f"{list_key}{number}",
                *draw(FOLLOWING),
                list_key=list_key,
                starts=starts,
                ends=None if length is None else starts + timedelta(days=length),
                corrects=corrected.key if corrected else "",
            )
        )
    named = st.sampled_from([("A",), ("B", "A"), ("A", "B", "C")])
    held = [
        rule(f"R{number}", *draw(named), starts=draw(st.none() | DAYS), conditions=tuple(draw(CONDITIONS)))
        for number in range(draw(st.integers(1, 3)))
    ]
    return held, made


@settings(max_examples=examples(300))
@given(histories(), DAYS, st.sampled_from(["ngo", "sme", ""]))
def test_assess_says_what_an_independent_reader_says(history, day, organisation_type):
    held, made = history
    published = register(*held, *made)

    verdicts = {code: assess(code, day, published, organisation_type) for code in ["BE", "FR", "GP", "NO"]}

    found = {
        code: (verdict.outcome.value, verdict.entry.edition if verdict.entry else "")
        for code, verdict in verdicts.items()
    }
    assert found == {code: reads(code, day, held, made, organisation_type) for code in found}


@MANY
@given(FOLLOWING)
def test_circles_are_what_cannot_be_followed_to_an_end(entries):
    states = {made.code: made.parent for made in entries if made.treatment == Treatment.FOLLOWS}

    found = {code for circle in circles(states.items()) for code in circle}

    assert found == {code for code in states if code in _walk(code, states)}


def _walk(code: str, states: dict[str, str]) -> list[str]:
    """Return the states reached from a territory, as far as they are not reached again."""
    reached: list[str] = []
    while (code := states.get(code, "")) and code not in reached:
        reached.append(code)
    return reached


@MANY
@given(RECORDS, DAYS, CODES)
def test_verdict_survives_json_whatever_it_says(records, day, code):
    verdict = assess(code, day, register(*records[0], *records[1]))

    assert Verdict.from_json(verdict.as_json()) == verdict

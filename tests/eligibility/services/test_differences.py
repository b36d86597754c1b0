"""What an edition changes against the one it corrects, in words."""

from dataclasses import replace
from datetime import date

import pytest

from eligibility.models import Audience, ListEdition, ListEntry, RuleVersion
from eligibility.records import Condition, Source
from eligibility.register import edition_record, rule_record
from eligibility.services.differences import (
    ChangedEntry,
    Difference,
    RuleDifference,
    StatementChange,
    edition_differences,
    rule_differences,
)
from eligibility.services.drafts import draft_correction, draft_edition, draft_rule
from tests.eligibility.factories import NEW_SOURCE, corrected_cosme, edition, published, rule
from webinar_site.foundation.days import day_in_words

pytestmark = pytest.mark.django_db


def difference(row: ListEdition) -> Difference:
    """Return what one edition changes."""
    (found,) = edition_differences(ListEdition.objects.filter(pk=row.pk))
    return found


def test_differences_name_what_a_correction_adds_removes_and_changes(seeded):
    copy = corrected_cosme(source=edition_record(ListEdition.objects.get(key="COSME-3C-2018")).source)
    old = edition_record(copy)
    copy.entries.filter(code="RS").delete()
    copy.entries.filter(code="AL").update(note="Changed", treatment="review", in_force=date(2020, 4, 1))
    ListEntry.objects.create(edition=copy, code="FO", name="Faroe Islands")
    copy.ends = None
    copy.save()

    found = difference(copy)

    new = edition_record(ListEdition.objects.prefetch_related("entries").get(pk=copy.pk))
    assert found == Difference(
        key="COSME-3C-2020",
        corrects="COSME-3C-2018",
        changes=(
            StatementChange("first day", "1 January 2018", "28 April 2020"),
            StatementChange("last day", "31 December 2020", ""),
        ),
        added=(new.entry("FO"),),
        removed=(old.entry("RS"),),
        changed=(
            ChangedEntry(
                new.entry("AL"),
                (
                    StatementChange("treatment", "on the list", "a person decides"),
                    StatementChange("note", old.entry("AL").note, "Changed"),
                    StatementChange("agreement in force", "", "1 April 2020"),
                ),
            ),
        ),
    )


def test_differences_name_a_new_source(seeded):
    changes = {change.about: change.new for change in difference(corrected_cosme()).changes}

    assert changes["source"] == f"Corrected list, https://example.org/corrected, 25 April 2020, {'ab' * 32}"


def test_differences_to_nothing_are_everything():
    row = draft_edition(edition("FIRST", "FR", "BE"))

    assert difference(row) == Difference(
        "FIRST",
        "",
        (
            StatementChange("title", "", "Title of FIRST"),
            StatementChange("first day", "", "1 January 2014"),
            StatementChange("confidence", "", "unknown"),
            StatementChange("source", "", "Official list, https://example.org/list, 24 April 2020"),
        ),
        added=edition_record(row).entries,
        removed=(),
        changed=(),
    )


def taken_over(row: ListEdition | RuleVersion) -> str:
    """Return the key of what an edition or a rule is compared with, though it corrects nothing."""
    compare = edition_differences if isinstance(row, ListEdition) else rule_differences
    (found,) = compare(type(row).objects.filter(pk=row.pk))
    assert found.corrects == ""
    return found.takes_over_from


def test_an_edition_that_corrects_nothing_is_compared_with_what_it_takes_over_from(seeded):
    row = draft_edition(edition("EU-26", "FR", list_key="EU", starts=date(2021, 1, 1)))
    between = draft_edition(edition("EU-X", "FR", list_key="EU", starts=date(2020, 1, 31)))

    assert [taken_over(row), taken_over(between), taken_over(published("EU-27"))] == [
        "EU-27",
        "EU-28",
        "EU-28",
    ]
    assert [entry.code for entry in difference(row).removed] == sorted(
        entry.code for entry in edition_record(published("EU-27")).entries if entry.code != "FR"
    )


def test_an_edition_that_ended_is_still_what_the_next_takes_over_from(seeded):
    row = draft_edition(edition("ENI-2021", "MA", list_key="ENI", starts=date(2021, 1, 1)))

    assert taken_over(row) == "ENI-2014"


def test_the_first_edition_takes_over_from_nothing(seeded):
    assert taken_over(published("EU-28")) == ""


def test_rule_differences_name_what_a_correction_changes(seeded):
    old = rule_record(RuleVersion.objects.get(key="INV-CORR"))
    changed = replace(
        old,
        key="NEW",
        source=NEW_SOURCE,
        starts=date(2020, 7, 1),
        lists=("EU", "EU-UK-TRANSITION", "COSME-3C", "TERRITORIES", "OCT"),
        conditions=(old.conditions[0], Condition(("ngo",), "Look.", ("SY", "XK"))),
        corrects="INV-CORR",
    )

    (found,) = rule_differences(RuleVersion.objects.filter(pk=draft_rule(changed).pk))

    assert found == RuleDifference(
        "NEW",
        "INV-CORR",
        (
            StatementChange("first day", "27 April 2020", "1 July 2020"),
            StatementChange("lists that admit", "ENI", ""),
            StatementChange("lists that admit", "", "OCT"),
            StatementChange(
                "conditions",
                "public_authority_national, public_authority_regional; Syria; " + old.conditions[1].reason,
                "",
            ),
            StatementChange("conditions", "", "ngo; Syria, Kosovo*; Look."),
            StatementChange(
                "source",
                _source_in_words(old.source),
                f"Corrected list, https://example.org/corrected, 25 April 2020, {'ab' * 32}",
            ),
        ),
    )


def _source_in_words(source: Source) -> str:
    dated = day_in_words(source.dated) if source.dated else ""
    return ", ".join(filter(None, (source.title, source.url, dated, source.file_hash)))


def test_a_rule_that_corrects_nothing_is_compared_with_what_it_takes_over_from(seeded):
    audience = Audience.objects.get().key
    row = draft_rule(rule("NEW", "EU", audience=audience, starts=date(2020, 7, 1)))
    early = draft_rule(rule("EARLY", "EU", audience=audience, starts=date(2020, 1, 1)))

    assert [taken_over(row), taken_over(early)] == ["INV-CORR", "INV-ORIG"]


@pytest.mark.parametrize("size", [1, 3])
def test_rule_differences_take_two_queries(seeded, size, django_assert_num_queries):
    audience = Audience.objects.get().key
    for number in range(size):
        draft_rule(rule(f"NEW-{number}", "EU", audience=audience, starts=date(2020, 7, 1)))

    with django_assert_num_queries(2):
        found = rule_differences(RuleVersion.objects.drafts())

    assert len(found) == size


@pytest.mark.parametrize("size", [1, 3])
def test_differences_to_what_is_taken_over_take_four_queries(seeded, size, django_assert_num_queries):
    for number in range(size):
        draft_edition(edition(f"NEW-{number}", "FR", list_key="EU", starts=date(2021, 1, 1)))

    with django_assert_num_queries(4):
        found = edition_differences(ListEdition.objects.drafts())

    assert len(found) == size


@pytest.mark.parametrize("size", [1, 3])
def test_differences_take_three_queries(seeded, size, django_assert_num_queries):
    original = corrected_cosme()
    for number in range(size):
        draft_correction(original.pk, key=f"COPY-{number}", starts=date(2020, 5, 1), source=NEW_SOURCE)

    with django_assert_num_queries(3):
        found = edition_differences(ListEdition.objects.filter(key__startswith="COPY-"))

    assert len(found) == size

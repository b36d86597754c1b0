"""Drafts written by hand: what they copy, what they replace, and when they refuse."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from eligibility.models import ListEdition, ListEntry, RuleVersion
from eligibility.register import edition_record, rule_record
from eligibility.services.drafts import change_rule, draft_edition, draft_next, replace_entries
from eligibility.services.proposals import propose_publication
from eligibility.services.publications import PublishingRefused
from tests.eligibility.factories import (
    NEW_SOURCE,
    condition,
    edition,
    entry,
    later_rule,
    member_of_staff,
    published,
)

pytestmark = pytest.mark.django_db

LATER = date(2020, 6, 1)


def refused(act, *args, **kwargs) -> str:
    """Return why an act is refused."""
    with pytest.raises(PublishingRefused) as refusal:
        act(*args, **kwargs)
    return str(refusal.value)


def proposed(row: ListEdition | RuleVersion) -> None:
    """Propose a draft."""
    ids = {"editions": [], "rules": []}
    ids["editions" if isinstance(row, ListEdition) else "rules"] = [row.pk]
    propose_publication(**ids, by=member_of_staff("one"), note="N", now=datetime(2020, 4, 25, tzinfo=UTC))


def test_draft_next_copies_an_edition_and_corrects_nothing(seeded):
    original = edition_record(published("COSME-3C-2018"))

    row = draft_next(
        published("COSME-3C-2018").pk, key="NEXT", starts=LATER, source=NEW_SOURCE, with_entries=True
    )

    assert edition_record(row) == replace(original, key="NEXT", starts=LATER, source=NEW_SOURCE, corrects="")


def test_draft_next_starts_empty_and_without_a_last_day_that_is_over(seeded):
    original = edition_record(published("COSME-3C-2018"))
    starts = date(2021, 1, 1)

    row = draft_next(
        published("COSME-3C-2018").pk, key="NEXT", starts=starts, source=NEW_SOURCE, with_entries=False
    )

    assert edition_record(row) == replace(
        original, key="NEXT", starts=starts, ends=None, source=NEW_SOURCE, entries=()
    )


@pytest.mark.parametrize("starts", [date(2018, 1, 1), date(1, 1, 1)], ids=["the same day", "the year 1"])
def test_draft_next_starts_later_than_what_it_takes_over_from(seeded, starts):
    reason = refused(
        draft_next,
        published("COSME-3C-2018").pk,
        key="N",
        starts=starts,
        source=NEW_SOURCE,
        with_entries=True,
    )

    assert reason == "It must start later than COSME-3C-2018, which starts on 1 January 2018."
    assert not ListEdition.objects.drafts().exists()


def test_replace_entries_leaves_the_new_ones_only():
    row = draft_edition(edition("DRAFT", "FR", "BE"))
    entries = (
        entry("AT"),
        entry("BE", note="Noted.", signed=LATER, sources=(replace(NEW_SOURCE, file_hash=""),)),
    )

    replace_entries(row.pk, entries)

    assert edition_record(ListEdition.objects.get(pk=row.pk)).entries == entries


@pytest.mark.parametrize("size", [1, 3])
def test_replace_entries_takes_a_fixed_number_of_queries(size, django_assert_num_queries):
    codes = ["FR", "BE", "NL"][:size]
    row = draft_edition(edition("DRAFT", *codes))

    with django_assert_num_queries(9):
        replace_entries(row.pk, [entry(code) for code in codes])


def test_change_rule_writes_everything_but_its_audience_and_what_it_corrects(seeded):
    row = later_rule()
    stated = replace(
        rule_record(row),
        key="OTHER",
        starts=date(1, 1, 1),
        ends=date(9999, 12, 31),
        lists=("ENI",),
        conditions=(condition("ngo", countries=("XK",)),),
        source=NEW_SOURCE,
        wording="W",
        note="N",
    )

    change_rule(row.pk, replace(stated, audience="another", corrects="INV-CORR"))

    row = RuleVersion.objects.get(pk=row.pk)
    assert rule_record(row) == stated


def test_change_rule_refuses_a_correction_that_starts_before_what_it_corrects(seeded):
    row = later_rule(corrects="INV-CORR")
    record = rule_record(row)

    reasons = [
        refused(change_rule, row.pk, replace(record, starts=starts)) for starts in (date(2020, 4, 26), None)
    ]
    change_rule(row.pk, replace(record, starts=date(2020, 4, 27)))

    sentence = "INV-2 starts before INV-CORR, which it corrects and which starts on 27 April 2020."
    assert reasons == [sentence] * 2
    assert RuleVersion.objects.get(pk=row.pk).starts == date(2020, 4, 27)


def changes(row: ListEdition | RuleVersion) -> str:
    """Return why a change of a row is refused."""
    if isinstance(row, ListEdition):
        return refused(replace_entries, row.pk, [entry("AT")])
    return refused(change_rule, row.pk, replace(rule_record(row), note="Changed"))


def test_published_rows_are_refused(seeded):
    reasons = [changes(published("EU-27")), changes(RuleVersion.objects.get(key="INV-CORR"))]

    assert reasons == ["EU-27 is already published.", "INV-CORR is already published."]


def test_proposed_rows_are_refused(seeded):
    row = draft_edition(edition("DRAFT", "FR"))
    proposed(row)

    assert changes(row) == "DRAFT is already proposed."
    assert list(ListEntry.objects.filter(edition=row).values_list("code", flat=True)) == ["FR"]


def test_proposed_rule_is_refused(seeded):
    row = later_rule()
    proposed(row)

    assert changes(row) == "INV-2 is already proposed."
    assert RuleVersion.objects.get(pk=row.pk).note == ""


def test_rows_that_are_gone_are_refused(seeded):
    rule_row, row = later_rule(), draft_edition(edition("DRAFT", "FR"))
    for model, gone in ((RuleVersion, rule_row), (ListEdition, row)):
        model.objects.filter(pk=gone.pk).delete()

    assert [changes(rule_row), changes(row)] == ["The draft is no longer there."] * 2

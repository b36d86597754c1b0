"""What an edition changes against the one it corrects, in words."""

from datetime import date

import pytest

from eligibility.differences import Change, ChangedEntry, Difference, differences
from eligibility.models import ListEdition, ListEntry
from eligibility.publishing import draft_copy, draft_edition
from eligibility.register import edition_record
from tests.eligibility.factories import NEW_SOURCE, corrected_cosme, edition

pytestmark = pytest.mark.django_db


def difference(row: ListEdition) -> Difference:
    """Return what one edition changes."""
    (found,) = differences(ListEdition.objects.filter(pk=row.pk))
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
            Change("first day", "1 January 2018", "28 April 2020"),
            Change("last day", "31 December 2020", ""),
        ),
        added=(new.entry("FO"),),
        removed=(old.entry("RS"),),
        changed=(
            ChangedEntry(
                new.entry("AL"),
                (
                    Change("treatment", "on the list", "a person decides"),
                    Change("note", old.entry("AL").note, "Changed"),
                    Change("agreement in force", "", "1 April 2020"),
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
        "FIRST", "", (), added=edition_record(row).entries, removed=(), changed=()
    )


@pytest.mark.parametrize("size", [1, 3])
def test_differences_take_three_queries(seeded, size, django_assert_num_queries):
    original = corrected_cosme()
    for number in range(size):
        draft_copy(original.pk, key=f"COPY-{number}", starts=date(2020, 5, 1), source=NEW_SOURCE)

    with django_assert_num_queries(3):
        found = differences(ListEdition.objects.filter(key__startswith="COPY-"))

    assert len(found) == size

"""Drafts, differences, and the act of two people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from eligibility.models import Audience, ListEdition, ListEntry, Publication
from eligibility.records import Treatment
from eligibility.register import current, edition_record
from eligibility.rules import Outcome, assess
from eligibility.services.drafts import draft_correction, draft_edition, draft_rule
from eligibility.services.publications import (
    AlteredPublication,
    PublishingRefused,
    altered_publications,
    content_hash,
    publish,
)
from tests.eligibility.factories import (
    NEW_SOURCE,
    SOURCE,
    corrected_cosme,
    edition,
    entry,
    member_of_staff,
    published,
    rule,
    territory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def act():
    """Return a function that publishes with two people."""
    by, confirmed_by = member_of_staff("one"), member_of_staff("two")

    def publish_as_two(editions=(), rules=()) -> Publication:
        return publish(
            editions=[row.pk for row in editions],
            rules=[row.pk for row in rules],
            by=by,
            confirmed_by=confirmed_by,
            note="Corrigendum",
        )

    return publish_as_two


def test_draft_copy_is_the_original_under_a_new_key_day_and_source(seeded):
    copy = corrected_cosme()

    original = edition_record(published("COSME-3C-2018"))
    assert edition_record(copy) == replace(
        original, key="COSME-3C-2020", starts=date(2020, 4, 28), source=NEW_SOURCE, corrects="COSME-3C-2018"
    )
    assert copy.publication is None


def test_draft_copy_drops_a_last_day_that_is_over(seeded):
    copy = corrected_cosme(starts=date(2021, 1, 1))

    assert copy.ends is None


def test_drafts_that_correct_and_start_earlier_are_refused(seeded):
    with pytest.raises(PublishingRefused, match=r"^EARLY starts before COSME-3C-2018, which it corrects"):
        draft_correction(
            published("COSME-3C-2018").pk, key="EARLY", starts=date(2017, 12, 31), source=NEW_SOURCE
        )
    with pytest.raises(PublishingRefused, match=r"^EARLY starts before INV-CORR, which it corrects"):
        draft_rule(rule("EARLY", "EU", audience="cosme-eni", starts=date(2020, 4, 26), corrects="INV-CORR"))

    assert not ListEdition.objects.drafts().exists()


def test_publish_refuses_a_correction_that_starts_before_what_it_corrects(seeded, act):
    row = corrected_cosme()
    QuerySet(ListEdition).filter(pk=row.pk).update(starts=date(2017, 12, 31))

    with pytest.raises(PublishingRefused, match="starts before COSME-3C-2018, which it corrects"):
        act([row])


def test_publish_refuses_territories_that_follow_each_other_through_two_lists(seeded, act):
    one = draft_edition(edition("ONE", territory("GP", Treatment.FOLLOWS, "MQ"), list_key="ONE"))
    two = draft_edition(edition("TWO", territory("MQ", Treatment.FOLLOWS, "GP"), list_key="TWO"))
    law = draft_rule(rule("INV-2", "ONE", "TWO", audience="cosme-eni", starts=date(2020, 7, 1)))

    with pytest.raises(PublishingRefused, match="GP, MQ in ONE, TWO follow each other in a circle"):
        act([one, two], [law])


def test_what_was_published_with_a_fault_does_not_stand_in_the_way_of_its_correction(seeded, act):
    wrong = corrected_cosme()
    act([wrong])
    QuerySet(ListEntry).filter(edition=wrong, code="IS").update(
        treatment="follows", parent="IS", note="Before this was refused."
    )
    right = draft_correction(wrong.pk, key="RIGHT", starts=wrong.starts, source=NEW_SOURCE)
    with pytest.raises(PublishingRefused, match=r"^IS in RIGHT follows itself.$"):
        act([right])
    right.entries.filter(code="IS").update(treatment="admitted", parent="")

    act([right])

    assert assess("IS", date(2020, 4, 28), current()).outcome == Outcome.ELIGIBLE


def test_publish_makes_a_correction_govern_from_its_first_day(seeded, act):
    copy = corrected_cosme()
    copy.entries.filter(code="RS").delete()

    made = act([copy])

    outcomes = [assess("RS", day, current()).outcome for day in (date(2020, 4, 27), date(2020, 4, 28))]
    assert outcomes == [Outcome.ELIGIBLE, Outcome.NOT_ELIGIBLE]
    assert (made.number, made.origin, made.note) == (2, "staff", "Corrigendum")
    assert [made.published_by.username, made.confirmed_by.username] == ["one", "two"]


def test_publish_lets_a_correction_take_the_place_of_an_edition_of_the_same_day(seeded, act):
    copy = corrected_cosme(starts=date(2018, 1, 1))
    copy.entries.filter(code="RS").delete()

    act([copy])

    verdict = assess("RS", date(2020, 4, 28), current())
    assert (verdict.outcome, "COSME-3C-2020" in verdict.editions) == (Outcome.NOT_ELIGIBLE, True)


def test_publish_hashes_its_rows(seeded, act):
    copy = corrected_cosme()

    made = act([copy])

    assert made.content_hash == content_hash([edition_record(copy)], [])


def test_content_hash_does_not_depend_on_order():
    one, two = edition("ONE", "FR"), edition("TWO", "FR")

    assert content_hash([one, two], [rule("A"), rule("B")]) == content_hash(
        [two, one], [rule("B"), rule("A")]
    )


@pytest.mark.parametrize(
    "changed",
    [
        edition("ONE", "BE"),
        edition("ONE", "FR", note="A note"),
        edition("ONE", entry("FR", signed=date(2020, 1, 1))),
        edition("ONE", "FR", further_sources=(SOURCE,)),
    ],
    ids=["another country", "a note", "a date of an entry", "a further source"],
)
def test_content_hash_depends_on_every_word(changed):
    assert content_hash([changed], []) != content_hash([edition("ONE", "FR")], [])


def refused(act, editions=(), rules=()) -> str:
    with pytest.raises(PublishingRefused) as refusal:
        act(editions, rules)
    assert Publication.objects.filter(origin="staff").count() == 0
    return str(refusal.value)


def test_publish_refuses_one_person_twice(seeded):
    person = member_of_staff("one")

    with pytest.raises(PublishingRefused, match="second person"):
        publish(editions=[corrected_cosme().pk], rules=[], by=person, confirmed_by=person, note="")


def test_publish_refuses_published_rows(seeded, act):
    assert refused(act, [published("EU-27")]) == "EU-27 is already published."


def test_publish_refuses_rows_that_are_gone(seeded, act):
    row = corrected_cosme()
    gone = ListEdition(pk=row.pk)
    row.delete()

    assert refused(act, [gone]) == "Something to be published is no longer there."


def test_publish_refuses_nothing(seeded, act):
    assert refused(act) == "There is nothing to publish."


def test_publish_refuses_a_rule_that_names_an_unknown_list(seeded, act):
    Audience.objects.create(key="audience", name="Audience")
    draft = draft_rule(rule("THEIRS", "EU", "NOWHERE"))

    assert refused(act, rules=[draft]) == "Rule THEIRS names the list NOWHERE, which has no edition."


def test_publish_takes_a_rule_together_with_its_list(seeded, act):
    Audience.objects.create(key="audience", name="Audience")
    list_draft, rule_draft = (
        draft_edition(edition("E", "FR", list_key="NEW")),
        draft_rule(rule("THEIRS", "NEW")),
    )

    made = act([list_draft], [rule_draft])

    assert (made.listeditions.get(), made.ruleversions.get()) == (list_draft, rule_draft)


def test_publish_refuses_an_edition_that_leaves_a_rule_without_its_list(seeded, act):
    copy = corrected_cosme()
    ListEdition.objects.filter(pk=copy.pk).update(ends=date(2020, 6, 30))

    assert refused(act, [copy]) == "Rule INV-CORR would be without the list COSME-3C from 1 July 2020 on."


def test_publish_refuses_an_edition_without_countries(seeded, act):
    copy = corrected_cosme()
    copy.entries.all().delete()

    assert refused(act, [copy]) == "COSME-3C-2020 lists no country."


def test_publish_refuses_a_second_edition_of_one_day_that_corrects_nothing(seeded, act):
    draft = draft_edition(edition("AGAIN", "FR", list_key="EU", starts=date(2020, 2, 1)))

    assert refused(act, [draft]) == "EU-27, AGAIN start on the same day and neither corrects the other."


def test_publish_refuses_a_second_correction_of_one_day(seeded, act):
    act([corrected_cosme(starts=date(2018, 1, 1))])
    again = corrected_cosme(key="COSME-3C-2021", starts=date(2018, 1, 1))

    with pytest.raises(PublishingRefused, match="COSME-3C-2020, COSME-3C-2021 start on the same day"):
        act([again])


def test_publish_refuses_the_correction_of_a_draft(seeded, act):
    draft = corrected_cosme()
    correction = draft_correction(draft.pk, key="LATER", starts=date(2020, 5, 1), source=NEW_SOURCE)

    assert refused(act, [correction]) == "LATER corrects a draft."


def test_publish_refuses_an_unknown_country(seeded, act):
    draft = draft_edition(edition("E", "ZZ", list_key="NEW"))

    assert refused(act, [draft]) == "E names ZZ, which is no country code."


def test_publish_numbers_one_after_the_other(seeded, act):
    numbers = [act([draft_edition(edition(f"E{n}", "FR", list_key=f"L{n}"))]).number for n in range(3)]

    assert numbers == [2, 3, 4]


@pytest.mark.parametrize("size", [1, 3])
def test_publish_takes_a_fixed_number_of_queries(seeded, act, size, django_assert_num_queries):
    drafts = [draft_edition(edition(f"E{n}", "FR", list_key=f"L{n}")) for n in range(size)]

    with django_assert_num_queries(12):
        act(drafts)


def test_altered_publications_is_empty_while_nothing_is_altered(seeded, act):
    act([corrected_cosme()])

    assert altered_publications() == []


ALTERED, ILLEGIBLE = "What was published has been altered.", "What was published cannot be read any more."


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE eligibility_listedition SET note = 'x' WHERE key = 'E'", f"{ALTERED} Rows now: E, R."),
        ("UPDATE eligibility_listentry SET code = 'BE' WHERE code = 'FO'", f"{ALTERED} Rows now: E, R."),
        ("DELETE FROM eligibility_listentry WHERE code = 'FO'", f"{ALTERED} Rows now: E, R."),
        ("DELETE FROM eligibility_ruleversion WHERE key = 'R'", f"{ALTERED} Rows now: E."),
        ("UPDATE eligibility_ruleversion SET wording = 'x' WHERE key = 'R'", f"{ALTERED} Rows now: E, R."),
        (
            "UPDATE eligibility_publication SET content_hash = '' WHERE number = 1",
            f"{ALTERED} Rows now: E, R.",
        ),
        (
            "UPDATE eligibility_listedition SET confidence = '?' WHERE key = 'E'",
            f"{ILLEGIBLE} Rows now: E, R.",
        ),
    ],
    ids=["edition", "entry", "entry gone", "rule gone", "rule", "the hash itself", "illegible"],
)
def test_altered_publications_finds_what_was_altered_behind_the_site(no_lists, act, statement, what):
    Audience.objects.create(key="audience", name="Audience")
    act([draft_edition(edition("E", "FO"))], [draft_rule(rule("R"))])
    act([draft_edition(edition("UNTOUCHED", "FR", list_key="OTHER"))])

    with connection.cursor() as cursor:
        cursor.execute(statement)

    assert altered_publications() == [AlteredPublication(1, what)]


@pytest.mark.parametrize(
    ("gone", "known", "found"),
    [
        ([1], 0, [1]),
        ([2], 0, [2]),
        ([3], 0, []),
        ([3], 3, [3]),
        ([2, 3], 3, [2, 3]),
        ([1, 2, 3], 3, [1, 2, 3]),
    ],
    ids=[
        "the first",
        "one between",
        "the newest, which nothing names",
        "the newest, which something names",
        "two",
        "all",
    ],
)
def test_altered_publications_finds_what_is_gone(no_lists, act, gone, known, found):
    for number in (1, 2, 3):
        act([draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}"))])
    delete_behind_the_site(gone)

    assert altered_publications(known) == [
        AlteredPublication(number, "It is gone: numbers are given without a gap.") for number in found
    ]


def delete_behind_the_site(numbers):
    """Delete publications with all their rows, as somebody at the database could."""
    chosen = ListEdition.objects.filter(publication__number__in=numbers)
    editions = list(chosen.values_list("pk", flat=True))
    QuerySet(ListEntry).filter(edition__in=editions).delete()
    QuerySet(ListEdition).filter(pk__in=editions).delete()
    QuerySet(Publication).filter(number__in=numbers).delete()


def test_altered_publications_finds_that_all_rows_are_gone(no_lists, act):
    act([draft_edition(edition("E", "FR"))])
    act([draft_edition(edition("UNTOUCHED", "FR", list_key="OTHER"))])

    QuerySet(ListEntry).filter(edition__key="E").delete()
    QuerySet(ListEdition).filter(key="E").delete()

    assert altered_publications() == [AlteredPublication(1, "All its rows are gone.")]


@pytest.mark.parametrize("size", [1, 3])
def test_altered_publications_takes_a_fixed_number_of_queries(seeded, act, size, django_assert_num_queries):
    for number in range(size):
        act([draft_edition(edition(f"E{number}", "FR", list_key=f"L{number}"))])

    with django_assert_num_queries(4):
        assert altered_publications() == []


@pytest.mark.django_db(transaction=True)
def test_publish_numbers_acts_of_the_same_moment_one_after_the_other(act):
    drafts = [draft_edition(edition(f"E{n}", "FR", list_key=f"L{n}")) for n in range(4)]

    def publish_one(draft: ListEdition) -> int:
        try:
            return act([draft]).number
        finally:
            connection.close()

    with ThreadPoolExecutor(len(drafts)) as threads:
        numbers = sorted(threads.map(publish_one, drafts))

    assert numbers == [2, 3, 4, 5]

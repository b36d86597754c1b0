"""What is published, as one cached record."""

import contextlib
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from eligibility import datafiles
from eligibility.models import Audience
from eligibility.register import current, newest_publication
from eligibility.services import seeding
from eligibility.services.drafts import draft_edition, draft_rule
from eligibility.services.publications import publish
from tests.eligibility.factories import edition, member_of_staff, rule

pytestmark = pytest.mark.django_db


class RolledBack(Exception):
    """Undo a transaction."""


def test_current_holds_just_what_the_files_state(seeded):
    files = datafiles.read_data_files()

    published = current("cosme-eni")

    assert published.publication == 1
    assert sorted(published.editions, key=str) == sorted(files.editions, key=str)
    assert sorted(published.rules, key=str) == sorted(files.rules, key=str)


def test_current_without_a_key_is_the_first_audience(seeded):
    Audience.objects.create(key="another", name="Another")

    assert current() == current("cosme-eni")


def test_current_has_no_rules_for_an_unknown_audience(seeded):
    published = current("unknown")

    assert (published.rules, published.editions) == ((), current().editions)


def test_current_is_empty_before_anything_is_published(no_lists):
    published = current()

    assert (published.publication, published.editions, published.rules) == (0, (), ())
    assert newest_publication() == 0


def test_current_leaves_out_drafts(seeded):
    draft_edition(edition("DRAFT", "FR"))

    assert "DRAFT" not in {published.key for published in current().editions}


def test_current_takes_one_query_when_warm(seeded, django_assert_num_queries):
    current()

    with django_assert_num_queries(1):
        current()


@pytest.mark.parametrize("further_editions", [0, 3])
def test_current_takes_five_queries_when_cold(
    seeded, no_lists_read, further_editions, django_assert_num_queries
):
    drafts = [draft_edition(edition(f"E{n}", "FR", list_key=f"L{n}")).pk for n in range(further_editions)]
    if drafts:
        publish(
            editions=drafts, rules=[], by=member_of_staff("a"), confirmed_by=member_of_staff("b"), note=""
        )

    with django_assert_num_queries(5):
        current()


def test_current_shows_a_publication_at_once(seeded):
    draft = draft_edition(edition("NEWS", "FR", list_key="NEWS", starts=date(2020, 5, 1)))

    publish(
        editions=[draft.pk], rules=[], by=member_of_staff("a"), confirmed_by=member_of_staff("b"), note=""
    )

    assert newest_publication() == 2
    assert current().editions[-1].key == "NEWS"


def test_current_keeps_audiences_apart(seeded):
    Audience.objects.create(key="audience", name="Another")
    draft = draft_rule(rule("THEIRS", "ENI"))
    publish(
        editions=[], rules=[draft.pk], by=member_of_staff("a"), confirmed_by=member_of_staff("b"), note=""
    )

    keys = {key: [rule.key for rule in current(key).rules] for key in ("cosme-eni", "audience")}

    assert keys == {"cosme-eni": ["INV-ORIG", "INV-CORR"], "audience": ["THEIRS"]}


def test_current_is_not_taken_in_by_a_number_that_was_used_before(no_lists):
    files = datafiles.read_data_files()
    only_undocumented = replace(files, audiences=(replace(files.audiences[0], rules=files.rules[:1]),))
    with contextlib.suppress(RolledBack), transaction.atomic():
        seeding.load_files(files)
        assert len(current().rules) == 2
        raise RolledBack

    seeding.load_files(only_undocumented)

    assert [published.key for published in current().rules] == ["INV-ORIG"]

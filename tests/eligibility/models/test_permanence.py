"""Published rows never change, and the database refuses what must never be true."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from eligibility.models import (
    Audience,
    ListEdition,
    ListEntry,
    ProposedRowsWait,
    Publication,
    PublicationProposal,
    PublishedRowsNeverChange,
    RuleVersion,
)
from eligibility.services.drafts import draft_edition, draft_rule
from eligibility.services.proposals import propose_publication
from tests.eligibility.factories import edition, member_of_staff, rule

pytestmark = pytest.mark.django_db


def change_edition():
    row = ListEdition.objects.get(key="EU-27")
    row.title = "Changed"
    row.save()


def change_entry():
    row = ListEntry.objects.filter(edition__key="EU-27").first()
    row.name = "Changed"
    row.save()


def move_entry_to_a_draft():
    row = ListEntry.objects.filter(edition__key="EU-27").first()
    row.edition = draft_edition(edition("DRAFT", "FR"))
    row.save()


def add_entry():
    ListEntry.objects.create(edition=ListEdition.objects.get(key="EU-27"), code="NO", name="Norway")


def add_entries_in_bulk():
    ListEntry.objects.bulk_create(
        [ListEntry(edition=ListEdition.objects.get(key="EU-27"), code="NO", name="Norway")]
    )


def publish_a_draft_by_hand():
    row = draft_edition(edition("DRAFT", "FR"))
    row.publication = Publication.objects.get()
    row.save()


def publish_drafts_by_hand():
    draft_edition(edition("DRAFT", "FR"))
    ListEdition.objects.filter(key="DRAFT").update(publication=Publication.objects.get())


def number_a_publication_anew():
    row = Publication.objects.get()
    row.number = 2
    row.save()


def insert_publications_in_bulk():
    Publication.objects.bulk_create([Publication(number=2, published_at=timezone.now())])


FORBIDDEN = [
    change_edition,
    change_entry,
    move_entry_to_a_draft,
    add_entry,
    add_entries_in_bulk,
    publish_a_draft_by_hand,
    publish_drafts_by_hand,
    number_a_publication_anew,
    insert_publications_in_bulk,
    lambda: RuleVersion.objects.get(key="INV-CORR").save(),
    lambda: ListEdition.objects.get(key="EU-27").delete(),
    lambda: ListEntry.objects.filter(code="NO").first().delete(),
    lambda: RuleVersion.objects.get(key="INV-CORR").delete(),
    lambda: Publication.objects.get().delete(),
    lambda: ListEdition.objects.update(title="Changed"),
    lambda: ListEntry.objects.filter(code="BE").update(name="Changed"),
    lambda: RuleVersion.objects.update(lists=[]),
    lambda: Publication.objects.update(note="Changed"),
    lambda: ListEdition.objects.filter(key="EU-27").delete(),
    lambda: ListEntry.objects.filter(code="BE").delete(),
    lambda: RuleVersion.objects.all().delete(),
    lambda: Publication.objects.all().delete(),
    lambda: ListEntry.objects.bulk_update(ListEntry.objects.filter(code="BE"), ["name"]),
]


@pytest.mark.parametrize(
    "change", FORBIDDEN, ids=[getattr(c, "__name__", "") + str(i) for i, c in enumerate(FORBIDDEN)]
)
def test_published_rows_never_change(seeded, change):
    before = list(ListEntry.objects.order_by("pk").values())

    with pytest.raises(PublishedRowsNeverChange), transaction.atomic():
        change()

    assert list(ListEntry.objects.order_by("pk").values()) == before


def change_proposed_edition():
    row = ListEdition.objects.get(key="DRAFT")
    row.title = "Changed"
    row.save()


def change_proposed_rule():
    row = RuleVersion.objects.get(key="RULE")
    row.note = "Changed"
    row.save()


def change_proposed_edition_read_before_it_was():
    row = ListEdition.objects.get(key="DRAFT")
    row.proposal = None
    row.save()


def propose_by_hand():
    row = draft_edition(edition("OTHER", "FR"))
    row.proposal = PublicationProposal.objects.get()
    row.save()


def propose_in_bulk():
    draft_edition(edition("OTHER", "FR"))
    ListEdition.objects.filter(key="OTHER").update(proposal=PublicationProposal.objects.get())


def add_entry_to_a_proposed_edition():
    ListEntry.objects.create(edition=ListEdition.objects.get(key="DRAFT"), code="NO", name="Norway")


def add_entries_to_a_proposed_edition_in_bulk():
    row = ListEdition.objects.get(key="DRAFT")
    ListEntry.objects.bulk_create([ListEntry(edition=row, code="NO", name="Norway")])


PROPOSED = [
    change_proposed_edition,
    change_proposed_rule,
    change_proposed_edition_read_before_it_was,
    propose_by_hand,
    propose_in_bulk,
    add_entry_to_a_proposed_edition,
    add_entries_to_a_proposed_edition_in_bulk,
    lambda: ListEdition.objects.get(key="DRAFT").delete(),
    lambda: ListEdition.objects.filter(key="DRAFT").update(title="Changed"),
    lambda: ListEdition.objects.filter(key="DRAFT").delete(),
    lambda: RuleVersion.objects.get(key="RULE").delete(),
    lambda: ListEntry.objects.get(edition__key="DRAFT").save(),
    lambda: ListEntry.objects.get(edition__key="DRAFT").delete(),
    lambda: ListEntry.objects.filter(edition__key="DRAFT").update(name="Changed"),
]


@pytest.mark.parametrize(
    "change", PROPOSED, ids=[getattr(c, "__name__", "") + str(i) for i, c in enumerate(PROPOSED)]
)
def test_proposed_rows_wait(change):
    Audience.objects.create(key="audience", name="Audience")
    propose_publication(
        editions=[draft_edition(edition("DRAFT", "FR")).pk],
        rules=[draft_rule(rule()).pk],
        by=member_of_staff("one"),
        note="Corrigendum",
        now=timezone.now(),
    )
    before = [list(model.objects.values()) for model in (ListEdition, ListEntry, RuleVersion)]

    with pytest.raises(ProposedRowsWait), transaction.atomic():
        change()

    assert [list(model.objects.values()) for model in (ListEdition, ListEntry, RuleVersion)] == before


@pytest.mark.parametrize(
    ("answers", "constraint"),
    [
        ({"declined_at"}, "whoever_declines_a_proposal_does_it_at_a_moment"),
        ({"declined_by"}, "whoever_declines_a_proposal_does_it_at_a_moment"),
        ({"declined_at", "declined_by", "publication"}, "a_proposal_is_never_confirmed_and_declined"),
    ],
    ids=["declined by nobody", "declined at no moment", "confirmed and declined"],
)
def test_proposal_is_refused_by_the_database(seeded, answers, constraint):
    one, now = member_of_staff("one"), timezone.now()
    given = {"declined_at": now, "declined_by": one, "publication": Publication.objects.get()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PublicationProposal.objects.create(
            keys="DRAFT", proposed_by=one, proposed_at=now, **{name: given[name] for name in answers}
        )


def test_drafts_change_and_go(seeded):
    row = draft_edition(edition("DRAFT", "FR", "BE"))

    row.title = "Changed"
    row.save()
    row.entries.filter(code="FR").delete()
    row.entries.update(name="Changed")
    changed = list(row.entries.values_list("code", "name"))
    row.delete()

    assert changed == [("BE", "Changed")]
    assert not ListEdition.objects.drafts().exists()


def test_members_of_staff_who_published_stay_on_record(seeded):
    one, two = member_of_staff("one"), member_of_staff("two")
    Publication.objects.create(
        number=2, origin="staff", published_at=timezone.now(), published_by=one, confirmed_by=two
    )

    with pytest.raises(ProtectedError):
        one.delete()


@pytest.mark.parametrize(
    ("origin", "by", "confirmed_by"),
    [
        ("staff", "one", "one"),
        ("staff", "one", None),
        ("staff", None, None),
        ("seed", "one", "two"),
        ("robot", None, None),
    ],
    ids=["one person twice", "nobody confirmed", "nobody at all", "a seed with names", "an unknown origin"],
)
def test_publication_is_by_two_people_or_the_seed(origin, by, confirmed_by):
    staff = {None: None, "one": member_of_staff("one"), "two": member_of_staff("two")}

    with pytest.raises(IntegrityError, match="staff_publish_in_twos"), transaction.atomic():
        Publication.objects.create(
            number=1,
            origin=origin,
            published_at=timezone.now(),
            published_by=staff[by],
            confirmed_by=staff[confirmed_by],
        )


@pytest.mark.parametrize(
    ("stated", "constraint"),
    [
        ({"ends": date(2013, 1, 1)}, "an_edition_ends_on_or_after_its_first_day"),
        ({"source_title": ""}, "an_edition_names_its_source"),
    ],
    ids=["ends before it starts", "no source"],
)
def test_edition_is_refused_by_the_database(stated, constraint):
    row = draft_edition(edition("DRAFT", "FR"))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ListEdition.objects.filter(pk=row.pk).update(**stated)


def test_edition_never_corrects_itself():
    row = draft_edition(edition("DRAFT", "FR"))

    with pytest.raises(IntegrityError, match="an_edition_never_corrects_itself"), transaction.atomic():
        ListEdition.objects.filter(pk=row.pk).update(corrects=row)


@pytest.mark.parametrize(
    ("stated", "constraint"),
    [
        ({"starts": date(2020, 1, 2), "ends": date(2020, 1, 1)}, "a_rule_ends_on_or_after_its_first_day"),
        ({"source_title": ""}, "a_rule_names_its_source"),
    ],
    ids=["ends before it starts", "no source"],
)
def test_rule_is_refused_by_the_database(stated, constraint):
    Audience.objects.create(key="audience", name="Audience")
    row = draft_rule(rule())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RuleVersion.objects.filter(pk=row.pk).update(**stated)


def test_rule_never_corrects_itself():
    Audience.objects.create(key="audience", name="Audience")
    row = draft_rule(rule())

    with pytest.raises(IntegrityError, match="a_rule_never_corrects_itself"), transaction.atomic():
        RuleVersion.objects.filter(pk=row.pk).update(corrects=row)


def test_two_first_editions_of_one_day_are_refused_by_the_database(seeded):
    draft_edition(edition("AGAIN", "FR", list_key="EU", starts=date(2020, 2, 1)))

    with pytest.raises(IntegrityError, match=r"listedition|one_edition_per_list"), transaction.atomic():
        ListEdition.objects.filter(key="AGAIN").mark_published(Publication.objects.get())


@pytest.mark.parametrize("starts", [None, date(2020, 4, 27)], ids=["from the beginning", "from a day"])
def test_two_first_rules_of_one_day_are_refused_by_the_database(seeded, starts):
    Audience.objects.create(key="audience", name="Audience")
    draft_rule(rule("ONE", starts=starts))
    draft_rule(rule("TWO", starts=starts))

    with pytest.raises(IntegrityError, match=r"ruleversion|one_rule_per_audience"), transaction.atomic():
        RuleVersion.objects.drafts().mark_published(Publication.objects.get())


def test_entry_of_a_country_twice_is_refused_by_the_database():
    row = draft_edition(edition("DRAFT", "FR"))

    with (
        pytest.raises(IntegrityError, match=r"listentry|an_edition_names_a_country_once"),
        transaction.atomic(),
    ):
        ListEntry.objects.create(edition=row, code="FR", name="France")


def test_entry_that_follows_nobody_is_refused_by_the_database():
    row = draft_edition(edition("DRAFT", "FR"))

    with pytest.raises(IntegrityError, match="what_follows_a_state_names_it"), transaction.atomic():
        ListEntry.objects.create(edition=row, code="GP", name="Guadeloupe", treatment="follows")

"""Loading the dated files: once, and never over what is published."""

from dataclasses import replace

import pytest

from eligibility import datafiles
from eligibility.models import Audience, ListEdition, ListEntry, Publication, RuleVersion
from eligibility.services import seeding
from eligibility.services.publications import PublishingRefused
from tests.eligibility.factories import edition

pytestmark = pytest.mark.django_db


def everything() -> list[list[dict]]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Audience, Publication, ListEdition, ListEntry, RuleVersion)
    ]


def with_edition(files, *more):
    return replace(files, editions=(*files.editions, *more))


def test_load_makes_one_publication_of_the_files(no_lists):
    files = datafiles.read_data_files()

    result = seeding.load_files(files)

    publication = Publication.objects.get()
    assert (result.publication, publication.number, publication.origin) == (1, 1, "seed")
    assert {row.key for row in publication.listeditions.all()} == {stated.key for stated in files.editions}
    assert {row.key for row in publication.ruleversions.all()} == {stated.key for stated in files.rules}


def test_load_again_changes_nothing(seeded):
    before = everything()

    result = seeding.load_files(datafiles.read_data_files())

    assert result == seeding.Seeding((), (), (), ())
    assert everything() == before


def test_load_on_a_dry_run_says_what_it_would_do_and_writes_nothing(no_lists):
    files = datafiles.read_data_files()

    result = seeding.load_files(files, dry_run=True)

    assert (len(result.audiences), len(result.editions), len(result.rules), result.publication) == (
        1,
        6,
        2,
        None,
    )
    assert everything() == [[], [], [], [], []]


def test_load_publishes_what_is_new_and_that_alone(seeded):
    news = edition("NEWS", "FR", list_key="NEWS")

    result = seeding.load_files(with_edition(datafiles.read_data_files(), news))

    assert (result.editions, result.publication) == ((news,), 2)
    assert [row.key for row in Publication.objects.get(number=2).listeditions.all()] == ["NEWS"]


def test_load_never_alters_what_is_published(seeded):
    files = datafiles.read_data_files()
    changed = replace(
        files,
        editions=tuple(replace(stated, note="Changed") for stated in files.editions[:1]) + files.editions[1:],
    )
    before = everything()

    result = seeding.load_files(changed)

    assert result.differing == (files.editions[0].key,)
    assert everything() == before


def test_load_writes_a_correction_after_what_it_corrects(no_lists):
    files = datafiles.read_data_files()
    correction = edition("A-CORRECTION", "FR", list_key="NEWS", corrects="Z-FIRST")
    first = edition("Z-FIRST", "FR", list_key="NEWS")

    seeding.load_files(with_edition(files, correction, first))

    assert ListEdition.objects.get(key="A-CORRECTION").corrects.key == "Z-FIRST"


def test_load_refuses_files_that_contradict_themselves(no_lists):
    files = with_edition(datafiles.read_data_files(), edition("E", "ZZ", list_key="NEWS"))

    with pytest.raises(PublishingRefused, match="E names ZZ, which is no country code"):
        seeding.load_files(files)

    assert everything() == [[], [], [], [], []]


def test_load_refuses_files_that_contradict_what_is_published(seeded):
    files = datafiles.read_data_files()
    rival = [replace(stated, key="RIVAL") if stated.key == "EU-28" else stated for stated in files.editions]
    before = everything()

    with pytest.raises(PublishingRefused, match="EU-28, RIVAL start on the same day"):
        seeding.load_files(replace(files, editions=tuple(rival)))

    assert everything() == before

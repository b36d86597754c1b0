"""The dated files hold every statement, with its source, and invent none."""

from datetime import date

import pytest

from eligibility import datafiles
from eligibility.records import Confidence, Entry, Source, Treatment


@pytest.fixture(scope="module")
def files():
    """Return what the dated files state."""
    return datafiles.read_data_files()


def entry_of(files, key: str, code: str) -> Entry:
    return next(edition for edition in files.editions if edition.key == key).entry(code)


def test_read_finds_every_edition_with_its_days(files):
    assert {edition.key: (edition.list_key, edition.starts, edition.ends) for edition in files.editions} == {
        "EU-28": ("EU", date(2013, 7, 1), None),
        "EU-27": ("EU", date(2020, 2, 1), None),
        "EU-UK-TRANSITION-2020": ("EU-UK-TRANSITION", date(2020, 2, 1), date(2020, 12, 31)),
        "COSME-3C-2018": ("COSME-3C", date(2018, 1, 1), date(2020, 12, 31)),
        "ENI-2014": ("ENI", date(2014, 1, 1), date(2020, 12, 31)),
        "TERRITORIES-2014": ("TERRITORIES", date(2014, 1, 1), None),
    }


@pytest.mark.parametrize(
    ("key", "admitted"),
    [
        ("EU-28", 28),
        ("EU-27", 27),
        ("EU-UK-TRANSITION-2020", 1),
        ("COSME-3C-2018", 11),
        ("ENI-2014", 16),
        ("TERRITORIES-2014", 0),
    ],
)
def test_read_finds_every_country(files, key, admitted):
    edition = next(edition for edition in files.editions if edition.key == key)

    assert sum(entry.treatment == Treatment.ADMITTED for entry in edition.entries) == admitted


def test_read_keeps_an_entry_whole(files):
    ukraine = entry_of(files, "COSME-3C-2018", "UA")

    assert (ukraine.name, ukraine.signed, ukraine.in_force, ukraine.attested, ukraine.confidence) == (
        "Ukraine",
        date(2016, 5, 4),
        date(2017, 3, 21),
        date(2017, 12, 19),
        Confidence.A,
    )
    assert ukraine.sources[1] == Source(
        "Law of Ukraine No 1904-VIII of 22 February 2017",
        "http://online.budstandart.com/ru/catalog/doc-page.html?id_doc=70481",
        date(2017, 2, 22),
    )


@pytest.mark.parametrize(
    ("code", "not_established"),
    [
        ("IS", {"signed", "in_force"}),
        ("AL", {"in_force"}),
        ("AM", {"signed", "in_force"}),
        ("BA", {"in_force"}),
        ("XK", {"in_force"}),
        ("RS", set()),
    ],
)
def test_read_invents_no_date(files, code, not_established):
    entry = entry_of(files, "COSME-3C-2018", code)

    assert {
        name for name in ("signed", "in_force", "attested") if getattr(entry, name) is None
    } == not_established


def test_read_finds_the_rule_before_and_from_the_corrigendum(files):
    assert [(rule.key, rule.starts, rule.ends, rule.status.value, rule.corrects) for rule in files.rules] == [
        ("INV-ORIG", None, None, "not_documented", ""),
        ("INV-CORR", date(2020, 4, 27), None, "documented_in_part", "INV-ORIG"),
    ]


def test_read_cites_every_source_described(files):
    cited = {source for edition in files.editions for entry in edition.entries for source in entry.sources}
    for record in (*files.editions, *files.rules):
        cited |= {record.source, *record.further_sources}

    titles = [
        line
        for line in (datafiles.DATA / "sources.toml").read_text().splitlines()
        if line.startswith("title")
    ]
    assert {f'title = "{source.title}"' for source in cited} == set(titles)

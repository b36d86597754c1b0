"""`manage.py check` refuses data files that contradict themselves, without a database."""

import shutil

import pytest
from django.core.checks import Error, run_checks

from eligibility import datafiles
from eligibility.checks import check_data_files, data_file_problems

SOURCES = '[S1]\ntitle = "A source"\n'
LIST = """
list = "LIST"
[[editions]]
key = "E"
title = "Edition"
starts = 2020-01-01
source = "S1"
confidence = "A"
entries = [{ code = "BE", name = "Belgium", confidence = "A", sources = ["S1"] }]
"""
RULES = """
key = "audience"
name = "Audience"
[[rules]]
key = "R"
status = "documented"
source = "S1"
lists = ["LIST"]
"""
SECOND_EDITION = LIST.replace('list = "LIST"', "").replace('"E"', '"F"')


@pytest.fixture
def folder(tmp_path):
    """Return a folder of sound data files."""
    for name, text in {"sources": SOURCES, "list": LIST, "audience": RULES}.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_check_finds_nothing_in_the_files_of_the_site():
    assert [message for message in run_checks() if message.id and message.id.startswith("eligibility")] == []


def test_check_finds_nothing_in_sound_files(folder):
    assert data_file_problems(folder) == ()


REFUSALS = {
    "unknown code": ("list", LIST.replace('"BE"', '"ZZ"'), "E001", "E names ZZ, which is no country code."),
    "same start": (
        "list",
        LIST + SECOND_EDITION,
        "E002",
        "E, F start on the same day and neither corrects the other.",
    ),
    "correction of nothing": (
        "list",
        LIST.replace('key = "E"', 'key = "E"\ncorrects = "GONE"'),
        "E003",
        "E corrects GONE, which is not there.",
    ),
    "edition without source": (
        "list",
        LIST.replace('source = "S1"\n', ""),
        "E004",
        "list.toml: E names no source",
    ),
    "entry without source": (
        "list",
        LIST.replace(', sources = ["S1"]', ""),
        "E004",
        "list.toml: the entry BE names no source",
    ),
    "rule without source": (
        "audience",
        RULES.replace('source = "S1"\n', ""),
        "E004",
        "audience.toml: R names no source",
    ),
    "source nobody described": (
        "list",
        LIST.replace('source = "S1"', 'source = "S2"'),
        "E004",
        "list.toml: the source S2 is not in sources.toml",
    ),
    "unknown list": (
        "audience",
        RULES.replace('["LIST"]', '["NOWHERE"]'),
        "E005",
        "Rule R names the list NOWHERE, which has no edition.",
    ),
    "code twice": (
        "list",
        LIST.replace(
            "entries = [", 'entries = [{ code = "BE", name = "B", confidence = "A", sources = ["S1"] },'
        ),
        "E006",
        "E covers BE twice.",
    ),
    "no TOML": ("list", "list = ", "E011", "list.toml: Invalid value (at end of document)"),
    "unknown key": (
        "list",
        LIST + "\n[surplus]\n",
        "E011",
        "list.toml: unknown keys: surplus",
    ),
    "missing key": (
        "list",
        LIST.replace('confidence = "A"\nentries', "entries"),
        "E011",
        "list.toml: the key 'confidence' is missing",
    ),
    "a day that is a text": (
        "list",
        LIST.replace("2020-01-01", '"2020-01-01"'),
        "E011",
        "list.toml: starts must be a date",
    ),
    "a correction that starts before what it corrects": (
        "list",
        LIST + SECOND_EDITION.replace("2020-01-01", "2019-12-31").replace('"F"', '"F"\ncorrects = "E"'),
        "E012",
        "F starts before E, which it corrects and which starts on 1 January 2020.",
    ),
    "a territory that follows itself": (
        "list",
        LIST.replace(
            "entries = [",
            'entries = [{ code = "GP", name = "G", treatment = "follows", parent = "GP", note = "N", confidence = "A", '
            'sources = ["S1"] }, ',
        ),
        "E013",
        "GP in E follows itself.",
    ),
    "a day with a time": (
        "list",
        LIST.replace("2020-01-01", "2020-01-01T00:00:00Z"),
        "E011",
        "list.toml: starts must be a date",
    ),
    "a text that is a number": (
        "list",
        LIST.replace('"Edition"', "1"),
        "E011",
        "list.toml: title must be a text",
    ),
    "a list of numbers": (
        "audience",
        RULES.replace('["LIST"]', "[1]"),
        "E011",
        "audience.toml: lists must be a list of texts",
    ),
    "an unknown grade": (
        "list",
        LIST.replace('confidence = "A"\nentries', 'confidence = "Z"\nentries'),
        "E011",
        "list.toml: 'Z' is not a valid Confidence",
    ),
    "no sources file": ("sources", None, "E011", None),
}


@pytest.mark.parametrize(("name", "text", "identifier", "message"), REFUSALS.values(), ids=REFUSALS)
def test_check_refuses(folder, name, text, identifier, message):
    path = folder / f"{name}.toml"
    path.unlink()
    if text is not None:
        path.write_text(text, encoding="utf-8")

    found = [(problem.code.value, problem.message) for problem in data_file_problems(folder)]

    assert len(found) == 1
    assert found[0][0] == f"eligibility.{identifier}"
    assert message in (None, found[0][1])


def test_check_reports_what_the_folder_of_the_site_says(folder, monkeypatch):
    (folder / "list.toml").write_text(LIST.replace('"BE"', '"ZZ"'), encoding="utf-8")
    monkeypatch.setattr(datafiles, "DATA", folder)

    assert check_data_files(None) == [
        Error("E names ZZ, which is no country code.", obj="eligibility/data", id="eligibility.E001")
    ]


def test_check_reads_a_copy_of_the_sites_files_alike(tmp_path):
    copy = shutil.copytree(datafiles.DATA, tmp_path / "data")

    assert datafiles.read_data_files(copy) == datafiles.read_data_files()

"""The command that loads the dated files."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from eligibility import datafiles
from eligibility.models import Publication
from tests.eligibility.factories import edition

pytestmark = pytest.mark.django_db

NEWS = [
    "audience cosme-eni",
    "edition COSME-3C-2018, 16 entries",
    "edition ENI-2014, 17 entries",
    "edition EU-UK-TRANSITION-2020, 1 entries",
    "edition EU-28, 28 entries",
    "edition EU-27, 27 entries",
    "edition TERRITORIES-2014, 38 entries",
    "rule INV-ORIG",
    "rule INV-CORR",
]


def printed(*arguments: str, **options) -> list[str]:
    out = StringIO()
    call_command("load_eligibility", *arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def test_load_eligibility_says_what_it_added(no_lists):
    assert printed() == [*(f"added {line}" for line in NEWS), "made publication 1"]


def test_load_eligibility_says_what_it_would_add_and_adds_nothing(no_lists):
    assert printed("--dry-run") == [f"would add {line}" for line in NEWS]
    assert Publication.objects.count() == 0


def test_load_eligibility_again_has_nothing_to_add(seeded):
    assert printed() == ["nothing to add"]
    assert Publication.objects.count() == 1


def test_load_eligibility_keeps_quiet_when_asked(no_lists):
    assert printed(verbosity=0) == []


def test_load_eligibility_says_what_differs(seeded, monkeypatch):
    files = datafiles.read_data_files()
    changed = tuple(
        replace(stated, note="Changed") if stated.key == "EU-27" else stated for stated in files.editions
    )
    monkeypatch.setattr(datafiles, "read_data_files", lambda: replace(files, editions=changed))

    assert printed() == [
        "nothing to add",
        "EU-27 differs from what the site has, which stays: publish a correction instead",
    ]


def test_load_eligibility_refuses_files_that_contradict_themselves(monkeypatch):
    files = datafiles.read_data_files()
    monkeypatch.setattr(
        datafiles, "read_data_files", lambda: replace(files, editions=(*files.editions, edition("E", "ZZ")))
    )

    with pytest.raises(CommandError, match="E names ZZ, which is no country code"):
        printed()


def test_load_eligibility_refuses_files_it_cannot_read(tmp_path, monkeypatch):
    (tmp_path / "sources.toml").write_text("= nonsense", encoding="utf-8")
    monkeypatch.setattr(datafiles.read_data_files, "__defaults__", (tmp_path,))

    with pytest.raises(CommandError, match=r"sources\.toml: Invalid statement"):
        printed()

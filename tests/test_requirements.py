"""pyproject.toml names what the site and its tests need; the requirement files pin all of it, with hashes."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SITE, TESTS = "requirements.txt", "tests/requirements.txt"
FIRST_LINE = "-r ../requirements.txt\n"
PIN = re.compile(
    r"^([a-z0-9-]+)==([a-z0-9.]+)(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n    # via (.+)\n",
    re.MULTILINE,
)


@pytest.mark.parametrize("name", [SITE, TESTS])
def test_each_requirement_has_one_version_and_its_hashes(name):
    rest = PIN.sub("", (ROOT / name).read_text().removeprefix(FIRST_LINE))

    assert [line for line in rest.splitlines() if not line.startswith("#")] == []


@pytest.mark.parametrize(
    ("name", "declared"),
    [(SITE, PYPROJECT["project"]["dependencies"]), (TESTS, PYPROJECT["dependency-groups"]["tests"])],
    ids=[SITE, TESTS],
)
def test_files_were_compiled_from_what_is_declared(name, declared):
    direct = {f"{package}=={version}" for package, version, via in pins(name) if "(pyproject.toml" in via}

    assert direct == {re.sub(r"\[.*\]", "", requirement).lower() for requirement in declared}


def test_tests_run_with_the_versions_of_the_site():
    site = {package: version for package, version, _via in pins(SITE)}
    others = [pin for pin in pins(TESTS) if site.get(pin[0], pin[1]) != pin[1]]

    assert (ROOT / TESTS).read_text().startswith(FIRST_LINE)
    assert others == []


def pins(name: str) -> list[tuple[str, str, str]]:
    """Return the requirements of a compiled file: package, version, and what needs it."""
    return PIN.findall((ROOT / name).read_text())

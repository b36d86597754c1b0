"""README keeps step with the code: variables, commands, command lines, rooms and where things are."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import DjangoHelpFormatter

ROOT = Path(settings.BASE_DIR)
OURS = ("eligibility", "registrations", "webinar_site")
README = (ROOT / "README.md").read_text()
MOST_BYTES = 17_999


def section(heading: str) -> str:
    """Return what stands under a heading."""
    return README.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def table(heading: str) -> dict[str, str]:
    """Return the first column's code of the table under a heading, with the rest of its row."""
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", section(heading), re.MULTILINE))


def variables_read() -> set[str]:
    """Return the environment variables that settings.py reads."""
    text = (ROOT / "webinar_site" / "settings.py").read_text()
    return set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', text))


def test_readme_names_every_environment_variable_that_settings_read():
    assert set(table("Environment")) == variables_read()


def test_suite_forgets_every_environment_variable_that_it_does_not_set():
    text = (ROOT / "tests" / "settings.py").read_text()

    assert variables_read() - set(re.findall(r'"([A-Z_]+)"', text)) == {"DATABASE_URL", "REDIS_URL"}


def test_readme_names_every_command():
    ours = {name for name, application in get_commands().items() if application in OURS}

    assert {command.split()[0] for command in table("Commands")} == ours


@pytest.mark.parametrize("usage", table("Commands"))
def test_readme_names_every_option_of_a_command(usage):
    name = usage.split()[0]
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    options = {option for action in parser._actions for option in action.option_strings}
    ours = {option for option in options - DjangoHelpFormatter.show_last if len(option) > 2} - {"--help"}

    assert set(re.findall(r"--[a-z-]+", usage)) == ours


def test_readme_has_the_two_command_lines():
    setup = "python3 -m venv .venv && .venv/bin/pip install -r"

    assert f"\n{setup} requirements.txt && .venv/bin/python manage.py quickstart\n" in README
    assert f"\n{setup} tests/requirements.txt && .venv/bin/python -m pytest -n auto\n" in README


def test_readme_is_short():
    assert len(README.encode()) <= MOST_BYTES


@pytest.mark.parametrize("heading", ["A map of the code", "The journey of one registration"])
def test_readme_names_paths_that_are_there(heading):
    named = re.findall(r"`([a-z_/]+(?:/|\.py))`", section(heading))
    folders = [
        ROOT,
        *(ROOT / name for name in (*OURS, "registrations/mails", "registrations/services", "tests")),
    ]

    assert len(named) > 3
    assert [path for path in named if not any((folder / path).exists() for folder in folders)] == []


def test_readme_names_every_room_of_the_services_in_the_order_of_its_imports():
    rooms = [path.parent.name for path in (ROOT / "registrations" / "services").glob("*/__init__.py")]
    rows = re.findall(
        r"^\| ((?:`[a-z_]+/`(?:, )?)+) \|", section("A map of the code").split("services/`, whose")[1], re.M
    )
    named = [room for row in rows for room in re.findall(r"`([a-z_]+)/`", row)]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == ["registrations.services"])
    depth = {room: number for number, layer in enumerate(layers) for room in re.findall(r"[a-z_]+", layer)}

    assert sorted(named) == sorted(rooms)
    assert named == sorted(named, key=lambda room: depth[room])


def test_readme_says_where_ten_things_are():
    named = re.findall(r"\| `([^`]+)` in `([^`]+)` \|$", section("Where is …?"), re.MULTILINE)
    lost = [
        (name, path)
        for name, path in named
        if not re.search(rf"^(?: *(?:def|class) |key = \"|){name}\b", (ROOT / path).read_text(), re.MULTILINE)
    ]

    assert len(named) == 10
    assert lost == []

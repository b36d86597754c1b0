"""README keeps step with the code: every environment variable, every command, every command line."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import DjangoHelpFormatter

ROOT = Path(settings.BASE_DIR)
OURS = ("eligibility", "registrations", "webinar_site")
README = (ROOT / "README.md").read_text()


def table(heading: str) -> dict[str, str]:
    """Return the first column's code of the table under a heading, with the rest of its row."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, re.MULTILINE))


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

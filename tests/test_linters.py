"""Whoever commits hears from the same linters as CI."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NO_LINTERS = ("pip ", "python -m pytest", "python manage.py check ")


def test_hooks_before_a_commit_run_the_linters_of_ci():
    hooks = commands(".pre-commit-config.yaml")

    assert hooks == [command for command in commands(".ci/run") if not command.startswith(NO_LINTERS)]


def commands(name: str) -> list[str]:
    """Return what a file runs from .venv, in order, without the files it is run on."""
    return [line.strip() for line in re.findall(r"\.venv/bin/([^{\n]+)", (ROOT / name).read_text())]

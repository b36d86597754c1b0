"""Each room's table of contents says what outer code may call, one sentence each, and outer code calls nothing else."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

SERVICES = Path(settings.BASE_DIR, "registrations", "services")
ROOMS = sorted(contents.parent.name for contents in SERVICES.glob("*/__init__.py"))
OUTSIDE = [
    path
    for package in ("registrations", "webinar_site")
    for path in sorted(Path(settings.BASE_DIR, package).rglob("*.py"))
    if not path.is_relative_to(SERVICES)
]
SENTENCE = re.compile(r"    # [A-Z].*[^.]\.")


def names_called(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield what a file uses below `registrations.services`: room, name, and whatever follows them."""
    tree = ast.parse(path.read_text())
    imported: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("registrations."):
            for alias in node.names:
                dotted = (*node.module.split("."), alias.name)
                if dotted[:2] == ("registrations", "services"):
                    imported[alias.asname or alias.name] = dotted[2:]
    yield from (dotted for dotted in imported.values() if len(dotted) > 1)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, *rest = re.split(r"[^\w.]", ast.unparse(node))[0].split(".")
            if first in imported and len(imported[first]) < 2:
                yield (*imported[first], *rest)


@pytest.fixture(scope="module")
def called() -> dict[str, set[str]]:
    """Return the names that code outside the services uses, by room."""
    called: dict[str, set[str]] = {room: set() for room in ROOMS}
    for path in OUTSIDE:
        for room, *names in names_called(path):
            if room in ROOMS and names:
                called[room].add(names[0])
    return called


@pytest.mark.parametrize("room", ROOMS)
def test_contents_is_what_outer_code_calls(room: str, called: dict[str, set[str]]):
    contents = importlib.import_module(f"registrations.services.{room}")

    assert sorted(contents.__all__) == sorted(called[room])
    assert [name for name in contents.__all__ if not hasattr(contents, name)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_contents_says_each_name_in_a_sentence(room: str):
    lines = SERVICES.joinpath(room, "__init__.py").read_text().splitlines()
    entries = lines[lines.index("__all__ = [") + 1 : -1]

    assert [line for line in entries[::2] if not SENTENCE.fullmatch(line)] == []
    assert [line for line in entries[1::2] if not re.fullmatch(r'    "\w+",', line)] == []


def test_names_called_follows_imports_and_attributes(tmp_path: Path):
    path = tmp_path / "page.py"
    path.write_text(
        "from registrations import services\n"
        "from registrations.services.seats import Change\n"
        "from registrations.services import people\n"
        "from registrations.services.mail.returns import Result\n"
        "services.people.register(1)\n"
        "people.edit\n"
    )

    assert set(names_called(path)) == {
        ("seats", "Change"),
        ("mail", "returns", "Result"),
        ("people",),
        ("people", "register"),
        ("people", "edit"),
    }

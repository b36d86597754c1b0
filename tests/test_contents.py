"""Each room's table of contents says what outer code may call, one sentence each, and outer code calls nothing else."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
SERVICES = [("eligibility", "services"), ("registrations", "services")]
ROOMS = [
    "eligibility.services",
    *(
        f"registrations.services.{path.parent.name}"
        for path in BASE.glob("registrations/services/*/__init__.py")
    ),
]
PACKAGES = ("eligibility", "registrations", "webinar_site")
FILES = [path for package in PACKAGES for path in sorted(BASE.joinpath(package).rglob("*.py"))]
SENTENCE = re.compile(r"    # [A-Z].*[^.]\.")


def names_called(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield what a file uses below an application's services, as dotted names in parts."""
    tree = ast.parse(path.read_text())
    imported: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                dotted = (*node.module.split("."), alias.name)
                if dotted[:2] in SERVICES:
                    imported[alias.asname or alias.name] = dotted
    yield from (dotted for dotted in imported.values() if len(dotted) > 2)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, *rest = re.split(r"[^\w.]", ast.unparse(node))[0].split(".")
            if first in imported and ".".join(imported[first]) in (*ROOMS, "registrations.services"):
                yield (*imported[first], *rest)


@pytest.fixture(scope="module")
def called() -> dict[str, set[str]]:
    """Return the names that code outside the services uses, by room."""
    called: dict[str, set[str]] = {room: set() for room in ROOMS}
    for path in FILES:
        inside = path.relative_to(BASE).parts[:2]
        for dotted in names_called(path):
            room = next(
                (name for name in ROOMS if dotted[: name.count(".") + 1] == tuple(name.split("."))), ""
            )
            names = dotted[room.count(".") + 1 :]
            if room and names and dotted[:2] != inside:
                called[room].add(names[0])
    return called


@pytest.mark.parametrize("room", ROOMS)
def test_contents_is_what_outer_code_calls(room: str, called: dict[str, set[str]]):
    contents = importlib.import_module(room)

    assert sorted(contents.__all__) == sorted(called[room])
    assert [name for name in contents.__all__ if not hasattr(contents, name)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_in_the_contents_hides_a_file_of_the_room(room: str):
    files = {path.stem for path in BASE.joinpath(*room.split(".")).glob("*.py")}

    assert set(importlib.import_module(room).__all__) & files == set()


@pytest.mark.parametrize("room", ROOMS)
def test_contents_says_each_name_in_a_sentence(room: str):
    lines = BASE.joinpath(*room.split("."), "__init__.py").read_text().splitlines()
    entries = lines[lines.index("__all__ = [") + 1 : -1]

    assert [line for line in entries[::2] if not SENTENCE.fullmatch(line)] == []
    assert [line for line in entries[1::2] if not re.fullmatch(r'    "\w+",', line)] == []


def test_names_called_follows_imports_and_attributes(tmp_path: Path):
    path = tmp_path / "page.py"
    path.write_text(
        "from registrations import services\n"
        "from registrations.services.seats import SeatChange\n"
        "from registrations.services import people\n"
        "from registrations.services.mail.returned_mail import ReturnResult\n"
        "services.people.register(1)\n"
        "people.edit\n"
        "from eligibility import services as official\n"
        "official.propose_publication(1)\n"
    )

    assert {".".join(dotted) for dotted in names_called(path)} == {
        "registrations.services.people",
        "registrations.services.people.register",
        "registrations.services.people.edit",
        "registrations.services.seats.SeatChange",
        "registrations.services.mail.returned_mail.ReturnResult",
        "eligibility.services.propose_publication",
    }

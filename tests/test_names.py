"""One word, one thing: whoever looks for a name finds one definition of it, and no two that mean something else."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

PACKAGES = ("eligibility", "registrations", "webinar_site")
FILES = [
    path
    for package in PACKAGES
    for path in sorted(Path(settings.BASE_DIR, package).rglob("*.py"))
    if "migrations" not in path.parts
]
# A page is called like the one thing that it does: the function of the services behind its button.
PAGES = ("desk", "views", "tasks.py")
REASONS = {
    "PAGES": "each app has a table of desk pages",
    "Command": "what Django looks for in a file of management/commands",
    "DATETIME_FORMAT": "what Django looks for in the formats of a language",
    "DATE_FORMAT": "what Django looks for in the formats of a language",
    "SHORT_DATETIME_FORMAT": "what Django looks for in the formats of a language",
    "SHORT_DATE_FORMAT": "what Django looks for in the formats of a language",
    "TIME_FORMAT": "what Django looks for in the formats of a language",
    "State": "short for the states of the one model that a file is about",
    "app_name": "what Django looks for in a file of addresses",
    "logger": "the usual name of a file's own logger",
    "register": "what Django looks for in a file of template tags; else a verb: to register for a webinar",
    "urlpatterns": "what Django looks for in a file of addresses",
    "PUBLISH_RULES": "each app names the permissions that it asks for",
    "VIEW_EDITIONS": "each app names the permissions that it asks for",
}


def bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a file gives to a class, function or value."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def is_page_of(path: Path, name: str) -> bool:
    """Return whether a file of pages, views or tasks uses a function of this name that is not its own."""
    inside = path.relative_to(settings.BASE_DIR).parts[1:]
    uses = (node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute))
    return inside[0] in PAGES and name in uses


@pytest.fixture(scope="module")
def definitions() -> dict[str, list[Path]]:
    """Return where each public name is defined at the top of a file."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in FILES:
        for name in {name for node in ast.parse(path.read_text()).body for name in bound(node)}:
            if not name.startswith("_"):
                found[name].append(path)
    return found


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Return the names that some file imports from another."""
    nodes = (node for path in FILES for node in ast.walk(ast.parse(path.read_text())))
    return {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(PACKAGES)
        for alias in node.names
    }


def test_a_name_has_one_definition(definitions: dict[str, list[Path]], imported: set[str]):
    """A constant of capitals that only its own file uses may be called like one of another file."""
    repeated = {
        name: [str(path.relative_to(settings.BASE_DIR)) for path in rest]
        for name, paths in definitions.items()
        if name not in REASONS
        and (name in imported or not name.isupper())
        and len(rest := [path for path in paths if not is_page_of(path, name)]) > 1
    }

    assert repeated == {}


def test_each_reason_is_needed(definitions: dict[str, list[Path]]):
    assert [name for name in REASONS if len(definitions[name]) < 2] == []

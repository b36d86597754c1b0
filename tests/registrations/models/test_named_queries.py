"""What state something is in is asked by name: filters on states stand on the querysets of the models, once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
FILES = [
    path
    for package in ("eligibility", "registrations", "webinar_site")
    for path in sorted(BASE.joinpath(package).rglob("*.py"))
    if not {"models", "migrations"} & set(path.parts)
]
NARROWING = ("filter", "exclude", "get")


def filters_on_states(source: str) -> Iterator[str]:
    """Yield the lookups by which a source asks for a fixed state, of its rows or along a relation."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        narrows = isinstance(node.func, ast.Attribute) and node.func.attr in NARROWING
        for keyword in node.keywords:
            *path, last = (keyword.arg or "").removesuffix("__in").split("__")
            is_fixed = any(isinstance(part, ast.Attribute) for part in ast.walk(keyword.value))
            if last == "state" and (path or (narrows and is_fixed)):
                yield f"{node.lineno}: {keyword.arg}"


def test_nobody_but_the_models_filters_by_a_state():
    found = {str(path.relative_to(BASE)): [*filters_on_states(path.read_text())] for path in FILES}

    assert len(found) > 300
    assert {path: lookups for path, lookups in found.items() if lookups} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("seats.filter(registration__state=value)", ["1: registration__state"]),
        ("Q(session__state__in=STATES)", ["1: session__state__in"]),
        ("Seat.objects.filter(state=SeatState.APPROVED)", ["1: state"]),
        ("jobs.exclude(state__in=[BulkJob.State.DONE])", ["1: state__in"]),
        ("seats.filter(state=value)", []),
        ("Seat(state=SeatState.APPROVED)", []),
        ("rows.update(state=State.SENT)", []),
        ("Count('pk', filter=Q(state=SeatState.REQUESTED))", []),
    ],
    ids=[
        "along a relation",
        "in a condition",
        "of the rows",
        "several",
        "chosen by somebody",
        "a new row",
        "a change",
        "counted beside others",
    ],
)
def test_filters_on_states_finds_what_is_fixed(source, found):
    assert list(filters_on_states(source)) == found

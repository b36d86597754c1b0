"""Decisions are numbered and short, and the code that follows one cites it."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAPERS = ("eligibility/DECISIONS.md", "registrations/DECISIONS.md")
CODE = ("eligibility", "registrations", "webinar_site", "templates", "static")
WRITTEN = {".py", ".html", ".txt", ".css", ".js"}
MOST_LINES = 5
MOST_CHARACTERS = 120


def subjects() -> dict[str, list[str]]:
    """Return the paragraphs below each subject of both papers, by paper and subject."""
    found = {}
    for paper in PAPERS:
        for section in (ROOT / paper).read_text().split("\n## ")[1:]:
            subject, *paragraphs = section.strip().split("\n\n")
            found[f"{paper}: {subject}"] = paragraphs
    return found


def number(paragraph: str) -> int | None:
    """Return the number of a decision, None for a paragraph that is no decision."""
    return int(found[1]) if (found := re.match(r"\*\*D-(\d+)\. [^*]+\.\*\* ", paragraph)) else None


SUBJECTS = subjects()
DECISIONS = [paragraph for paragraphs in SUBJECTS.values() for paragraph in paragraphs]
NUMBERS = [number(paragraph) for paragraph in DECISIONS]


def citations(*folders: str) -> dict[int, list[str]]:
    """Return the files that cite a decision, by its number."""
    found: dict[int, list[str]] = {}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in WRITTEN:
                for cited in re.findall(r"\bD-(\d+)\b", path.read_text()):
                    found.setdefault(int(cited), []).append(str(path.relative_to(ROOT)))
    return found


def test_every_paragraph_below_a_subject_is_a_decision():
    assert [paragraph[:60] for paragraph in DECISIONS if number(paragraph) is None] == []


def test_decisions_are_short():
    lines = [decision.splitlines() for decision in DECISIONS]

    assert [decision[0] for decision in lines if len(decision) > MOST_LINES] == []
    assert [line for decision in lines for line in decision if len(line) > MOST_CHARACTERS] == []


def test_each_number_is_given_once():
    assert len(set(NUMBERS)) == len(NUMBERS)


def test_numbers_of_a_subject_are_in_order():
    numbers = [[number(paragraph) for paragraph in paragraphs] for paragraphs in SUBJECTS.values()]

    assert numbers == [sorted(of_subject) for of_subject in numbers]


def test_code_cites_every_decision():
    assert set(NUMBERS) - set(citations(*CODE)) == set()


def test_every_citation_is_of_a_decision():
    cited = citations(*CODE, "tests")

    assert {n: cited[n] for n in cited.keys() - set(NUMBERS)} == {}


def test_names_in_decisions_are_those_of_the_code():
    code = "\n".join(
        path.read_text() for folder in CODE for path in (ROOT / folder).rglob("*") if path.suffix in WRITTEN
    )
    names = {name for decision in DECISIONS for name in re.findall(r"`([A-Za-z_]{4,})`", decision)}

    assert {name for name in names if name not in code} == set()

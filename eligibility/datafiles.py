"""Read the dated TOML files a new site is seeded from: one list or audience to a file, the sources in their own.

A key that is absent is a statement that is not established. Nothing here touches the database.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from eligibility.records import Condition, Confidence, ContentStatus, Edition, Entry, Rule, Source, Treatment

DATA = Path(__file__).parent / "data"
SOURCES_FILE = "sources.toml"
DAYS = {"starts", "ends", "signed", "in_force", "attested", "dated"}
TEXT_LISTS = {"sources", "further_sources", "lists", "countries", "organisation_types"}

TomlTable = dict[str, Any]
Sources = dict[str, Source]


class UnreadableDataFile(Exception):
    """Tell which file says something that cannot be read, and what."""


class MissingSource(ValueError):
    """Tell that a statement names no source, or one which the file of sources does not have."""


@dataclass(frozen=True, slots=True)
class AudienceFile:
    """Hold one audience and its rules as its file states them."""

    key: str
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class DataFiles:
    """Hold everything the files of a folder state."""

    audiences: tuple[AudienceFile, ...]
    editions: tuple[Edition, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules of all audiences."""
        return tuple(rule for audience in self.audiences for rule in audience.rules)


def read_data_files(folder: Path = DATA) -> DataFiles:
    """Return what the TOML files of a folder state.

    Raises `UnreadableDataFile`, which names the file, for what is no TOML, for a key missing, unknown or of the wrong
    kind, and, with a `MissingSource` as its cause, for a statement without a source.
    """
    sources: Sources = {}
    audiences: list[AudienceFile] = []
    editions: list[Edition] = []
    others = sorted(path for path in folder.glob("*.toml") if path.name != SOURCES_FILE)
    for path in (folder / SOURCES_FILE, *others):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            if path.name == SOURCES_FILE:
                sources = {key: _source(described) for key, described in table.items()}
            elif "list" in table:
                editions += _editions(table, sources)
            else:
                audiences.append(_audience(table, sources))
        except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
            raise UnreadableDataFile(f"{path.name}: {_words(error)}") from error
    return DataFiles(tuple(audiences), tuple(editions))


def _words(error: Exception) -> str:
    return f"the key {error} is missing" if type(error) is KeyError else str(error)


def _source(table: TomlTable) -> Source:
    described = {"dated" if key == "date" else key: value for key, value in _checked(table).items()}
    return Source(**described)


def _editions(table: TomlTable, sources: Sources) -> list[Edition]:
    list_key = table.pop("list")
    return [_edition(list_key, stated, sources) for stated in _only("editions", table)]


def _edition(list_key: str, table: TomlTable, sources: Sources) -> Edition:
    entries = tuple(_entry(stated, sources) for stated in table.pop("entries", []))
    stated = _sourced(table, sources)
    confidence = Confidence(stated.pop("confidence"))
    return Edition(
        list_key=list_key, entries=tuple(sorted(entries, key=_code)), confidence=confidence, **stated
    )


def _code(entry: Entry) -> str:
    return entry.code


def _entry(table: TomlTable, sources: Sources) -> Entry:
    stated = _checked(table)
    if not stated.get("sources"):
        raise MissingSource(f"the entry {stated['code']} names no source")
    cited = _cited(stated.pop("sources"), sources)
    treatment = Treatment(stated.pop("treatment", Treatment.ADMITTED))
    return Entry(
        sources=cited, treatment=treatment, confidence=Confidence(stated.pop("confidence")), **stated
    )


def _audience(table: TomlTable, sources: Sources) -> AudienceFile:
    key, name = table.pop("key"), table.pop("name")
    return AudienceFile(key, name, tuple(_rule(key, stated, sources) for stated in _only("rules", table)))


def _rule(audience: str, table: TomlTable, sources: Sources) -> Rule:
    conditions = tuple(_condition(stated) for stated in table.pop("conditions", []))
    stated = _sourced(table, sources)
    lists, status = tuple(stated.pop("lists", ())), ContentStatus(stated.pop("status"))
    return Rule(audience=audience, lists=lists, conditions=conditions, status=status, **stated)


def _condition(table: TomlTable) -> Condition:
    stated = _checked(table)
    return Condition(
        organisation_types=tuple(stated["organisation_types"]),
        reason=stated["reason"],
        countries=tuple(stated.get("countries", ())),
    )


def _sourced(table: TomlTable, sources: Sources) -> TomlTable:
    """Return the checked table with its citations replaced by the sources themselves."""
    stated = _checked(table)
    if not stated.get("source"):
        raise MissingSource(f"{stated['key']} names no source")
    (source,) = _cited([stated["source"]], sources)
    return {
        **stated,
        "source": source,
        "further_sources": _cited(stated.get("further_sources", []), sources),
    }


def _cited(keys: list[str], sources: Sources) -> tuple[Source, ...]:
    for key in keys:
        if key not in sources:
            raise MissingSource(f"the source {key} is not in {SOURCES_FILE}")
    return tuple(sources[key] for key in keys)


def _only(key: str, table: TomlTable) -> list[TomlTable]:
    """Return the tables under the one key that a file may have besides those already taken from it."""
    if surplus := sorted(set(table) - {key}):
        raise ValueError(f"unknown keys: {', '.join(surplus)}")
    return list(table[key])


def _checked(table: TomlTable) -> TomlTable:
    """Return the table, long texts without surplus blanks, after checking that each value is of its key's kind."""
    return {key: _checked_value(key, value) for key, value in table.items()}


def _checked_value(key: str, value: Any) -> Any:
    if key in DAYS or key == "date":
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValueError(f"{key} must be a date")
        return value
    if key in TEXT_LISTS:
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise ValueError(f"{key} must be a list of texts")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{key} must be a text")
    return value.strip()

"""Records that stand in a JSON column: frozen dataclasses that write themselves down, and read old rows too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Self, TypeVar, get_args, get_origin, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder

T = TypeVar("T")
R = TypeVar("R", bound="Record")
OMITTED = "left_out"


def left_out(default: T) -> T:
    """Return a field that is not written while it has its default."""
    return field(default=default, metadata={OMITTED: True})


@dataclass(frozen=True, slots=True)
class Record:
    """What stands in a JSON column, under the names of its fields and in their order.

    A field with a default is one that older rows lack. A field may be a text, a number, a moment, a day, a choice, a
    dataclass, a tuple of these, or nothing.
    """

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, from which `from_json` makes an equal record; of moments it keeps milliseconds."""
        values = ((each, getattr(self, each.name)) for each in fields(self))
        return {each.name: in_json(value) for each, value in values if not _is_left_out(each, value)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the record that `to_json` wrote, now or in an earlier release.

        Raises KeyError for a row that lacks what its kind has always had.
        """
        return cls(**{name: _read(kind, data[name]) for name, kind in _to_be_read(cls, data)})

    @classmethod
    def fits(cls, data: Mapping[str, Any]) -> bool:
        """Return whether data have every field that a record of this class has always had."""
        return all(name in data for name, _kind, is_needed in _fields(cls) if is_needed)  # type: ignore[arg-type]


def read_as_one_of(shapes: Sequence[type[R]], data: Mapping[str, Any]) -> R:
    """Return data as a record of the first of these classes that fits; raise KeyError where none does."""
    fitting = next((shape for shape in shapes if shape.fits(data)), shapes[-1])
    return fitting.from_json(data)


def _is_left_out(each: Field[Any], value: object) -> bool:
    return OMITTED in each.metadata and value == each.default


@cache
def _fields(record: type[Any]) -> tuple[tuple[str, Any, bool], ...]:
    """Return of each field its name, its type, and whether it has to be there."""
    kinds = get_type_hints(record)
    return tuple(
        (each.name, kinds[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(record)
    )


def _to_be_read(record: type[Record], data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, kind) for name, kind, is_needed in _fields(record) if is_needed or name in data)  # type: ignore[arg-type]


def in_json(value: Any) -> Any:
    """Return a value as JSON has it; what knows how to write itself does."""
    if isinstance(value, Record):
        return value.to_json()
    if hasattr(value, "as_json"):  # appointments and verdicts
        return value.as_json()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is one, too
        return DjangoJSONEncoder().default(value)
    return [in_json(each) for each in value] if isinstance(value, tuple) else value


def _read(kind: Any, value: Any) -> Any:
    """Return a value of JSON as one of this type."""
    choices = get_args(kind)
    if NoneType in choices:
        (kind,) = (each for each in choices if each is not NoneType)
        return None if value is None else _read(kind, value)
    if get_origin(kind) is tuple:
        return tuple(_read(choices[0], each) for each in value)
    if not isinstance(kind, type):  # a mapping of columns
        return value
    if hasattr(kind, "from_json"):
        return kind.from_json(value)
    if is_dataclass(kind):
        return kind(**value)
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value

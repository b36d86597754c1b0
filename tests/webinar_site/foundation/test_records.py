"""Records in JSON columns."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from webinar_site.foundation.records import Record, left_out, read_as_one_of


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Inner(Record):
    number: int
    note: str = left_out("")


@dataclass(frozen=True, slots=True)
class Outer(Record):
    text: str
    at: datetime
    day: date | None
    colour: Colour
    point: Point | None
    inner: tuple[Inner, ...]
    pair: tuple[int, str]
    columns: dict[str, str | None]
    later: str = "none yet"


FULL = Outer(
    text="a",
    at=datetime(2020, 4, 28, 8, 30, tzinfo=UTC),
    day=date(2020, 4, 28),
    colour=Colour.RED,
    point=Point(1, 2),
    inner=(Inner(1), Inner(2, "two")),
    pair=(1, "one"),
    columns={"title": "x", "place": None},
    later="here",
)
JSON = {
    "text": "a",
    "at": "2020-04-28T08:30:00Z",
    "day": "2020-04-28",
    "colour": "red",
    "point": {"x": 1, "y": 2},
    "inner": [{"number": 1}, {"number": 2, "note": "two"}],
    "pair": [1, "one"],
    "columns": {"title": "x", "place": None},
    "later": "here",
}


def test_record_is_written_under_its_fields_in_their_order():
    assert json.dumps(FULL.to_json()) == json.dumps(JSON)


def test_record_is_read_as_it_was_written():
    assert Outer.from_json(JSON) == FULL


@pytest.mark.parametrize("name", ["day", "point"])
def test_nothing_stays_nothing(name):
    assert getattr(Outer.from_json(JSON | {name: None}), name) is None


def test_row_that_lacks_what_came_later_has_its_default():
    earlier = {key: value for key, value in JSON.items() if key != "later"}

    assert Outer.from_json(earlier).later == "none yet"


def test_row_that_has_what_there_is_no_more_is_read_without_it():
    assert Inner.from_json({"number": 1, "gone": 2}) == Inner(1)


@pytest.mark.parametrize("name", [name for name in JSON if name != "later"])
def test_row_that_lacks_what_was_always_there_is_refused(name):
    with pytest.raises(KeyError, match=name):
        Outer.from_json({key: value for key, value in JSON.items() if key != name})


@pytest.mark.parametrize(
    ("data", "record"), [({"x": 1, "number": 2}, "Inner"), (JSON | {"number": 1}, "Outer")]
)
def test_read_as_one_of_takes_the_first_that_fits(data, record):
    assert type(read_as_one_of((Outer, Inner), data)).__name__ == record


def test_read_as_one_of_refuses_what_fits_none():
    with pytest.raises(KeyError, match="number"):
        read_as_one_of((Outer, Inner), {})

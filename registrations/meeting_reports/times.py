"""Read the times and durations of a meeting's report, as people and programs of several countries write them; pure.

What can be read in two ways is not guessed: whoever reads the report says in which order day and month are.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from registrations.models import fold_search
from webinar_site.foundation.days import BRUSSELS


class Order(StrEnum):
    """Which comes first where a date is written 05/06/2020; a year of four digits in front needs no answer."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class WrongTime(ValueError):
    """Tell that something is no time or no duration that can be read."""


NUMERIC = re.compile(r"(?<!\d)(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?!\d)")
DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})\.?(?: de)? ([a-z]{3,12})\.?,?(?: de)? (\d{4})(?!\d)")
MONTH_DAY = re.compile(r"([a-z]{3,12})\.? (\d{1,2}),? (\d{4})(?!\d)")
CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:h](\d{2})(?!\d)(?::(\d{2})(?:[.,]\d{1,9})?)?(?: ?([ap])\.? ?m\b\.?)?", re.ASCII
)
OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)")
IN_UTC = re.compile(r"\b(gmt|utc)\b|^z\b")
PARTS = re.compile(r"(\d{1,6})(?:[.,](\d{1,4}))?\s*([a-z]*)", re.ASCII)
COUNTED = re.compile(r"(\d{1,4}):(\d{2})(?::(\d{2}))?", re.ASCII)
LONGEST = 120  # characters of a time; anything longer is none

# Months by the first letters of their names in English, French, German, Spanish, Portuguese, Italian and Dutch.
MONTHS = {
    letters: number
    for number, names in enumerate(
        (
            "jan ene gen",
            "feb fev",
            "mar mrz maa",
            "apr avr abr",
            "may mai mag mei",
            "jun juin giu",
            "jul juil lug",
            "aug aou ago",
            "sep set",
            "oct okt out ott",
            "nov",
            "dec dez dic",
        ),
        start=1,
    )
    for letters in names.split()
}
# Hours from UTC; of those that are used for several, the one that meetings in Europe are likely to name.
ABBREVIATIONS = {
    **{
        "wet": 0,
        "west": 1,
        "bst": 1,
        "cet": 1,
        "cest": 2,
        "mez": 1,
        "mesz": 2,
        "eet": 2,
        "eest": 3,
        "msk": 3,
        "trt": 3,
    },
    **{
        "est": -5,
        "edt": -4,
        "cst": -6,
        "cdt": -5,
        "mst": -7,
        "mdt": -6,
        "pst": -8,
        "pdt": -7,
        "get": 4,
        "azt": 4,
    },
}
NAMES = {
    "central european": "Europe/Brussels",
    "w europe": "Europe/Brussels",
    "romance": "Europe/Brussels",
    "mitteleuropaische": "Europe/Brussels",
    "europe centrale": "Europe/Brussels",
    "eastern european": "Europe/Athens",
    "osteuropaische": "Europe/Athens",
    "western european": "Europe/Lisbon",
    "greenwich mean": "UTC",
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
}
PLACE = re.compile(r"\b[a-z]+(?:/[a-z_]+)+\b")
NAMED_ZONE = re.compile(
    r"([a-z][a-z .]*?)(?: summer| standard| daylight)? (?:time|zeit|sommerzeit)\b|\bheure (?:d'ete )?(?:de |d[' ])?([a-z ]+)"
)
UNKNOWN_ZONE = re.compile(r"\b[a-z]{2,4}t\b|\btime\b|zeit\b|\bheure\b|/")
HOURS = ("h", "st", "uur", "ore", "ora")
SECONDS = ("s",)


def possible_orders(values: Iterable[str]) -> frozenset[Order]:
    """Return in which orders all of these times make sense: both where they do not tell, none where they contradict.

    Times that read the same in both orders, or do not need one, leave day first.
    """
    dates = [found.groups() for value in values if (found := NUMERIC.search(value[:LONGEST]))]
    pairs = {(int(first), int(second)) for first, second, _year in dates if len(first) < len("2020")}
    telling = {pair for pair in pairs if pair[0] != pair[1]}
    if not telling:
        return frozenset({Order.DAY_FIRST})
    months = {Order.DAY_FIRST: 1, Order.MONTH_FIRST: 0}
    return frozenset(order for order, index in months.items() if all(pair[index] <= 12 for pair in telling))


def has_date(text: str) -> bool:
    """Return whether a time says on which day."""
    return bool(date_in(text))


def date_in(text: str) -> str:
    """Return the date that a time names, folded, or ""."""
    dated = _date_in(fold_search(text[:LONGEST]))
    return dated[0] if dated else ""


def _date_in(folded: str) -> re.Match[str] | None:
    return NUMERIC.search(folded) or DAY_MONTH.search(folded) or MONTH_DAY.search(folded)


def read_moment(
    text: str, order: Order, *, zone: tzinfo = BRUSSELS, near: tuple[datetime, datetime] | None = None
) -> datetime:
    """Return a moment in UTC; `zone` is the zone of the clock, unless the text says so itself.

    A time without a date is that of the day on which it is nearest to the span `near`. Raises WrongTime.
    """
    folded = fold_search(text[:LONGEST])
    clock = CLOCK.search(folded) or CLOCK.search(folded.replace("t", " "))
    if clock is None or len(text) > LONGEST:
        raise WrongTime(text[:LONGEST])
    dated = _date_in(folded)
    try:
        zone = _zone(folded[clock.end() :], zone)
        hour, minute, second = _time_of_day(clock)
        if dated is None and near is not None:
            if any(letter.isdigit() for letter in folded[: clock.start()]):
                raise WrongTime(text)
            return _nearest(datetime(2000, 1, 1, hour, minute, second, tzinfo=zone), near)
        year, month, day = _day(folded, order)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongTime(text) from error


def _nearest(moment: datetime, near: tuple[datetime, datetime]) -> datetime:
    """Return the moment of this clock, in UTC, that is nearest to a span."""
    start, end = near
    today = start.astimezone(moment.tzinfo).date()
    moments = [
        datetime.combine(today + timedelta(days=days), moment.time(), moment.tzinfo).astimezone(UTC)
        for days in (0, -1, 1)
    ]
    return min(moments, key=lambda each: max(start - each, each - end, timedelta()))


def _day(folded: str, order: Order) -> tuple[int, int, int]:
    if found := NUMERIC.search(folded):
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) == len("2020"):
            return first, second, third
        day, month = (first, second) if order == Order.DAY_FIRST else (second, first)
        return (third + 2000 if third < 100 else third), month, day
    if found := DAY_MONTH.search(folded):
        return int(found[3]), _month(found[2]), int(found[1])
    if found := MONTH_DAY.search(folded):
        return int(found[3]), _month(found[1]), int(found[2])
    raise WrongTime(folded)


def _month(name: str) -> int:
    number = MONTHS.get(name[:4]) or MONTHS.get(name[:3])
    if number is None:
        raise WrongTime(name)
    return number


def _time_of_day(clock: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        if not 1 <= hour <= 12:
            raise WrongTime(clock[0])
        hour = hour % 12 + (12 if clock[4] == "p" else 0)
    return hour, minute, second


def _zone(behind: str, zone: tzinfo) -> tzinfo:
    """Return the zone that the words behind a time name, or else the other; raise WrongTime for one nobody knows."""
    dated = _date_in(behind)
    words = behind.replace(dated[0], " ") if dated else behind
    found = zone_in(words)
    if found is None and UNKNOWN_ZONE.search(words):
        raise WrongTime(behind)
    return found or zone


def zone_in(text: str) -> tzinfo | None:
    """Return the time zone that a heading or the words behind a time name, None where they name none that is known."""
    words = fold_search(text).strip(" ()")
    if offset := OFFSET.search(words):
        distance = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-distance if offset[1] == "-" else distance)
    if IN_UTC.search(words):
        return UTC
    for word in re.findall(r"[a-z]+", words):
        if word in ABBREVIATIONS:
            return timezone(timedelta(hours=ABBREVIATIONS[word]))
    named_places = [index[0] for index in PLACE.finditer(words)]
    named = [(name[1] or name[2]).strip() for name in NAMED_ZONE.finditer(words)]
    key = next((_zones()[name] for name in (*named_places, *named) if name in _zones()), None)
    return ZoneInfo(key) if key else None


@cache
def _zones() -> Mapping[str, str]:
    """Return the names of time zones, by place and by city, as they are looked for."""
    keys = sorted(available_timezones())
    cities = {fold_search(key.rpartition("/")[2].replace("_", " ")): key for key in keys if "/" in key}
    return cities | {fold_search(key): key for key in keys} | NAMES


def read_duration(text: str, unit: timedelta = timedelta(minutes=1)) -> timedelta:
    """Return how long something took: “1:59:30”, “119 mins”, “2 hr 5 min”, or a number of units. Raises WrongTime."""
    folded = fold_search(text[:LONGEST])
    if counted := COUNTED.fullmatch(folded):
        hours, minutes, seconds = (int(part or 0) for part in counted.groups())
        if counted[3] is None and hours >= 24:
            return timedelta(minutes=hours, seconds=minutes)
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    parts = list(PARTS.finditer(folded))
    if not parts or len(text) > LONGEST:
        raise WrongTime(text[:LONGEST])
    return sum((_length(part, unit) for part in parts), timedelta())


def _length(part: re.Match[str], bare: timedelta) -> timedelta:
    amount, unit = float(f"{part[1]}.{part[2] or 0}"), part[3]
    if not unit:
        return amount * bare
    if unit.startswith(HOURS):
        return timedelta(hours=amount)
    return timedelta(seconds=amount) if unit.startswith(SECONDS) else timedelta(minutes=amount)

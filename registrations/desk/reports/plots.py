"""Plots of counts as SVG: labels beside every bar, so that nothing is told by colour; pure, without colours of its own.

An element carries no style of its own but presentation attributes, which the site's policy allows and `admin_site.css`
overrides: so light, dark and forced colours are those of the page (D-76).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.etree import ElementTree

import leather

WIDTH = 800
BAR, COLUMNS, FRAME = 24, 260, 120  # heights: of a bar, of all columns, of what stands around bars
MOST_TICKS = 6
MOST_LABELS = 6  # under columns; more would run into each other
HOLLOW = "none"


@dataclass(frozen=True, slots=True)
class Bar:
    """One count with what it counts; a hollow bar is what others are measured against. Labels of a plot differ."""

    label: str
    number: int
    is_hollow: bool = False


def bars(rows: Sequence[Bar], name: str) -> str:
    """Return bars, one below the other, each beside its label and its number; `name` says what it shows.

    Without a row there is nothing to draw: raises ValueError.
    """
    hollow = {row.label for row in rows if row.is_hollow}
    chart = leather.Chart()
    ticks = round_ticks(max(row.number for row in rows))
    chart.add_x_scale(0, ticks[-1])
    chart.add_x_axis(ticks=ticks, tick_formatter=_plain)
    numbers = {row.label: f"{row.label} ({row.number})" for row in rows}
    chart.add_y_axis(tick_formatter=lambda label, _index, _count: numbers[label])
    chart.add_bars([(row.number, row.label) for row in rows], fill_color=_fill(hollow))
    return _svg(chart, BAR * len(rows) + FRAME, name)


def columns(rows: Sequence[Bar], name: str) -> str:
    """Return columns from below, one beside the other, some of them with their label; `name` says what it shows.

    Without a row there is nothing to draw: raises ValueError.
    """
    every = ceil(len(rows) / MOST_LABELS)
    chart = leather.Chart()
    ticks = round_ticks(max(row.number for row in rows))
    chart.add_y_scale(0, ticks[-1])
    chart.add_y_axis(ticks=ticks, tick_formatter=_plain)
    chart.add_x_axis(tick_formatter=lambda label, index, _count: "" if index % every else label)
    chart.add_columns([(row.label, row.number) for row in rows], fill_color=_fill(set()))
    return _svg(chart, COLUMNS, name)


def round_ticks(most: int) -> list[int]:
    """Return whole numbers from 0 to the first at or above `most`, in steps of 1, 2 or 5 times a power of ten."""
    if most <= MOST_TICKS:
        return list(range(max(most, 1) + 1))
    power = 10 ** floor(log10(most / MOST_TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * MOST_TICKS >= most)
    return list(range(0, (ceil(most / step) + 1) * step, step))


def _fill(hollow: set[str]) -> Callable[..., str]:
    return lambda datum: HOLLOW if datum.y in hollow else "#004494"


def _plain(number: int, _index: int, _count: int) -> str:
    return str(number)


def _svg(chart: leather.Chart, height: int, name: str) -> str:
    root = ElementTree.Element(
        "svg", {"class": "plot", "viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria-label": name}
    )
    root.append(chart.to_svg_group(WIDTH, height))
    return ElementTree.tostring(root, encoding="unicode")

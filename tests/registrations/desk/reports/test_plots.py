"""Plots as SVG: what they draw, that they carry no style of their own, and that they hold any label."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.desk.reports.plots import Bar, bars, columns, round_ticks

ROWS = [Bar("places", 10, is_hollow=True), Bar("taken", 4), Bar("asked <for> & more", 0)]


def parsed(svg):
    return ElementTree.fromstring(svg)  # noqa: S314  # our own


def rectangles(svg):
    """Return width, height and fill of each bar, without the background."""
    (series,) = (group for group in parsed(svg).iter("g") if group.get("class", "").startswith("series"))
    return [(Decimal(bar.get("width")), Decimal(bar.get("height")), bar.get("fill")) for bar in series]


def texts(svg):
    return [text.text for text in parsed(svg).iter("text")]


def test_bars_are_as_long_as_their_numbers_and_what_others_are_measured_against_is_hollow():
    last, taken, places = rectangles(bars(ROWS, "Seats"))

    assert (last[0], taken[0] / places[0]) == (0, Decimal("0.4"))
    assert [fill == "none" for *_size, fill in (places, taken, last)] == [True, False, False]


def test_bars_are_labelled_with_their_numbers():
    labels = [text for text in texts(bars(ROWS, "Seats")) if not text.isdigit()]

    assert labels == ["asked <for> & more (0)", "taken (4)", "places (10)"]


def test_columns_are_as_high_as_their_numbers_and_few_have_labels():
    rows = [Bar(f"day {number}", number) for number in range(1, 21)]

    svg = columns(rows, "Registrations per day")

    heights = [height for _width, height, _fill in rectangles(svg)]
    assert heights == sorted(heights)
    assert [text for text in texts(svg) if text and text.startswith("day")] == [
        "day 1",
        "day 5",
        "day 9",
        "day 13",
        "day 17",
    ]


@pytest.mark.parametrize("draw", [bars, columns])
def test_plot_is_an_image_with_a_name_and_no_style_or_script(draw):
    root = parsed(draw(ROWS, 'Seats “of” <everybody> & "all"'))

    assert (root.get("role"), root.get("aria-label")) == ("img", 'Seats “of” <everybody> & "all"')
    assert {element.tag for element in root.iter()} <= {"svg", "g", "rect", "line", "text"}
    assert not any("style" in element.attrib for element in root.iter())


@pytest.mark.parametrize("draw", [bars, columns])
def test_plot_of_nothing_is_refused(draw):
    with pytest.raises(ValueError, match="empty"):
        draw([], "Nothing")


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
        (7, [0, 2, 4, 6, 8]),
        (12, [0, 2, 4, 6, 8, 10, 12]),
        (60, [0, 10, 20, 30, 40, 50, 60]),
        (61, [0, 20, 40, 60, 80]),
        (100_000, [0, 20_000, 40_000, 60_000, 80_000, 100_000]),
    ],
)
def test_round_ticks_go_up_to_the_number(most, ticks):
    assert round_ticks(most) == ticks


@given(st.integers(1, 10**9))
def test_round_ticks_are_few_and_reach_just_far_enough(most):
    ticks = round_ticks(most)

    assert 2 <= len(ticks) <= 7
    assert ticks[-2] < most <= ticks[-1]

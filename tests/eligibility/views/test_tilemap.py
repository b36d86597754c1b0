"""The map of tiles."""

import pytest

from eligibility.rules import Outcome
from eligibility.views.overview import CountryOnDay
from eligibility.views.tilemap import Tile, TileMap, tile_map

GREECE = CountryOnDay("GR", "EL", "Greece", Outcome.ELIGIBLE, ())
FRANCE = CountryOnDay("FR", "FR", "France", Outcome.ELIGIBLE, ())
DENMARK = CountryOnDay("DK", "DK", "Denmark", Outcome.REVIEW, ())


def test_tile_map_stands_in_the_order_of_eu_codes():
    expected = TileMap((Tile(DENMARK, 0, 0), Tile(GREECE, 40, 0), Tile(FRANCE, 80, 0)), 800, 40)

    assert tile_map([FRANCE, GREECE, DENMARK]) == expected


@pytest.mark.parametrize(("count", "height", "last"), [(20, 40, (760, 0)), (21, 80, (0, 40))])
def test_tile_map_starts_a_row_when_one_is_full(count, height, last):
    laid_out = tile_map([FRANCE] * count)

    assert (laid_out.height, (laid_out.tiles[-1].x, laid_out.tiles[-1].y)) == (height, last)


def test_tile_map_has_another_sign_for_every_outcome():
    signs = [Tile(CountryOnDay("FR", "FR", "France", outcome, ()), 0, 0).symbol for outcome in Outcome]

    assert signs == ["✓", "✕", "?"]

"""Lay the countries out as a map of tiles, one a country, each at the same place on every day."""

from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.rules import Outcome
from eligibility.views.overview import CountryOnDay

COLUMNS = 20
STEP = 40

SYMBOLS = {Outcome.ELIGIBLE: "✓", Outcome.NOT_ELIGIBLE: "✕", Outcome.REVIEW: "?"}


@dataclass(frozen=True, slots=True)
class Tile:
    """Hold a country and the upper left corner of its tile, in units of the drawing."""

    country: CountryOnDay
    x: int
    y: int

    @property
    def symbol(self) -> str:
        """Return the sign of the country's outcome, which is there so that nobody needs to tell colours apart."""
        return SYMBOLS[self.country.outcome]


@dataclass(frozen=True, slots=True)
class TileMap:
    """Hold the tiles in the order of the codes shown, and the size of the drawing that holds them."""

    tiles: tuple[Tile, ...]
    width: int
    height: int


def tile_map(countries: Iterable[CountryOnDay]) -> TileMap:
    """Return the map of these countries: rows from left to right, in the order of the EU codes."""
    ordered = sorted(countries, key=lambda country: country.eu_code)
    tiles = tuple(
        Tile(country, place % COLUMNS * STEP, place // COLUMNS * STEP)
        for place, country in enumerate(ordered)
    )
    return TileMap(tiles, COLUMNS * STEP, -(-len(tiles) // COLUMNS) * STEP)

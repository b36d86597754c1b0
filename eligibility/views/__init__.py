"""Pages for everybody: what holds on a day, as a page, a map of tiles and data."""

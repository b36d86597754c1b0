"""How much is tried of what there is without end: a tenth at the desk, all of it where the suite is run in full."""

from collections.abc import Iterable
from typing import TypeVar
from zlib import crc32

import hypothesis

Item = TypeVar("Item")
TENTH = 10


def is_full() -> bool:
    """Tell whether the suite is run in full (`--full`)."""
    return hypothesis.settings.get_current_profile_name() == "full"


def examples(number: int) -> int:
    """Return how many examples are drawn at random of a test that needs so many, which is more than usual."""
    return number if is_full() else number // TENTH


def some(items: Iterable[Item], of: str, one_in: int = TENTH) -> list[Item]:
    """Return all, or one in so many and at least one: others for each text `of`, so that all come somewhere."""
    every = list(items)
    step = 1 if is_full() else min(one_in, len(every))
    return every[crc32(of.encode()) % step :: step] if every else []

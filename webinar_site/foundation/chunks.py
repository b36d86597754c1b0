"""Rows by the thousand, so that any number of them fits in memory."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
CHUNK = 1000


def in_chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield lists of at most a thousand items, in their order."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk

"""Room for deep calls: below many frames of pytest, a page's own frames make the kernel give and take memory all along.

CPython keeps frames in chunks of 16 kB. Where a loop's calls cross the end of one, each call maps a new chunk and each
return unmaps it: 800,000 times while every page is opened for every role, a fifth of the time of the tests of the desk.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Taken = ParamSpec("Taken")
Returned = TypeVar("Returned")
ROOM = 600_000  # slots; CPython takes the next power of two, and so leaves 400,000 for all calls further down


def call_with_room(
    function: Callable[Taken, Returned], *taken: Taken.args, **named: Taken.kwargs
) -> Returned:
    """Call a function from a frame so large that all frames of its calls find room in the same chunk."""
    return function(*taken, **named)


call_with_room.__code__ = call_with_room.__code__.replace(co_stacksize=ROOM)

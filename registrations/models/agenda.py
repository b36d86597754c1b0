"""What an agenda says, and what changed between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict


class AgendaLine(TypedDict):
    """One line as it is frozen in AgendaVersion.items: `time` is Brussels time, “10:30”, or empty."""

    session: int
    session_title: str
    time: str
    title: str
    speakers: str


@dataclass(frozen=True, slots=True)
class AgendaChanges:
    """What a reader of the old agenda has to know; `changed` pairs old and new."""

    added: tuple[AgendaLine, ...]
    removed: tuple[AgendaLine, ...]
    changed: tuple[tuple[AgendaLine, AgendaLine], ...]

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.removed or self.changed)


def agenda_changes(old: Sequence[AgendaLine], new: Sequence[AgendaLine]) -> AgendaChanges:
    """Compare two agendas; what the sessions are called is no part of the comparison.

    Of lines that are not in both, those of one session with the same title are one line that changed, and so are then
    those of one session at the same time.
    """
    gone, come = _without(old, new), _without(new, old)
    changed = []
    keys: tuple[Literal["title", "time"], ...] = ("title", "time")
    for same in keys:
        for before in list(gone):
            after = next(
                (line for line in come if before[same] and _key(line, same) == _key(before, same)), None
            )
            if after is not None:
                changed.append((before, after))
                gone.remove(before)
                come.remove(after)
    return AgendaChanges(added=tuple(come), removed=tuple(gone), changed=tuple(changed))


def _key(line: AgendaLine, key: Literal["title", "time"]) -> tuple[int, str]:
    return line["session"], line[key]


def _without(lines: Sequence[AgendaLine], others: Sequence[AgendaLine]) -> list[AgendaLine]:
    known = {_content(line) for line in others}
    return [line for line in lines if _content(line) not in known]


def _content(line: AgendaLine) -> tuple[int, str, str, str]:
    return line["session"], line["time"], line["title"], line["speakers"]

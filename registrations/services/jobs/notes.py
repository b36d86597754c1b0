"""Why a seat is left alone: a code and what its words speak of, so that each reader reads it in their own language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eligibility.labels import OUTCOMES
from eligibility.rules import Outcome
from registrations.models import BulkJobRow
from registrations.states import Move, SeatState
from registrations.times import at_brussels


class NoteCode(StrEnum):
    """Each reason there is."""

    ENDED = "ended"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_OVER = "session_over"
    CANCELLED_OR_OVER = "cancelled_or_over"
    NEEDS_OVERRIDE = "needs_override"
    ILLEGAL_MOVE = "illegal_move"
    FULL = "full"
    LIST_FIRST = "list_first"
    OTHERS_FIRST = "others_first"
    PLACE_FREE = "place_free"
    COUNTRY_ADMITTED = "country_admitted"
    NO_OVERRIDE_NEEDED = "no_override_needed"
    APPROVED_ALREADY = "approved_already"
    ALL_TAKEN = "all_taken"
    ASKED_ALREADY = "asked_already"
    DECIDED = "decided"
    DECIDED_ALONE = "decided_alone"
    DECIDED_SAME = "decided_same"
    WITHDRAWN = "withdrawn"
    EDITED = "edited"
    VERDICT = "verdict"
    STATE = "state"
    UNKNOWN = "unknown"
    REQUEST_ENDED = "request_ended"
    FAILED = "failed"


WORDS: dict[NoteCode, Promise] = {
    NoteCode.ENDED: _("This registration is no longer active."),
    NoteCode.SESSION_CANCELLED: _("This session is cancelled."),
    NoteCode.SESSION_OVER: _("This session is over."),
    NoteCode.CANCELLED_OR_OVER: _("This session is cancelled or over."),
    NoteCode.NEEDS_OVERRIDE: _(
        "The verdict is not “eligible”: approving needs an exception by two members of staff."
    ),
    NoteCode.ILLEGAL_MOVE: _("“%(move)s” is not possible: this one is “%(state)s”."),
    NoteCode.FULL: _("All places of this session are taken; put the person on the waiting list."),
    NoteCode.LIST_FIRST: _("The free places go to the waiting list first; put the person on it."),
    NoteCode.OTHERS_FIRST: _("Others are next on the waiting list. Change the order there, with a reason."),
    NoteCode.PLACE_FREE: _("There is a place in this session; approve instead."),
    NoteCode.COUNTRY_ADMITTED: _(
        "The verdict does not say that the country is on no list; choose another reason."
    ),
    NoteCode.NO_OVERRIDE_NEEDED: _("The verdict is “eligible”; no exception is needed."),
    NoteCode.APPROVED_ALREADY: _("This place is already approved."),
    NoteCode.ALL_TAKEN: _("All places of this session are taken."),
    NoteCode.ASKED_ALREADY: _("An exception for this place is already waiting for a second person."),
    NoteCode.DECIDED: _("Decided meanwhile by %(by)s, at %(at)s: now “%(state)s”."),
    NoteCode.DECIDED_ALONE: _("Decided meanwhile by the system, at %(at)s: now “%(state)s”."),
    NoteCode.DECIDED_SAME: _("You have decided this already."),
    NoteCode.WITHDRAWN: _("The person has withdrawn meanwhile."),
    NoteCode.EDITED: _("The person has changed their answers meanwhile: country or organisation."),
    NoteCode.VERDICT: _("The verdict has changed meanwhile: “%(outcome)s”."),
    NoteCode.STATE: _("It has changed meanwhile: now “%(state)s”."),
    NoteCode.UNKNOWN: _("It is not known what state this place was in when the page was opened."),
    NoteCode.REQUEST_ENDED: _("The request for an exception has been answered or has ended meanwhile."),
    NoteCode.FAILED: _("Failed with an error of the site: %(error)s."),
}
# What is written above several that differ only in the moment.
GISTS: dict[NoteCode, Promise] = {
    NoteCode.DECIDED: _("Decided meanwhile by %(by)s"),
    NoteCode.DECIDED_ALONE: _("Decided meanwhile by the system"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """Why a seat is left alone; `about` is JSON: moves, states and outcomes by value, moments in ISO 8601."""

    code: NoteCode
    about: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return it as a sentence in the active language."""
        return str(WORDS[self.code]) % self._in_words()

    @property
    def gist(self) -> str:
        """Return it without the moment, so that what is alike is counted together."""
        return str(GISTS.get(self.code, WORDS[self.code])) % self._in_words()

    def _in_words(self) -> dict[str, str]:
        return {name: _VALUES.get(name, str)(value) for name, value in self.about.items()}


_VALUES = {
    "move": lambda value: str(Move(value).label),
    "state": lambda value: str(SeatState(value).label),
    "outcome": lambda value: str(OUTCOMES[Outcome(value)]) if value else "",
    "at": lambda value: at_brussels(datetime.fromisoformat(value)),
}


def note_of(row: BulkJobRow) -> Note | None:
    """Return why a job left a row alone; None for a row from before there were codes, which has the words itself."""
    return Note(NoteCode(row.code), row.about) if row.code else None

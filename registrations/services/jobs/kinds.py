"""One record for each kind of job, in a file beside its subject: all that the runner and the page of jobs know of
it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registrations.models import JOB_NAMES, BulkJob, ImportedLine, WebinarSession
from registrations.services.jobs.results import ChunkResult, JobPreview

NOTHING_DECIDED = _("Nothing is decided, and nobody is told.")
STOPPED = _("The job is stopped. What was done stays done.")


def _nothing(*_about: object) -> None:
    """Do nothing: most kinds have nothing to forget or to give back."""


def _no_values(*_about: object) -> dict[str, Any]:
    """Return no values: most kinds have no reason."""
    return {}


def _no_words(*_about: object) -> list[str]:
    """Return no words: most kinds give nothing back."""
    return []


def _tells_nobody(*_about: object) -> JobPreview:
    """Return that nobody would be told: what the site does by itself is never held."""
    return JobPreview()


def _no_sessions(*_about: object) -> Sequence[int]:
    """Return no session: most kinds are about one, which the row names, or about a webinar."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """What it means to stop a job of a kind.

    `warning` is what the page says before, with what `given_back` returns in words, and `message` what staff read
    after. `give_back` gets the job, those that wait together with it, and the moment; it returns what history keeps of
    it, as JSON has it, None for nothing.
    """

    warning: str | Promise = NOTHING_DECIDED
    message: str | Promise = STOPPED
    given_back: Callable[[BulkJob], list[str]] = _no_words
    give_back: Callable[[BulkJob, Sequence[BulkJob], datetime], Any] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Jobs that leave their windows together: only the newest is stopped or released, and none is stopped once it has
    left.

    `held` returns those that wait with a job at a moment, itself among them, oldest first; `lock` does too, once it has
    locked what they are about and then them. `later` is what the page of an earlier one says, `released` that of one
    that has left its window.
    """

    held: Callable[[BulkJob, datetime], QuerySet[BulkJob]]
    lock: Callable[[BulkJob, datetime], list[BulkJob]]
    later: str | Promise
    released: str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """What the page of a job shows besides its counts, its webinar and its session.

    What was decided, in words, and the reason given (`reason`, `reason_code`), which may be about people; the lines of
    a list that were left alone.
    """

    decided: Callable[[BulkJob], str] | None = None
    reason: Callable[[BulkJob], Mapping[str, str]] = _no_values
    is_reason_public: bool = False
    lines: Callable[[BulkJob], QuerySet[ImportedLine]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job.

    `left` returns the ids of the rows it has still to come to, in order; `apply` carries out a chunk of them at a
    moment, in the transaction that moves the cursor, in a number of queries that does not grow with the rows.
    `permission` is that of the act: who stops or releases a job decides what becomes of it. `act` says in words what
    one does, by facts, where that is more than the kind's label, and `sessions` in which (numbers); `named_by` are the
    facts that history keeps for that. `preview` says what a held one would do. `forget` empties what a job needs no
    more once it has ended.
    """

    kind: str
    permission: str
    left: Callable[[BulkJob], QuerySet[Any, int]]
    apply: Callable[[BulkJob, Sequence[int], datetime], ChunkResult]
    is_about_seats: bool = True
    act: Callable[[Mapping[str, Any]], str | Promise] | None = None
    sessions: Callable[[Mapping[str, Any]], Sequence[int]] = _no_sessions
    named_by: tuple[str, ...] = ()
    preview: Callable[[BulkJob, datetime], JobPreview] = _tells_nobody
    stopping: Stopping = Stopping()
    together: Together | None = None
    page: JobPage = JobPage()
    forget: Callable[[BulkJob], None] = _nothing

    def name(self, facts: Mapping[str, Any], session: WebinarSession | None, total: int) -> str:
        """Return what a job is called in the active language: what it does, in which sessions, to how many."""
        act = self.act(facts) if self.act else BulkJob.Kind(self.kind).label
        parts = [capfirst(str(act))]
        if sessions := [session.number] if session else self.sessions(facts):
            numbers = ", ".join(map(str, sessions))
            parts.append(
                ngettext("session %(numbers)s", "sessions %(numbers)s", len(sessions)) % {"numbers": numbers}
            )
        if total:
            parts.append(self._counted(total))
        return " · ".join(parts)

    def _counted(self, total: int) -> str:
        if self.is_about_seats:
            return ngettext("%(count)d place", "%(count)d places", total) % {"count": total}
        return ngettext("%(count)d registration", "%(count)d registrations", total) % {"count": total}


KINDS: dict[str, JobKind] = {}


def register_kind(record: JobKind) -> JobKind:
    """Make a kind of job known, under its value; return it."""
    KINDS[record.kind] = record
    JOB_NAMES[record.kind] = record.name
    return record


def kind_of(job: BulkJob) -> JobKind:
    """Return the record of a job's kind."""
    return KINDS[job.kind]


def left_of(job: BulkJob) -> int:
    """Return how many rows a job has still to look at; none once it has ended."""
    return kind_of(job).left(job).count() if job.due_at is not None else 0

"""Questions for the discussion: from the form and people's own pages, marked and ordered by Approvers (D-43)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from eligibility.countries import display_name
from registrations.models import Action, QuestionMark, Registration, Seat, Webinar
from registrations.models.history_facts import MarksNoted, QuestionsExportNoted
from registrations.models.questions import has_mark
from registrations.services.history import log

State = QuestionMark.State


@dataclass(frozen=True, slots=True)
class Questions:
    """Which questions: of a session's people or of the webinar's, with which mark, of all or with a place."""

    webinar_id: int
    session_id: int | None = None
    state: str = ""
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to become of a question, and its position; None comes after all others."""

    state: str
    position: int | None = None


def find_questions(wanted: Questions) -> QuerySet[Registration]:
    """Return the registrations whose question is asked for, with its mark, in the order they are to be asked in."""
    seats = Seat.objects.filter(registration=OuterRef("pk"))
    if wanted.session_id is not None:
        seats = seats.filter(session=wanted.session_id)
    seats = seats.not_cancelled() if wanted.everybody else seats.approved()
    found = Registration.objects.active().with_question().filter(Exists(seats), webinar=wanted.webinar_id)
    if wanted.state:
        found = found.filter(has_mark(wanted.state))
    ordered = found.order_by(F("question_mark__position").asc(nulls_last=True), "pk")
    return ordered.select_related("question_mark").prefetch_related("seats__session")


def mark_of(registration: Registration) -> Mark:
    """Return what is to become of a question; one that nobody has looked at is new."""
    row = getattr(registration, "question_mark", None)
    return Mark(row.state, row.position) if row else Mark(State.NEW)


@transaction.atomic
def mark_questions(webinar_id: int, *, marks: Mapping[int, Mark], by: User, now: datetime) -> int:
    """Mark questions by the ids of their registrations, and order them; return how many marks are other ones now.

    A question that its person has changed is no longer shown as changed once it is marked again. Nobody is told.
    """
    people = Registration.objects.active().filter(pk__in=marks, webinar=webinar_id).order_by("pk")
    ids = list(people.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    there = {row.registration_id: row for row in QuestionMark.objects.filter(registration__in=ids)}
    changed = [
        QuestionMark(registration_id=pk, state=marks[pk].state, position=marks[pk].position)
        for pk in ids
        if pk not in there or _says_else(there[pk], marks[pk])
    ]
    if not changed:
        return 0
    QuestionMark.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["registration"],
        update_fields=["state", "position", "changed_at"],
    )
    facts = MarksNoted(tuple((row.registration_id, row.state, row.position) for row in changed))
    webinar = Webinar.objects.get(pk=webinar_id)
    log.record(Action.QUESTIONS_MARKED, at=now, by=by, webinar=webinar, facts=facts)
    return len(changed)


def _says_else(row: QuestionMark, mark: Mark) -> bool:
    return (row.state, row.position) != (mark.state, mark.position) or row.changed_at is not None


def reset_mark(registration: Registration, now: datetime) -> None:
    """Take a mark back whose question its person has changed: it keeps its place, and the list says that it changed."""
    QuestionMark.objects.filter(registration=registration).update(state=State.NEW, changed_at=now)


@transaction.atomic
def export_questions(wanted: Questions, *, by: User, now: datetime) -> Iterator[Sequence[str]]:
    """Record who takes the questions out, then return them as rows, the headings first."""
    people = find_questions(wanted)
    facts = QuestionsExportNoted(people.count(), wanted.state, wanted.everybody)
    log.record(
        Action.EXPORTED,
        at=now,
        by=by,
        webinar_id=wanted.webinar_id,
        session_id=wanted.session_id,
        facts=facts,
    )
    return _rows(people)


def _rows(people: QuerySet[Registration]) -> Iterator[Sequence[str]]:
    yield [_("Order"), _("Mark"), _("Question"), _("Name"), _("Organisation"), _("Country"), _("Sessions")]
    for person in people.iterator(chunk_size=500):
        mark = mark_of(person)
        yield [
            "" if mark.position is None else str(mark.position),
            str(State(mark.state).label),
            person.question,
            person.full_name,
            person.organisation,
            display_name(person.country),
            ", ".join(str(number) for number in numbers_of(person)),
        ]


def numbers_of(person: Registration) -> list[int]:
    """Return the numbers of the sessions in which somebody has a place."""
    return sorted(seat.session.number for seat in person.seats.all() if seat.is_approved)

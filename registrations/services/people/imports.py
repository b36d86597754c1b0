"""Registrations from a list: checked as those from the form, taken by a job in chunks, proven by each person's click.

An imported registration waits, as one from the form, until whoever reads the address confirms it, and they acknowledge
the privacy statement there. What only the person may say is not imported (D-20).
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility import register as eligibility_register
from eligibility.explain import conclusion
from eligibility.rules import Outcome
from registrations import mails, outbox, permissions
from registrations.models import (
    Action,
    BulkJob,
    HistoryEntry,
    ImportedLine,
    MailKind,
    Registration,
    Seat,
    Webinar,
    email_key,
)
from registrations.models.history_facts import ImportNoted, SeatsNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.jobs.kinds import JobKind, JobPage, Stopping, register_kind
from registrations.services.jobs.results import ChunkResult, mailed
from registrations.services.people.registration import choose_sessions
from registrations.services.people.submission import Submission, write_answers
from registrations.services.verdicts import assessment
from registrations.states import RegistrationState
from webinar_site.foundation import bulk


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of a list: what it says if it has the form's shape, and otherwise what is wrong with it.

    Name, organisation and country are as they were written, for staff to see whom a line is about.
    """

    number: int
    who: str
    submission: Submission | None = None
    problems: tuple[str, ...] = ()
    name: str = ""
    organisation: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ImportLineReport:
    """What becomes of one line: why it cannot be taken, or what the country lists say of it.

    `reasons` say what the lists say where that is a refusal. `outcome` is the least favourable over the chosen
    sessions.
    """

    candidate: ImportLine
    problems: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import of registrations would do, line by line."""

    lines: tuple[ImportLineReport, ...]

    @property
    def good(self) -> list[ImportLineReport]:
        """Return the lines that can be taken."""
        return [line for line in self.lines if not line.problems]

    @property
    def wrong(self) -> list[ImportLineReport]:
        """Return the lines that cannot be taken."""
        return [line for line in self.lines if line.problems]

    @property
    def outcomes(self) -> dict[str, int]:
        """Return how many of the lines that can be taken the lists assess how, by the value of Outcome."""
        good = [line.outcome for line in self.good]
        return {outcome.value: good.count(outcome.value) for outcome in Outcome}


class _LineChecker:
    """Looks at one line after the other as the form's service would; what it has seen counts as taken."""

    def __init__(self, webinar: Webinar, addresses: Iterable[str], now: datetime) -> None:
        keys = set(addresses)
        people = webinar.registrations.open().filter(email_key__in=keys)
        known = list(people.values_list("email_key", "person_key", "state", "entered_by_staff"))
        self.webinar, self.now = webinar, now
        self._active = {key for key, _name, state, _listed in known if state == RegistrationState.ACTIVE}
        self._imported = {key for key, _name, _state, listed in known if listed} - self._active
        self._asked = {(key, name) for key, name, _state, _listed in known}
        self._seen: dict[str, int] = {}
        today = assessment.brussels_day(now)
        self._evaluator = assessment.Evaluator(eligibility_register.current, today=today)

    def check(
        self, number: int, submission: Submission
    ) -> tuple[list[Seat], tuple[str, ...], tuple[str, ...]]:
        """Return a line's seats, unsaved and assessed, why it cannot be taken, and what the lists say if they
        refuse."""
        registration = _new(self.webinar, submission)
        first = self._seen.setdefault(registration.email_key, number)
        if first != number:
            return [], (_("Line %(number)s has the same email address.") % {"number": first},), ()
        if registration.email_key in self._active:
            return [], (str(errors.AlreadyRegistered()),), ()
        if registration.email_key in self._imported:
            return [], (_("This address was imported before, and waits to be confirmed."),), ()
        if (registration.email_key, registration.person_key) in self._asked:
            return [], (_("This person has registered, and has yet to confirm the address."),), ()
        try:
            sessions = choose_sessions(self.webinar, submission.sessions, self.now)
        except errors.UnknownSession as refusal:
            return [], (str(refusal),), ()
        seats = [Seat(registration=registration, session=session) for session in sessions]
        for seat in seats:
            self._evaluator.assess(seat)
        refused = [seat for seat in seats if seat.outcome == Outcome.NOT_ELIGIBLE]
        if refused and not submission.ask_review:
            return seats, (str(errors.NotEligible(())),), tuple(_reasons(refused))
        return seats, (), ()


def _reasons(seats: Sequence[Seat]) -> dict[str, None]:
    """Return what the lists say of these seats, each sentence once; how it came about is on the country's page."""
    return {conclusion(seat.verdict): None for seat in seats if seat.verdict}


def _new(webinar: Webinar, submission: Submission) -> Registration:
    registration = Registration(
        webinar=webinar,
        email=submission.email,
        email_key=email_key(submission.email),
        language=submission.language,
        entered_by_staff=True,
    )
    write_answers(registration, submission)
    return registration


def check_import(webinar_id: int, candidates: Sequence[ImportLine], *, now: datetime) -> ImportReport:
    """Return what an import of these lines would do; nothing changes. Raises RegistrationClosed."""
    webinar = _open_webinar(webinar_id, now)
    submissions = [line.submission for line in candidates if line.submission]
    checker = _LineChecker(webinar, (email_key(submission.email) for submission in submissions), now)
    return ImportReport(tuple(_report(checker, candidate) for candidate in candidates))


def _report(checker: _LineChecker, candidate: ImportLine) -> ImportLineReport:
    if candidate.submission is None:
        return ImportLineReport(candidate, candidate.problems)
    seats, problems, reasons = checker.check(candidate.number, candidate.submission)
    found = {seat.outcome for seat in seats}
    worst = (Outcome.NOT_ELIGIBLE, Outcome.REVIEW, Outcome.ELIGIBLE)
    outcome = next((outcome.value for outcome in worst if outcome.value in found), "")
    return ImportLineReport(candidate, problems, reasons, outcome)


def _open_webinar(webinar_id: int, now: datetime) -> Webinar:
    webinar = Webinar.objects.select_related("audience").prefetch_related("sessions").get(pk=webinar_id)
    if not webinar.is_open(now):
        raise errors.RegistrationClosed
    return webinar


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Who imports what: the lines, whether wrong ones are left out, and which columns staff agreed to ignore."""

    lines: Sequence[ImportLine]
    by: User
    now: datetime
    leave_out_wrong: bool = False
    ignored: tuple[str, ...] = ()


@transaction.atomic
def start_import(webinar_id: int, *, intake: ImportRequest) -> BulkJob:
    """Write down the good lines of a list; a worker registers them after the stop window, and writes to each.

    Raises RegistrationClosed, and ImportNotPossible where a line is wrong and not to be left out, or none is good.
    """
    report = check_import(webinar_id, intake.lines, now=intake.now)
    if not report.good or (report.wrong and not intake.leave_out_wrong):
        raise errors.ImportNotPossible
    job = windows.write_held(
        BulkJob.Kind.IMPORT,
        intake.now,
        webinar_id=webinar_id,
        total=len(report.good),
        created_by=intake.by,
    )
    ImportedLine.objects.bulk_create(
        (
            ImportedLine(job=job, number=line.candidate.number, answers=asdict(line.candidate.submission))
            for line in report.good
            if line.candidate.submission
        ),
        batch_size=1000,
    )
    facts = ImportNoted(
        job=job.pk,
        lines=len(report.good),
        left_out=len(report.wrong),
        ignored_columns=len(intake.ignored),
    )
    log.record(Action.PEOPLE_IMPORTED, at=intake.now, by=intake.by, webinar_id=webinar_id, facts=facts)
    return job


def _left(job: BulkJob) -> QuerySet[Any, int]:
    return job.lines.filter(pk__gt=job.cursor).order_by("pk").values_list("pk", flat=True)


def _enrol(job: BulkJob, ids: Sequence[int], now: datetime) -> ChunkResult:
    """Register the people of these lines and write to them; why a line was left alone is written on the line.

    What has changed since the list was checked is seen again, line by line. Once registration is closed nobody is
    registered any more.
    """
    lines = list(job.lines.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    assert job.webinar_id is not None  # noqa: S101 -- an import is always into a webinar
    webinar = Webinar.objects.select_related("audience").prefetch_related("sessions").get(pk=job.webinar_id)
    submissions = {line: _submission(line) for line in lines}
    checker = _LineChecker(webinar, (email_key(each.email) for each in submissions.values()), now)
    taken: dict[ImportedLine, list[Seat]] = {}
    for line, submission in submissions.items():
        seats, problems, _reasons = checker.check(line.number, submission)
        if not webinar.is_open(now):
            problems = (str(errors.RegistrationClosed()),)
        line.answers, line.problem = {}, " ".join(problems)
        if not problems:
            taken[line] = seats
    _save(job, taken, now)
    bulk.update_rows(lines, ["answers", "problem", "registration"])
    return ChunkResult(len(taken))


def _submission(line: ImportedLine) -> Submission:
    lists = {name: tuple(line.answers[name]) for name in ("sessions", "access_needs")}
    return Submission(**line.answers | lists)


def _save(job: BulkJob, taken: dict[ImportedLine, list[Seat]], now: datetime) -> None:
    """Save registrations with their seats and history, and post the mails that ask each person to confirm."""
    people = Registration.objects.bulk_create([seats[0].registration for seats in taken.values()])
    for line, person in zip(taken, people, strict=True):
        line.registration = person
    Seat.objects.bulk_create([seat for seats in taken.values() for seat in seats])
    HistoryEntry.objects.bulk_create(
        log.entry(
            Action.REGISTERED,
            at=now,
            by=job.created_by,
            registration=seats[0].registration,
            webinar_id=job.webinar_id,
            facts=SeatsNoted(log.states_of(seats), job.pk),
        )
        for seats in taken.values()
    )
    outbox.post([mails.confirm_address(person, now) for person in people])


def _forget_lines(job: BulkJob) -> None:
    """Empty what is left of a job's lines: it is over, and what they say belongs to nobody's registration."""
    job.lines.exclude(answers={}).update(answers={})


IMPORT = register_kind(
    JobKind(
        kind=BulkJob.Kind.IMPORT,
        permission=permissions.IMPORT,
        left=_left,
        apply=_enrol,
        is_about_seats=False,
        preview=lambda job, _now: mailed(MailKind.CONFIRM_ADDRESS, _left(job).count()),
        stopping=Stopping(
            warning=gettext_lazy("Nobody is registered, nobody is written to, and the list is forgotten.")
        ),
        page=JobPage(lines=lambda job: job.lines.exclude(problem="")),
        forget=_forget_lines,
    )
)

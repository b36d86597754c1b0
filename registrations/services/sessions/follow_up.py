"""After a session: where its recording and slides are, and where people say what they think."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations import mails
from registrations.mails.rendering import Wording, wording_for
from registrations.models import (
    Action,
    Attendance,
    AttendanceReport,
    BulkJob,
    OutgoingMail,
    Registration,
    Seat,
    WebinarSession,
)
from registrations.services import errors
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.locks import lock_session
from registrations.services.sessions import reminders


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where to find what is left of a session; each address is https, or "" for what there is not."""

    recording_url: str = ""
    slides_url: str = ""
    feedback_url: str = ""


class Whom(TextChoices):
    """Who of those with a place is told; who attended is known from the report of the meeting."""

    EVERYBODY = "everybody", gettext_lazy("everybody with a place")
    ATTENDED = "attended", gettext_lazy("those who attended")
    ABSENT = "absent", gettext_lazy("those who did not attend")

    def overlaps(self, other: str) -> bool:
        """Return whether somebody may be among both."""
        return self == other or Whom.EVERYBODY in (self, other)


def seats_reached(session_id: int | None, whom: str) -> QuerySet[Seat]:
    """Return the seats of those with a place whom a follow-up reaches."""
    seats = reminders.seats_with_place(session_id)
    attended = Exists(Attendance.objects.filter(seat=OuterRef("pk")))
    if whom == Whom.ATTENDED:
        return seats.filter(attended)
    return seats.filter(~attended) if whom == Whom.ABSENT else seats


def whom_of(job: BulkJob) -> str:
    """Return whom a follow-up reaches."""
    return job.facts.get("whom", Whom.EVERYBODY.value)


def count_followed_up(session_id: int) -> dict[Whom, int]:
    """Return how many a follow-up would reach, for each choice there is: without a report only everybody."""
    has_report = AttendanceReport.objects.filter(session=session_id).exists()
    choices = Whom if has_report else (Whom.EVERYBODY,)
    return {whom: seats_reached(session_id, whom).count() for whom in choices}


def follow_up_of(session: WebinarSession) -> FollowUp:
    """Return the links that stand on people's pages after a session."""
    return FollowUp(session.recording_url, session.slides_url, session.feedback_url)


def last_follow_up(session_id: int) -> FollowUp | None:
    """Return the links that everybody was last told of by mail, or None: also where that was stopped half-way."""
    job = _told_somebody(session_id).first()
    return FollowUp(**job.facts["links"]) if job and job.state != BulkJob.State.STOPPED else None


@transaction.atomic
def edit_follow_up(session_id: int, *, links: FollowUp, by: User, now: datetime) -> WebinarSession:
    """Change the links on people's pages without telling anybody. Raises FollowUpNotPossible before the end."""
    session = lock_session(session_id)
    _refuse_before_the_end(session, now)
    if follow_up_of(session) != links:
        _save(session, links)
        _record(Action.FOLLOW_UP_EDITED, session, links, by, now)
    return session


@transaction.atomic
def send_follow_up(
    session_id: int, *, links: FollowUp, by: User, now: datetime, whom: Whom = Whom.EVERYBODY
) -> WebinarSession:
    """Change the links on people's pages and mail them to everybody with a place, or to some of them (D-37).

    Raises FollowUpNotPossible before the session's end, without any link, when people have these links already, and
    when nobody knows who attended.
    """
    session = lock_session(session_id)
    _refuse_before_the_end(session, now)
    if links == FollowUp():
        raise errors.FollowUpNotPossible(_("Give at least one link."))
    if any(whom.overlaps(told) for told in _told_of(session_id, links)):
        raise errors.FollowUpNotPossible(_("These links were sent already. Change one to send them again."))
    if whom not in count_followed_up(session_id):
        raise errors.FollowUpNotPossible(
            _("Save the session's attendance report first: it says who attended.")
        )
    _save(session, links)
    _record(Action.FOLLOW_UP_SENT, session, links, by, now, whom)
    windows.write_held(
        BulkJob.Kind.FOLLOW_UP,
        now,
        webinar=session.webinar,
        session=session,
        facts=_facts(session_id, links, whom),
        total=seats_reached(session_id, whom).count(),
        created_by=by,
    )
    return session


def why_no_follow_up(session: WebinarSession, now: datetime) -> str:
    """Return why there is nothing to follow up yet, fit to be shown to staff, or ""."""
    if session.is_cancelled:
        return _("This session is cancelled.")
    if not session.is_over(now):
        return _("This is possible once the session is over.")
    return ""


def _follow_ups(session_id: int | None) -> QuerySet[BulkJob]:
    """Return the jobs that told people of links, the newest first."""
    return BulkJob.objects.filter(session=session_id, kind=BulkJob.Kind.FOLLOW_UP)


def seats_to_tell(session_id: int | None, facts: Mapping[str, Any]) -> QuerySet[Seat]:
    """Return the seats that a follow-up with these facts mails: those it reaches, without whom a stopped job told before it."""
    reached = seats_reached(session_id, facts.get("whom", Whom.EVERYBODY.value))
    first = facts.get("continues")
    if first is None:
        return reached
    stopped = _follow_ups(session_id).filter(
        Q(pk=first) | Q(facts__continues=first), state=BulkJob.State.STOPPED
    )
    told = OutgoingMail.objects.filter(seat=OuterRef("pk"), job__in=stopped.values("pk"))
    return reached.filter(~Exists(told))


def count_told_of_follow_up(session_id: int, links: FollowUp, whom: Whom) -> int:
    """Return how many people are mailed if these links are sent now."""
    return seats_to_tell(session_id, _facts(session_id, links, whom)).count()


def _told_somebody(session_id: int) -> QuerySet[BulkJob]:
    """Return the same without those that were stopped before they told anybody."""
    return _follow_ups(session_id).exclude(state=BulkJob.State.STOPPED, changed=0)


def _told_of(session_id: int, links: FollowUp) -> list[str]:
    """Return who was told of these very links since others were sent; one that was stopped half-way may go on."""
    told = []
    for job in _told_somebody(session_id):
        if FollowUp(**job.facts["links"]) != links or job.state == BulkJob.State.STOPPED:
            break
        told.append(whom_of(job))
    return told


def _facts(session_id: int, links: FollowUp, whom: Whom) -> dict[str, Any]:
    """Return what a job tells; one with the links of a job that was stopped goes on where that one ended.

    Whoever the stopped job has told already is not told twice, because the mails have its keys.
    """
    newest = _follow_ups(session_id).first()
    if newest and newest.state == BulkJob.State.STOPPED and newest.facts["links"] == asdict(links):
        return {"continues": newest.pk} | newest.facts | {"whom": whom.value}
    again = any(whom.overlaps(whom_of(job)) for job in _told_somebody(session_id))
    return {"links": asdict(links), "again": again, "whom": whom.value}


def _refuse_before_the_end(session: WebinarSession, now: datetime) -> None:
    if reason := why_no_follow_up(session, now):
        raise errors.FollowUpNotPossible(reason)


def _save(session: WebinarSession, links: FollowUp) -> None:
    for field, address in asdict(links).items():
        setattr(session, field, address)
    session.save(update_fields=list(asdict(links)))


def _record(
    action: Action,
    session: WebinarSession,
    links: FollowUp,
    by: User,
    now: datetime,
    whom: Whom = Whom.EVERYBODY,
) -> None:
    facts: dict[str, Any] = {"links": asdict(links)}
    if whom != Whom.EVERYBODY:
        facts["whom"] = whom.value
    log.record(action, at=now, by=by, webinar=session.webinar, session=session, facts=facts)


def follow_up_wording(
    session: WebinarSession, links: FollowUp, now: datetime, whom: Whom = Whom.EVERYBODY
) -> Wording:
    """Return the mail as an invented person would get it, for staff to read before they send it; nothing is saved."""
    person = Registration(
        webinar=session.webinar,
        first_name=_("[first name]"),
        last_name=_("[family name]"),
        reference=_("[reference]"),
        manage_token="personal-link",  # noqa: S106 -- nobody's
    )
    job = BulkJob(facts=_facts(session.pk, links, whom))
    return wording_for(mails.follow_up(Seat(registration=person, session=session), now, job))

"""After a session: where its recording and slides are, and where people say what they think."""

from dataclasses import asdict
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations.mails.rendering import Wording, wording_for
from registrations.models import (
    Action,
    AttendanceReport,
    BulkJob,
    Registration,
    Seat,
    WebinarSession,
)
from registrations.models.history_facts import FollowUpNoted, LinksNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.jobs import windows
from registrations.services.locks import lock_session
from registrations.services.sessions.follow_up_job import (
    FollowUp,
    Whom,
    facts_for,
    seats_reached,
    seats_to_notify,
    told_of,
)


def count_followed_up(session_id: int) -> dict[Whom, int]:
    """Return how many a follow-up would reach, for each choice there is: without a report only everybody."""
    has_report = AttendanceReport.objects.filter(session=session_id).exists()
    choices = Whom if has_report else (Whom.EVERYBODY,)
    return {whom: seats_reached(session_id, whom).count() for whom in choices}


def follow_up_of(session: WebinarSession) -> FollowUp:
    """Return the links on people's pages after a session."""
    return FollowUp(session.recording_url, session.slides_url, session.feedback_url)


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
    if any(whom.overlaps(told) for told in told_of(session_id, links)):
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
        facts_for(session_id, links, whom),
        webinar=session.webinar,
        session=session,
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


def count_told_of_follow_up(session_id: int, links: FollowUp, whom: Whom) -> int:
    """Return how many people are mailed if these links are sent now."""
    return seats_to_notify(session_id, facts_for(session_id, links, whom)).count()


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
    facts = FollowUpNoted(LinksNoted(**asdict(links)), "" if whom == Whom.EVERYBODY else whom.value)
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
    facts = facts_for(session.pk, links, whom)
    return wording_for(facts.mail(Seat(registration=person, session=session), now, None))

"""Mails around a session that people have a place in: before it and after it. As in kinds.py, nothing is sent here."""

from datetime import datetime

from registrations import links
from registrations.mails.facts import write_about
from registrations.mails.records import FollowUpLinks, JoiningLink
from registrations.models import BulkJob, MailKind, OutgoingMail, Seat


def reminder(seat: Seat, now: datetime, job: BulkJob) -> OutgoingMail:
    """Remind somebody of a dated session, with the joining link; told once per moment and start.

    Of no use any more when the next reminder falls due, or the session begins."""
    mail = write_about(MailKind.REMINDER, seat, now, JoiningLink(links.page("join", seat.join_token)))
    hours, starts_at = job.facts["hours_before"], seat.session.starts_at
    mail.dedupe_key = f"{MailKind.REMINDER}:{seat.pk}:{hours}:{starts_at:%Y%m%dT%H%M}"
    mail.not_after = datetime.fromisoformat(job.facts["useful_until"])
    return mail


def follow_up(seat: Seat, now: datetime, job: BulkJob) -> OutgoingMail:
    """Tell somebody after a session where recording and slides are, and ask what they think, as far as there are links.

    Told once by a job and those that go on where it was stopped.
    """
    own = FollowUpLinks(**job.facts["links"], again=job.facts["again"], whom=job.facts.get("whom", ""))
    mail = write_about(MailKind.FOLLOW_UP, seat, now, own)
    mail.dedupe_key = f"{MailKind.FOLLOW_UP}:{seat.pk}:{job.facts.get('continues', job.pk)}"
    return mail

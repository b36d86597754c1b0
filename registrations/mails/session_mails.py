"""Mails around a session that people have a place in: before it and after it. As in kinds.py, nothing is sent here."""

from datetime import datetime

from registrations import links
from registrations.mails.facts import write_about
from registrations.mails.records import FollowUpLinks, JoiningLink
from registrations.models import MailKind, OutgoingMail, Seat


def reminder(seat: Seat, now: datetime, *, hours_before: int, useful_until: datetime) -> OutgoingMail:
    """Remind somebody of a dated session, with the joining link; told once per moment and start.

    Of no use any more when the next reminder falls due, or the session begins."""
    mail = write_about(MailKind.REMINDER, seat, now, JoiningLink(links.page("join", seat.join_token)))
    starts_at = seat.session.starts_at
    mail.dedupe_key = f"{MailKind.REMINDER}:{seat.pk}:{hours_before}:{starts_at:%Y%m%dT%H%M}"
    mail.expires_at = useful_until
    return mail


def follow_up(seat: Seat, now: datetime, told: FollowUpLinks, *, told_by: int | None) -> OutgoingMail:
    """Tell somebody after a session where recording and slides are, and ask what they think, as far as there are links.

    Told once by a job (`told_by` is its id) and those that go on where it was stopped.
    """
    mail = write_about(MailKind.FOLLOW_UP, seat, now, told)
    mail.dedupe_key = f"{MailKind.FOLLOW_UP}:{seat.pk}:{told_by}"
    return mail

"""Mails around a session that people have a place in: before it and after it. As in kinds.py, nothing is sent here."""

from collections.abc import Mapping
from datetime import datetime

from registrations import links
from registrations.mails.facts import write_about
from registrations.models import MailKind, OutgoingMail, Seat


def reminder(seat: Seat, now: datetime, *, hours_before: int, useful_until: datetime) -> OutgoingMail:
    """Remind somebody of a dated session, with the joining link; told once per moment and start.

    Of no use any more when the next reminder falls due, or the session begins."""
    mail = write_about(MailKind.REMINDER, seat, now, join_url=links.page("join", seat.join_token))
    starts_at = seat.session.starts_at
    mail.dedupe_key = f"{MailKind.REMINDER}:{seat.pk}:{hours_before}:{starts_at:%Y%m%dT%H%M}"
    mail.not_after = useful_until
    return mail


def follow_up(
    seat: Seat, now: datetime, *, addresses: Mapping[str, str], again: bool, whom: str, told_by: int | None
) -> OutgoingMail:
    """Tell somebody after a session where recording and slides are, and ask what they think, as far as there are links.

    Told once by a job (`told_by` is its id) and those that go on where it was stopped.
    """
    mail = write_about(MailKind.FOLLOW_UP, seat, now, **addresses, again=again, whom=whom)
    mail.dedupe_key = f"{MailKind.FOLLOW_UP}:{seat.pk}:{told_by}"
    return mail

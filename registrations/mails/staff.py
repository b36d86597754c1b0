"""Mails to members of staff: what waits, and what is urgent. They name nobody who registered; nothing is sent here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import override

from registrations import ical, links
from registrations.mails.facts import Facts, of_session
from registrations.models import MailKind, OutgoingMail, WebinarSession, own_domain, staff_language

USEFUL_FOR = timedelta(hours=24)  # then the next digest tells it


def staff_digest(to: User, day: date, waiting: Sequence[Facts], now: datetime) -> OutgoingMail:
    """Tell a member of staff, once a day, what waits: label in their language, count and address of each list."""
    mail = _write(MailKind.STAFF_DIGEST, to, now, waiting=list(waiting))
    mail.dedupe_key = f"{MailKind.STAFF_DIGEST}:{day:%Y%m%d}:{to.pk}"
    mail.not_after = now + USEFUL_FOR
    return mail


def staff_deadline(to: User, session: WebinarSession, waiting: Facts, now: datetime) -> OutgoingMail:
    """Tell a member of staff how many seats are undecided shortly before a session; told once for each start."""
    mail = _write(
        MailKind.STAFF_DEADLINE,
        to,
        now,
        webinar={"title": session.webinar.title},
        session=of_session(session),
        undecided=waiting["count"],
        undecided_url=waiting["url"],
    )
    mail.dedupe_key = f"{MailKind.STAFF_DEADLINE}:{session.pk}:{session.starts_at:%Y%m%dT%H%M}:{to.pk}"
    mail.not_after = session.starts_at
    return mail


def _write(kind: MailKind, to: User, now: datetime, **facts: object) -> OutgoingMail:
    sender, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    language = staff_language(to)
    with override(language):
        about = {
            "name": ical.plain_line(to.get_full_name() or to.get_username()),
            "sender": {"email": address, "name": sender or _("Webinars for industrial clusters")},
            "desk_url": links.desk(),
        }
    return OutgoingMail(
        kind=kind,
        recipient=to.email,
        language=language,
        facts=about | facts,
        message_id=f"<{uuid4().hex}@{own_domain()}>",
        created_at=now,
        due_at=now,
    )

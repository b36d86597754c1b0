"""Mails to members of staff: what waits, and what is urgent. They name nobody who registered; nothing is sent here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import gettext as _

from registrations import ical, links
from registrations.mails.facts import MailFacts
from registrations.mails.records import (
    QueueToLookAt,
    StaffDeadline,
    StaffDigest,
    ToStaff,
    WebinarTitle,
    of_session,
)
from registrations.models import MailKind, OutgoingMail, WebinarSession, own_domain, staff_language
from webinar_site.foundation.records import Record

USEFUL_FOR = timedelta(hours=24)  # then the next digest tells it


def daily_summary(to: User, day: date, waiting: Sequence[QueueToLookAt], now: datetime) -> OutgoingMail:
    """Tell a member of staff, once a day, what waits: label in their language, count and address of each list."""
    mail = _write(MailKind.STAFF_DIGEST, to, now, StaffDigest(tuple(waiting)))
    mail.dedupe_key = f"{MailKind.STAFF_DIGEST}:{day:%Y%m%d}:{to.pk}"
    mail.expires_at = now + USEFUL_FOR
    return mail


def staff_deadline(to: User, session: WebinarSession, waiting: QueueToLookAt, now: datetime) -> OutgoingMail:
    """Tell a member of staff how many seats are undecided shortly before a session; told once for each start."""
    mail = _write(
        MailKind.STAFF_DEADLINE,
        to,
        now,
        StaffDeadline(
            webinar=WebinarTitle(session.webinar.title),
            session=of_session(session),
            undecided=waiting.count,
            undecided_url=waiting.url,
        ),
    )
    mail.dedupe_key = f"{MailKind.STAFF_DEADLINE}:{session.pk}:{session.starts_at:%Y%m%dT%H%M}:{to.pk}"
    mail.expires_at = session.starts_at
    return mail


def _write(kind: MailKind, to: User, now: datetime, own: Record) -> OutgoingMail:
    sender, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    language = staff_language(to)
    with translation.override(language):
        about = ToStaff(
            name=ical.plain_line(to.get_full_name() or to.get_username()),
            sender=ical.Person(address, sender or _("Webinars for industrial clusters")),
            desk_url=links.desk(),
        )
    return OutgoingMail(
        kind=kind,
        recipient=to.email,
        language=language,
        facts=MailFacts(about, own).to_json(),
        message_id=f"<{uuid4().hex}@{own_domain()}>",
        created_at=now,
        due_at=now,
    )

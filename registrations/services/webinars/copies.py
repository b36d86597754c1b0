"""Making the next webinar from one that is there: texts, sessions, agenda, reminders; no dates and people."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from registrations.models import (
    Action,
    AgendaItem,
    MailKind,
    MailText,
    Reminder,
    Webinar,
    WebinarSession,
)
from registrations.models.history_facts import CopyNoted
from registrations.services import errors
from registrations.services.history import log

COPIED = (
    "series",
    "organiser",
    "signature",
    "purpose",
    "format",
    "recording_notice",
    "contact_email",
    "audience_id",
)
COPIED_OF_SESSION = ("number", "title", "summary", "place", "capacity")
COPIED_OF_ITEM = ("starts_at", "title", "speakers", "position")
COPIED_OF_TEXT = ("kind", "language", "subject", "body", "sha256")


@transaction.atomic
def copy_webinar(webinar_id: int, *, title: str, slug: str, by: User, now: datetime) -> Webinar:
    """Make a new, closed webinar like another: texts, sessions that were not cancelled, agenda, reminders, mail texts.

    Left behind are dates, people, meeting addresses, what was published or sent, the day the lists were pinned to and
    automatic approval: each is decided again. Raises SlugTaken.
    """
    original = Webinar.objects.get(pk=webinar_id)
    copy = Webinar(title=title, slug=slug, **{field: getattr(original, field) for field in COPIED})
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError as error:
        raise errors.SlugTaken from error
    _copy_sessions(original, copy)
    _copy_mail_texts(original, copy, by, now)
    log.record(Action.WEBINAR_COPIED, at=now, by=by, webinar=copy, facts=CopyNoted(original.pk))
    return copy


def _copy_sessions(original: Webinar, copy: Webinar) -> None:
    held = original.sessions.planned().prefetch_related("agenda_items", "reminders")
    sessions = list(held)
    new = WebinarSession.objects.bulk_create(
        WebinarSession(webinar=copy, **_values(session, COPIED_OF_SESSION)) for session in sessions
    )
    pairs = list(zip(sessions, new, strict=True))
    AgendaItem.objects.bulk_create(
        AgendaItem(session=made, **_values(item, COPIED_OF_ITEM))
        for session, made in pairs
        for item in session.agenda_items.all()
    )
    Reminder.objects.bulk_create(
        Reminder(session=made, hours_before=reminder.hours_before)
        for session, made in pairs
        for reminder in session.reminders.all()
    )


def _copy_mail_texts(original: Webinar, copy: Webinar, by: User, now: datetime) -> None:
    """Copy what mails say now, as first versions; where that is the site's own text there is nothing to copy."""
    newest = MailText.objects.newest([original.pk], MailKind)
    texts = MailText.objects.filter(pk__in=[text.pk for text in newest.values() if not text.is_standard])
    MailText.objects.bulk_create(
        MailText(webinar=copy, version=1, created_at=now, created_by=by, **_values(text, COPIED_OF_TEXT))
        for text in texts
    )


def _values(row: object, fields: tuple[str, ...]) -> Mapping[str, object]:
    return {field: getattr(row, field) for field in fields}

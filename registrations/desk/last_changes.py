"""Where the site's own history says who changed a row, beside the admin's log."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Model, Q

from registrations.models import (
    Attendance,
    HistoryEntry,
    LegalText,
    OutgoingMail,
    Registration,
    Webinar,
    WebinarSession,
)
from webinar_site.foundation import stale_pages


def in_the_history(row: Model, since: datetime) -> Iterator[stale_pages.RecordedChange]:
    """Yield what the history says of a row since a moment (aware)."""
    about = _about(row)
    entries = HistoryEntry.objects.filter(about, at__gte=since) if about else HistoryEntry.objects.none()
    for entry in entries.select_related("by"):
        who = entry.by.get_username() if entry.by else entry.get_actor_display()
        yield stale_pages.RecordedChange(entry.at, who, entry.get_action_display())


def _about(row: Model) -> Q | None:
    """Return which entries are about a row; None where the history knows nothing of its kind."""
    match row:
        case Webinar():
            return Q(webinar=row, session__isnull=True, registration__isnull=True)
        case WebinarSession():
            return Q(session=row, registration__isnull=True)
        case Registration():
            return Q(registration=row)
        case Attendance():
            return Q(facts__attendance=row.pk)
        case OutgoingMail():
            return Q(registration=row.registration_id)
        case LegalText():
            return Q(facts__kind=row.kind, facts__language=row.language, webinar__isnull=True)
    return None


stale_pages.add_change_source(in_the_history)

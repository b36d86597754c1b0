"""Registration closes as long before its session as it did, when the session moves."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from registrations.models import Webinar
from registrations.services import errors
from webinar_site.foundation.days import BRUSSELS


def closing_after(closes_at: datetime, was: datetime | None, starts_at: datetime | None) -> datetime:
    """Return when registration closes once a session that began at `was` begins at `starts_at` (all aware).

    As long before the start as it was, on the clock in Brussels; as it is, where there is no start to go by.
    """
    if was is None or starts_at is None:
        return closes_at
    before, after, closes = (
        moment.astimezone(BRUSSELS).replace(tzinfo=None) for moment in (was, starts_at, closes_at)
    )
    return (closes + (after - before)).replace(tzinfo=BRUSSELS).astimezone(UTC)


def move_closing(
    webinar: Webinar, was: datetime | None, starts_at: datetime | None, now: datetime
) -> Mapping[str, datetime]:
    """Move the close of registration of a locked webinar along with a session; return what it was and is, if anything.

    Raises BadTimes where registration would close in the past, or before it opens.
    """
    before = webinar.registration_closes_at
    after = closing_after(before, was, starts_at) if before else None
    if before is None or after is None or before == after:
        return {}
    if after <= max(now, webinar.registration_opens_at or now):
        raise errors.BadTimes(
            _("Registration would close in the past, or before it opens: leave its close as it is.")
        )
    webinar.registration_closes_at = after
    webinar.save(update_fields=["registration_closes_at"])
    return {"was": before, "now": after}


def give_closing_back(webinar_id: int, moved: Mapping[str, datetime]) -> None:
    """Let registration close when it did before a change, unless somebody has set another moment since.

    `moved` is what `move_closing` returned. The caller has locked the webinar.
    """
    if moved:
        unchanged = Webinar.objects.filter(pk=webinar_id, registration_closes_at=moved["now"])
        unchanged.update(registration_closes_at=moved["was"])

"""Opening and closing registration: at once or by date, by whom it is on record; what is missing stops opening."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from registrations.models import Action, Webinar
from registrations.models.history_facts import OpeningNoted
from registrations.services import errors
from registrations.services.history import log
from registrations.services.webinars.checks import what_blocks

FIELDS = ("registration_open", "registration_opens_at", "registration_closes_at")


@dataclass(frozen=True, slots=True)
class Opening:
    """From when and until when registration is open, as aware datetimes: None for at once, and for no end."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None


@transaction.atomic
def open_registration(webinar_id: int, *, opening: Opening, by: User, now: datetime) -> Webinar:
    """Open registration, at once or by date (D-32).

    Raises NotReady where something that opening needs is missing, BadTimes for days that make no span to come.
    """
    webinar = _lock(webinar_id)
    if missing := what_blocks(webinar, now):
        raise errors.NotReady([check.words for check in missing])
    _refuse_bad_times(opening, now)
    before = opening_of(webinar)
    later = opening.opens_at is not None and opening.opens_at > now
    webinar.registration_open = True
    webinar.registration_opens_at = opening.opens_at if later else None
    webinar.registration_closes_at = opening.closes_at
    if opening_of(webinar) != before:
        action = Action.REGISTRATION_PLANNED if later else Action.REGISTRATION_OPENED
        _save(webinar, action, by, now)
    return webinar


@transaction.atomic
def close_registration(webinar_id: int, *, by: User, now: datetime) -> Webinar:
    """Close registration at once; an opening by date is given up. Decisions go on as before."""
    webinar = _lock(webinar_id)
    if not webinar.registration_open:
        return webinar
    webinar.registration_open, webinar.registration_opens_at = False, None
    _save(webinar, Action.REGISTRATION_CLOSED, by, now)
    return webinar


def _lock(webinar_id: int) -> Webinar:
    webinars = Webinar.objects.select_for_update(no_key=True, of=("self",)).select_related("audience")
    return webinars.get(pk=webinar_id)


def _refuse_bad_times(opening: Opening, now: datetime) -> None:
    closes_at = opening.closes_at
    if closes_at is not None and closes_at <= (opening.opens_at or now):
        raise errors.BadTimes(_("Registration has to close after it opens."))
    if closes_at is not None and closes_at <= now:
        raise errors.BadTimes(_("Registration has to close at a moment to come."))


def opening_of(webinar: Webinar) -> dict[str, object]:
    """Return the state of registration, by column: open or not, and from when until when (aware datetimes, or None)."""
    return {field: getattr(webinar, field) for field in FIELDS}


def _save(webinar: Webinar, action: Action, by: User, now: datetime) -> None:
    webinar.save(update_fields=FIELDS)
    facts = OpeningNoted(webinar.registration_opens_at, webinar.registration_closes_at)
    log.record(action, at=now, by=by, webinar=webinar, facts=facts)

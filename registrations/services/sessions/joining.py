"""Letting people into the meeting: when, who, and to which address."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from registrations.models import Action, Seat, is_meeting_url
from registrations.services import errors
from registrations.services.history import log
from registrations.services.locks import lock_seats

JOIN_OPENS = timedelta(minutes=15)
logger = logging.getLogger(__name__)


@transaction.atomic
def join(seat_id: int, *, now: datetime) -> str:
    """Let an approved person into the meeting: record it and return the meeting's address (D-36).

    Open from JOIN_OPENS before the start until the end. Raises JoiningNotPossible with the reason.
    """
    seat = lock_seats(Seat.objects.filter(pk=seat_id))[0]
    _refuse(seat, now)
    url = meeting_url_for(seat)
    if seat.joined_at is None:
        seat.joined_at = now
        seat.save(update_fields=["joined_at"])
        log.record(
            Action.JOINED, at=now, actor="person", registration=seat.registration, session=seat.session
        )
    return url


def is_admitted(seat: Seat) -> bool:
    """Return whether a seat's link opens a meeting at all: approved, not withdrawn, session not cancelled."""
    return seat.is_approved and seat.registration.is_active and not seat.session.is_cancelled


def meeting_url_for(seat: Seat) -> str:
    """Return where a seat's person is sent to: their own address where staff imported one, else the session's, or "".

    Raises JoiningNotPossible for an address that is not on MEETING_HOSTS: staff cannot save one, but a row may have
    been written otherwise, or before the setting changed.
    """
    url = seat.meeting_url or seat.session.meeting_url
    if url and not is_meeting_url(url):
        logger.error("Seat %s leads to a meeting outside MEETING_HOSTS.", seat.pk)  # never the address itself
        raise errors.JoiningNotPossible(
            _("The address of the meeting has to be checked first. Please write to the contact below.")
        )
    return url


def _refuse(seat: Seat, now: datetime) -> None:
    session = seat.session
    if not is_admitted(seat):
        raise errors.JoiningNotPossible(_("This link does not open a meeting any more."))
    if session.starts_at is None or session.ends_at is None:
        raise errors.JoiningNotPossible(_("The date of this session is to be confirmed."))
    if now < session.starts_at - JOIN_OPENS:
        raise errors.JoiningNotPossible(_("The meeting opens 15 minutes before it starts."))
    if now >= session.ends_at:
        raise errors.JoiningNotPossible(str(errors.SessionIsOver()))
    if not meeting_url_for(seat):
        raise errors.JoiningNotPossible(
            _("The address of the meeting is not known yet. Please try again shortly.")
        )

"""The state of a request for an override, and who may ask for one or answer it."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registrations import services
from registrations.models import Override, Seat
from registrations.states import Move, seat_moves_from
from webinar_site.foundation.desk.table import Reader


def is_waiting(override: Override, now: datetime) -> bool:
    """Return whether a second person can answer a request at this moment (aware datetime)."""
    return override.is_open and not services.overrides.has_lapsed(override, now)


def may_be_asked_for(seat: Seat, reader: Reader) -> bool:
    """Return whether an override can be asked for: none waits, and without one the seat cannot be approved or kept."""
    if any(is_waiting(override, reader.now) for override in seat.overrides.all()):
        return False
    is_open = seat.registration.is_active and seat.session.can_be_chosen(reader.now)
    is_undecided = seat.flagged_at is not None or Move.APPROVE in seat_moves_from([seat.state])
    return seat.needs_override and is_open and is_undecided


def may_be_answered(override: Override, reader: Reader) -> bool:
    """Return whether a request waits for an answer, and this is somebody else than who asked."""
    return is_waiting(override, reader.now) and override.requested_by_id != reader.user.pk


def may_be_answered_together(override: Override, reader: Reader) -> bool:
    """Return whether a request waits that was asked for together with others."""
    return override.batch is not None and may_be_answered(override, reader)


def override_status(override: Override) -> str:
    """Return whether a request for an override is confirmed or lapsed, and until when it can be answered."""
    if override.confirmed_by_id is not None:
        return _("confirmed")
    moment = date_format(timezone.localtime(services.overrides.lapses_at(override)), "DATETIME_FORMAT")
    if is_waiting(override, timezone.now()):
        return _("waits for a second person; lapses on %(moment)s") % {"moment": moment}
    return _("lapsed on %(moment)s") % {"moment": moment}

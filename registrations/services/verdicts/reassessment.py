"""Seats that are to be judged again because a newer publication is there."""

from django.db.models import QuerySet

from registrations.models import Seat
from registrations.states import RegistrationState, SeatState


def due_for_reassessment(publication_number: int) -> QuerySet[Seat]:
    """Return the seats whose verdict rests on an older publication and still matters."""
    return Seat.objects.filter(
        publication_number__lt=publication_number,
        registration__state__in=[RegistrationState.UNCONFIRMED, RegistrationState.ACTIVE],
    ).exclude(state=SeatState.CANCELLED)

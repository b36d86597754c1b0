"""Locks, always in this order: webinar, address, registration, session, seat."""

from collections.abc import Iterable
from hashlib import sha256

from django.db import connection
from django.db.models import QuerySet

from registrations.models import Registration, Seat, Webinar, WebinarSession


def lock_webinar_of(session_id: int) -> Webinar:
    """Lock and re-read the webinar of a session; people go on registering."""
    return Webinar.objects.select_for_update(of=("self",), no_key=True).get(sessions=session_id)


def lock_address(webinar_id: int, key: str) -> None:
    """Let nobody else register for a webinar with this address until the caller's transaction ends (D-14).

    There may be no row yet to lock. Where transactions write one after the other (SQLite) there is nothing to do.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(sha256(f"{webinar_id}:{key}".encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def lock_registration(registration_id: int) -> Registration:
    """Lock and re-read one registration with its webinar; raises Registration.DoesNotExist."""
    return _registrations().get(pk=registration_id)


def lock_session(session_id: int) -> WebinarSession:
    """Lock and re-read one session with its webinar; raises WebinarSession.DoesNotExist."""
    return (
        WebinarSession.objects.select_for_update(no_key=True, of=("self",))
        .select_related("webinar")
        .get(pk=session_id)
    )


def lock_sessions(session_ids: Iterable[int]) -> dict[int, WebinarSession]:
    """Lock and re-read sessions, in the order of their ids; return them by id."""
    rows = WebinarSession.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(session_ids))
    return {row.pk: row for row in rows.select_related("webinar").order_by("id")}


def lock_seats(seats: "QuerySet[Seat]", registration: Registration | None = None) -> list[Seat]:
    """Lock and re-read seats with their registrations and sessions, in the order of their ids.

    The registrations are locked first, unless the caller holds the one they all belong to. Seats of one session share
    one session object, so that its SEQUENCE is raised in one place. The number of queries does not grow with the seats.
    """
    found = list(seats.values_list("pk", "registration_id", "session_id"))
    if registration is None:
        rows = _registrations().filter(pk__in={row[1] for row in found}).order_by("id")
        registrations = {row.pk: row for row in rows}
    else:
        registrations = {registration.pk: registration}
    sessions = lock_sessions(row[2] for row in found)
    locked = list(
        Seat.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=[row[0] for row in found])
        .select_related("override", "decided_by")
        .order_by("id")
    )
    for seat in locked:
        seat.registration = registrations[seat.registration_id]
        seat.session = sessions[seat.session_id]
    return locked


def _registrations() -> "QuerySet[Registration]":
    rows = Registration.objects.select_for_update(of=("self",), no_key=True).select_related(
        "webinar__audience"
    )
    return rows.prefetch_related("webinar__sessions")

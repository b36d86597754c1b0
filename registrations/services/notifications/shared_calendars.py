"""One person under two addresses, whose mailboxes may end in one calendar (D-45).

Calendars know an event by its UID, which is the session's. So a CANCEL for one registration may take out the entry that
the other one put there, and whoever keeps a place is invited again, after it and above it. A name proves nothing; an
invitation too many does no harm.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet

from registrations.mails import appointment_of, is_cancellation
from registrations.models import OutgoingMail, Seat
from webinar_site.foundation.chunks import in_chunks

CalendarKey = tuple[int, str]  # a session's id and a person's name key


def calendar_key(seat: Seat) -> CalendarKey:
    """Return what two seats of one person in one session have in common."""
    return seat.session_id, seat.registration.person_key


def seats_beside(left: Collection[Seat]) -> "QuerySet[Seat]":
    """Return the seats, invited and with a place, of the sessions and names of seats that are left; see `is_beside`."""
    invited = Seat.objects.with_place().filter(
        session__in={seat.session_id for seat in left},
        registration__webinar__in={seat.registration.webinar_id for seat in left},
        registration__person_key__in={seat.registration.person_key for seat in left} - {""},
        told_method="REQUEST",
    )
    return invited.exclude(pk__in=[seat.pk for seat in left])


def lock_beside(left: Collection[Seat]) -> list[Seat]:
    """Lock and re-read who keeps a place beside seats that were just cancelled; the caller holds their sessions.

    Only the seats are locked: a registration is never locked after a session. One that ends at this moment waits for
    the session, and then tells its own CANCEL above what is told now.
    """
    keys = {calendar_key(seat) for seat in left}
    rows = (
        seats_beside(left)
        .select_for_update(no_key=True, of=("self",))
        .select_related("registration__webinar")
    )
    return [seat for seat in rows.order_by("pk") if calendar_key(seat) in keys]


def invited_again(seat_ids: Iterable[int]) -> list[Seat]:
    """Return who would be invited again if these seats, with others of them, were cancelled; nothing is changed."""
    going = set(seat_ids)
    kept: dict[int, Seat] = {}
    for chunk in in_chunks(sorted(going)):
        left = list(Seat.objects.filter(pk__in=chunk).select_related("registration").only(*READ))
        keys = {calendar_key(seat) for seat in left}
        beside = seats_beside(left).select_related("registration", "session").order_by("pk")
        kept |= {seat.pk: seat for seat in beside if seat.pk not in going and calendar_key(seat) in keys}
    return list(kept.values())


READ = ("session_id", "registration__webinar_id", "registration__person_key")


def wait_for_cancellations(mails: Sequence[OutgoingMail]) -> None:
    """Have each calendar mail wait for the cancellations before it of the same person in the same session.

    One registration's mails leave in order anyway; this is about several of one name, or in turn of one address.
    The mails are unsaved, in order, under the locks of their sessions. One query.
    """
    told = [mail for mail in mails if appointment_of(mail) and mail.seat is not None]
    if not told:
        return
    last = {key: mail for mail in _leaving(told) for key in _keys(mail)}
    for mail in told:
        before = [last[key] for key in _keys(mail) if key in last]
        others = [other for other in before if other.registration_id != mail.registration_id]
        mail.after = others[-1].message_id if others else ""
        if is_cancellation(mail):
            last |= dict.fromkeys(_keys(mail), mail)


def _leaving(mails: Sequence[OutgoingMail]) -> "QuerySet[OutgoingMail]":
    """Return the cancellations that have not left yet, oldest first, of these mails' sessions and people."""
    names = {mail.registration.person_key for mail in mails if mail.registration} - {""}
    same = Q(registration__person_key__in=names) | Q(recipient__in={mail.recipient for mail in mails})
    sessions = {mail.seat.session_id for mail in mails if mail.seat}
    unfinished = OutgoingMail.objects.unfinished().filter(cancels=True, seat__session__in=sessions)
    rows = unfinished.filter(same).select_related("registration", "seat").order_by("pk")
    return rows.only("message_id", "recipient", "registration__person_key", "seat__session_id")


def _keys(mail: OutgoingMail) -> list[CalendarKey]:
    """Return by what a mail's person is known in its session: their name, if there is one, and their address."""
    assert mail.seat is not None and mail.registration is not None  # noqa: S101, PT018 -- calendar mails have both
    names = [name for name in (mail.registration.person_key, mail.recipient) if name]
    return [(mail.seat.session_id, name) for name in names]

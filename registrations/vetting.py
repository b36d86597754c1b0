"""Holding a finished calendar mail or reminder against the session as it is, at the last moment before it is sent.

A mail may have waited for hours. What it says of the session must still be so, else a later mail says it, or will
(D-52).
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from django.utils.translation import gettext as _

from registrations import ical
from registrations.mails import appointment_of, calendar_check, facts_of
from registrations.models import BulkJob, MailKind, OutgoingMail, Seat, WebinarSession

# What is compared; the verdict on a seat and the texts of a session are long.
READ = (
    "told_sequence",
    "session__uid",
    "session__uid_domain",
    "session__organiser_email",
    "session__organiser_name",
    "session__state",
    "session__title",
    "session__place",
    "session__starts_at",
    "session__ends_at",
)


class VettingOutcome(Enum):
    """What becomes of a claimed mail."""

    SEND = auto()
    DROP = auto()  # a later calendar mail for the same seat tells it
    WAIT = auto()  # the session has changed, and a bulk job is about to say so to this person
    BLOCK = auto()  # it says what it should not: staff have to look


@dataclass(frozen=True, slots=True)
class VettingResult:
    """What becomes of a mail, and why; the words name nobody."""

    course: VettingOutcome
    words: str = ""


def vet(mail: OutgoingMail) -> VettingResult:
    """Return whether a finished mail may go out now; one without a calendar part may, unless it is a reminder.

    Cancellations are never dropped: they carry words for the person. Reads the seat, its session and the calendar mail
    before; changes nothing.
    """
    if mail.is_test:  # it carries no calendar file, and is about nobody
        return VettingResult(VettingOutcome.SEND)
    if mail.kind == MailKind.REMINDER:
        return _vet_reminder(mail)
    said = appointment_of(mail)
    if said is None:
        return VettingResult(VettingOutcome.SEND)
    if mail.seat_id is None:
        return VettingResult(VettingOutcome.BLOCK, _("Held back: it belongs to no place."))
    seat = Seat.objects.select_related("session").only(*READ).get(pk=mail.seat_id)
    if said.method == ical.Method.REQUEST and (refused := _refuse_request(said, seat)):
        return refused
    found = calendar_check.calendar_differences(bytes(mail.raw or b""), _expected(mail, said, seat.session))
    if found:
        return VettingResult(
            VettingOutcome.BLOCK, _("Held back: %(differences)s.") % {"differences": "; ".join(found)}
        )
    return VettingResult(VettingOutcome.SEND)


def _vet_reminder(mail: OutgoingMail) -> VettingResult:
    """Return whether a reminder still holds: the place, the address with its joining link, and the start it names."""
    seat = Seat.objects.select_related("session", "registration").get(mails=mail.pk)
    holds = seat.is_approved and seat.registration.is_active and mail.recipient == seat.registration.email
    if not holds:
        return VettingResult(VettingOutcome.DROP, _("The place or the address has changed since."))
    session = seat.session
    told = facts_of(mail).session
    if told and told.starts_at == (None if session.is_cancelled else session.starts_at):
        return VettingResult(VettingOutcome.SEND)
    if _is_change_under_way(seat):  # it may be stopped yet, and then the reminder holds again
        return VettingResult(
            VettingOutcome.WAIT, _("The session has changed; the mail that says so is being written.")
        )
    return VettingResult(VettingOutcome.DROP, _("The session has moved or is called off."))


def _refuse_request(said: ical.Appointment, seat: Seat) -> VettingResult | None:
    """Return why a request does not count any more, or not now; equal content may go under a SEQUENCE raised since."""
    overtaken = VettingResult(VettingOutcome.DROP, _("A later calendar mail tells it."))
    if _is_overtaken(said, seat):
        return overtaken
    if _says(said, seat.session):
        return None
    if _is_change_under_way(seat):
        return VettingResult(
            VettingOutcome.WAIT, _("The session has changed; the mail that says so is being written.")
        )
    seat.refresh_from_db(fields=["told_sequence"])  # the job may have ended between the two queries
    if _is_overtaken(said, seat):
        return overtaken
    if not seat.session.is_dated or seat.session.is_cancelled:
        return VettingResult(VettingOutcome.BLOCK, _("Held back: the session has no date or is cancelled."))
    return None


def _is_change_under_way(seat: Seat) -> bool:
    jobs = BulkJob.objects.unfinished().filter(session=seat.session_id)
    return jobs.filter(kind=BulkJob.Kind.SESSION_CHANGE).exists()


def _is_overtaken(said: ical.Appointment, seat: Seat) -> bool:
    return seat.told_sequence is not None and seat.told_sequence > said.sequence


def _says(said: ical.Appointment, session: WebinarSession) -> bool:
    """Return whether an appointment says of a session what raises its SEQUENCE when it changes."""
    told = (said.starts_at, said.ends_at, said.summary, said.place)
    is_told = told == (session.starts_at, session.ends_at, session.title, session.place)
    return is_told and not session.is_cancelled


def _expected(mail: OutgoingMail, said: ical.Appointment, session: WebinarSession) -> calendar_check.Expected:
    """Return what the calendar file has to say: the session as it is, or what a cancellation takes back."""
    before = _calendar_mail_before(mail)
    facts: dict[str, Any] = {"uid": session.calendar_uid}
    if session.organiser_email:
        facts["organiser"] = ical.Person(session.organiser_email, session.organiser_name)
    if said.method == ical.Method.REQUEST:
        facts |= {"summary": session.title, "place": session.place}
        facts |= {"starts_at": session.starts_at, "ends_at": session.ends_at}
    elif before is not None and before.method == ical.Method.REQUEST:
        facts |= {"summary": before.summary, "place": before.place}
        facts |= {"starts_at": before.starts_at, "ends_at": before.ends_at}
    return calendar_check.Expected(
        appointment=replace(said, **facts),
        recipient=mail.recipient,
        sender=facts_of(mail).about.sender.email,
        above=before.sequence if before else None,
    )


def _calendar_mail_before(mail: OutgoingMail) -> ical.Appointment | None:
    """Return what the seat's calendar mail before this one (before its first sending) told this mailbox, sent or not.

    What went to an address that the person has left is in another calendar, and counts there.
    """
    earlier = OutgoingMail.objects.with_calendar_part().filter(
        seat=mail.seat_id, recipient=mail.recipient, pk__lt=mail.resend_of_id or mail.pk
    )
    before = earlier.order_by("-pk").only("kind", "facts").first()
    return appointment_of(before) if before else None

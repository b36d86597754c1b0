"""Dull rows for tests; what matters to a test is in the test."""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

from django.contrib.auth.models import Group, User
from django.db import connection

from eligibility import register as eligibility_register
from eligibility.models import Audience, ListEdition, PublicationProposal
from eligibility.records import Source
from eligibility.services import drafts, proposals, publications
from registrations import delivery, services
from registrations.delivery import Delivered
from registrations.models import (
    AgendaItem,
    Attendance,
    AttendanceReport,
    BulkJob,
    OutgoingMail,
    Registration,
    Seat,
    Webinar,
    WebinarSession,
    email_key,
)
from registrations.services.jobs.notes import note_of
from registrations.services.people.submission import write_keys
from registrations.services.verdicts import assessment
from registrations.states import Move, RegistrationState
from tests.registrations import at_sight

NOW = datetime(2020, 4, 20, 8, 0, tzinfo=UTC)
STARTS = datetime(2020, 4, 28, 8, 30, tzinfo=UTC)  # 10:30 in Brussels
ENDS = STARTS + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
_numbers = itertools.count(1)


def make_webinar(**fields: object) -> Webinar:
    """Make an open webinar without sessions."""
    number = next(_numbers)
    values = {
        "slug": f"webinar-{number}",
        "title": "The industrial cluster response",
        "organiser": "DG GROW",
        "signature": "Your Cluster Team",
        "purpose": "Why.",
        "recording_notice": "Not recorded.",
        "contact_email": "clusters@example.eu",
        "audience": Audience.objects.get(key="cosme-eni"),
        "registration_open": True,
        **fields,
    }
    return Webinar.objects.create(**values)


def make_session(webinar: Webinar, **fields: object) -> WebinarSession:
    """Make a session on 28 April 2020, 10:30 to 12:30 Brussels time."""
    values = {
        "number": webinar.sessions.count() + 1,
        "title": "Supply chains",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "meeting_url": "https://sample-not-a-real-meeting.webex.com/j.php?MTID=m1",
        **fields,
    }
    return WebinarSession.objects.create(webinar=webinar, **values)


def make_undated_session(webinar: Webinar, **fields: object) -> WebinarSession:
    """Make a session whose date is to be confirmed."""
    return make_session(webinar, **{"title": "Recovery", "starts_at": None, "ends_at": None, **fields})


def make_agenda_item(session: WebinarSession, **fields: object) -> AgendaItem:
    """Make a line of the working agenda."""
    return AgendaItem.objects.create(session=session, **{"title": "Introduction", **fields})


def make_registration(
    webinar: Webinar, sessions: Sequence[WebinarSession] = (), **fields: object
) -> Registration:
    """Make a confirmed registration from Belgium, with a requested, assessed seat in each of these sessions."""
    number = next(_numbers)
    email = fields.pop("email", f"person{number}@example.org")
    values = {
        "state": RegistrationState.ACTIVE,
        "first_name": "Ada",
        "last_name": f"Person {number}",
        "organisation": "Cluster Nord",
        "organisation_type": "cluster_organisation",
        "country": "BE",
        "confirmed_at": NOW,
        "reference": f"99{number // 10_000:02}-{number % 10_000:04}",  # drawn at random, some would begin as a search does
        **fields,
    }
    registration = Registration(webinar=webinar, email=email, email_key=email_key(email), **values)
    write_keys(registration)
    registration.save()
    Registration.objects.filter(pk=registration.pk).update(created_at=NOW)
    register = eligibility_register.current(webinar.audience.key)
    for session in sessions:
        seat = Seat(registration=registration, session=session)
        assessment.assess_seat(seat, register, today=NOW.date())
        seat.save()
    registration.refresh_from_db()
    return registration


def make_attendance(session: WebinarSession, *, by: User, **fields: object) -> Attendance:
    """Make somebody whom the report of a session names, in the queue of those to be matched by hand."""
    report, _made = AttendanceReport.objects.get_or_create(
        session=session, defaults={"sha256": "0" * 64, "reading": {}, "saved_at": NOW, "saved_by": by}
    )
    return Attendance.objects.create(report=report, **{"state": Attendance.State.OPEN, **fields})


def make_user(name: str, group: str = "") -> User:
    """Make a member of staff, in one staff group if one is named."""
    user = User.objects.create_user(name, password=name, is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def draft_without(code: str, *, list_key: str = "ENI", starts: date = date(2020, 4, 27)) -> ListEdition:
    """Draft a correction of a published list, from 27 April 2020, that no longer names a country."""
    edition = ListEdition.objects.published().filter(list_key=list_key).latest("pk")
    key = f"{list_key}-without-{code}-{next(_numbers)}"
    draft = drafts.draft_correction(edition.pk, key=key, starts=starts, source=Source("A corrigendum"))
    draft.entries.filter(code=code).delete()
    return draft


def propose_without(code: str, *, by: User) -> PublicationProposal:
    """Propose a correction of the ENI list, from 27 April 2020, that no longer names a country."""
    draft = draft_without(code)
    return proposals.propose_publication(editions=[draft.pk], rules=[], by=by, note="Corrigendum", now=NOW)


def publish(*editions: ListEdition) -> None:
    """Publish drafts, by two Rule keepers."""
    one, two = (make_user(f"keeper{next(_numbers)}") for _person in range(2))
    publications.publish(
        editions=[edition.pk for edition in editions], rules=[], by=one, confirmed_by=two, note="Corrigendum"
    )


def approve(registration: Registration, by: User, *, now: datetime = NOW) -> Registration:
    """Approve all seats of a registration through the service."""
    decision = services.decisions.Decision(move=Move.APPROVE, by=by, now=now)
    at_sight.decide_seats(registration.pk, seat_ids=_seat_ids(registration), decision=decision)
    registration.refresh_from_db()
    return registration


def decide(
    registration: Registration, by: User, move: Move, *, now: datetime = NOW
) -> list[services.decisions.SeatResult]:
    """Decide about all seats of a registration through the service, with a reason."""
    decision = services.decisions.Decision(move=move, by=by, now=now, reason="Because.")
    return at_sight.decide_seats(registration.pk, seat_ids=_seat_ids(registration), decision=decision)


def make_guest(*sessions: WebinarSession, **fields: object) -> services.people.Guest:
    """Return a guest, from a country that need not be on any list."""
    values = {
        "first_name": "Ulla",
        "last_name": "Speaker",
        "email": "speaker@example.eu",
        "organisation": "DG GROW",
        "organisation_type": "eu_institution",
        "country": "NO",
        "sessions": tuple(session.pk for session in sessions),
        **fields,
    }
    return services.people.Guest(**values)


def release(now: datetime = NOW) -> None:
    """Release all jobs that wait in their stop window, as whoever wrote them would."""
    for job in BulkJob.objects.filter(state=BulkJob.State.WAITING, due_at__gt=now).order_by("-id"):
        services.jobs.release_job(job.pk, by=job.created_by, now=now)


def left_alone(job: BulkJob) -> list[tuple[int, str, str]]:
    """Return the seats that a job left alone: which, whether skipped or failed, and why, in the active language."""
    return [(row.seat_id, row.result, str(note_of(row))) for row in job.rows.order_by("seat")]


def would_be_mailed(job: BulkJob, now: datetime = NOW) -> int:
    """Return how many people the page of a job that waits says it would mail."""
    return sum(services.jobs.kind_of(job).preview(job, now).mails.values())


def carry_out(now: datetime = NOW) -> None:
    """Release all jobs that wait, and have a worker do everything that is due."""
    release(now)
    services.sweep.run(now)


def drain() -> Delivered:
    """Send what is due, as a worker does; return what became of it."""
    return delivery.deliver(until=None, stop=lambda: False)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of it at the same moment, each in a thread of its own; return results and refusals in order."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except services.errors.Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def _seat_ids(registration: Registration) -> list[int]:
    return list(registration.seats.values_list("pk", flat=True))


def kinds(registration: Registration | None = None) -> list[str]:
    """Return the kinds of mail written so far, to everybody or to one person, in order."""
    mails = OutgoingMail.objects.order_by("id")
    if registration is not None:
        mails = mails.filter(registration=registration)
    return list(mails.values_list("kind", flat=True))


def calendar_mails(registration: Registration) -> list[tuple[str, str, int]]:
    """Return (kind, METHOD, SEQUENCE) of each mail to a person; METHOD "" and SEQUENCE -1 without a calendar part."""
    mails = OutgoingMail.objects.filter(registration=registration).order_by("id")
    parts = [(mail.kind, mail.facts.get("calendar") or {}) for mail in mails]
    return [(kind, part.get("method", ""), part.get("sequence", -1)) for kind, part in parts]

"""Who gets what goes to many: each announcement reaches exactly those whom staff were told of before they sent it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from registrations import services
from registrations.models import Action, BulkJob, OutgoingMail, Registration, WebinarSession
from registrations.states import RegistrationState, SeatState
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    make_agenda_item,
    make_attendance,
    make_registration,
    make_session,
    would_be_mailed,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LINKS = services.sessions.FollowUp(slides_url="https://files.example/s")
KINDS = ("participant", "guest")


@pytest.fixture
def people(webinar, session, approver):
    """Make one person of each kind in every state, in a session to come, one cancelled and one that is over."""
    off = make_session(webinar, state="cancelled")
    past = make_session(webinar, starts_at=NOW - DAY, ends_at=NOW - DAY / 2)
    for kind in KINDS:
        for where, name in ((session, "coming"), (off, "off"), (past, "past")):
            for state in SeatState:
                person = make_registration(
                    webinar, [where], email=f"{kind}.{name}.{state}@example.org", kind=kind
                )
                put(person, state, approver if where == session else None)
        for state in set(RegistrationState) - {RegistrationState.ACTIVE, RegistrationState.ERASED}:
            person = make_registration(webinar, [session], email=f"{kind}.{state}@example.org", kind=kind)
            put(person, SeatState.APPROVED, approver)
            Registration.objects.filter(pk=person.pk).update(state=state)
        both = make_registration(webinar, [session, past], email=f"{kind}.both@example.org", kind=kind)
        both.seats.filter(session=session).update(state=SeatState.REJECTED)
    OutgoingMail.objects.all().delete()


def put(person: Registration, state: SeatState, approver) -> None:
    """Bring a person's seats into a state, whatever the lists say; who has a place was invited by the approver."""
    if approver and state == SeatState.APPROVED:
        approve(person, approver)
    person.seats.update(state=state, outcome="")


def everybody(*who: str) -> set[str]:
    """Return the addresses of these people of both kinds."""
    return {f"{kind}.{name}@example.org" for kind in KINDS for name in who}


def publish_agenda(session: WebinarSession, by) -> int:
    make_agenda_item(session)
    lines = services.agenda.working_agenda(session.webinar_id)
    count = services.agenda.count_told_of_agenda(session.webinar_id, lines, NOW)
    services.agenda.publish_agenda(session.webinar_id, by=by, now=NOW)
    return count


def move(session: WebinarSession, by) -> int:
    times = {"starts_at": STARTS + DAY, "ends_at": ENDS + DAY}
    count = services.sessions.count_told_of_change(session.pk, action=Action.RESCHEDULED, values=times)
    services.sessions.reschedule_session(session.pk, **times, by=by, now=NOW)
    return count


def take_date_back(session: WebinarSession, by) -> int:
    times = {"starts_at": None, "ends_at": None}
    count = services.sessions.count_told_of_change(session.pk, action=Action.DATE_WITHDRAWN, values=times)
    services.sessions.reschedule_session(session.pk, **times, by=by, now=NOW)
    return count


def rename(session: WebinarSession, by) -> int:
    names = {"title": "Another title", "place": session.place}
    count = services.sessions.count_told_of_change(session.pk, action=Action.RETITLED, values=names)
    services.sessions.retitle_session(session.pk, **names, by=by, now=NOW)
    return count


def call_off(session: WebinarSession, by) -> int:
    count = services.sessions.count_told_of_change(
        session.pk, action=Action.SESSION_CANCELLED, values={"state": "cancelled"}
    )
    services.sessions.cancel_session(session.pk, reason="Ill.", by=by, now=NOW)
    return count


def follow_up(whom: services.sessions.Whom) -> Callable[..., int]:
    def send(session: WebinarSession, by) -> int:
        there = session.seats.get(registration__email="participant.coming.approved@example.org")
        make_attendance(session, by=by, seat=there, state="matched", match="email")
        session.seats.update(answered_at=None)
        WebinarSession.objects.filter(pk=session.pk).update(starts_at=NOW - DAY, ends_at=NOW, closed_at=NOW)
        count = services.sessions.count_told_of_follow_up(session.pk, LINKS, whom)
        services.sessions.send_follow_up(session.pk, links=LINKS, by=by, now=NOW, whom=whom)
        return count

    return send


def remind(session: WebinarSession, by) -> int:
    services.sessions.add_usual_reminders(session.pk, now=NOW)
    WebinarSession.objects.filter(pk=session.pk).update(warned_for=STARTS)
    session.reminders.update(due_at=NOW)
    services.sweep.run(NOW)
    return BulkJob.objects.get(kind="reminder").total


HAVE = ("coming.approved",)
AWAIT = ("coming.requested", "coming.waitlisted")
ANNOUNCEMENTS = [
    pytest.param(publish_agenda, "agenda", everybody(*HAVE, *AWAIT), id="agenda"),
    pytest.param(move, "session_changed", everybody(*HAVE), id="moved"),
    pytest.param(take_date_back, "date_withdrawn", everybody(*HAVE), id="date taken back"),
    pytest.param(rename, "session_changed", everybody(*HAVE), id="renamed"),
    pytest.param(call_off, "session_cancelled", everybody(*HAVE, *AWAIT), id="called off"),
    pytest.param(remind, "reminder", everybody(*HAVE), id="reminder"),
    pytest.param(follow_up(services.sessions.Whom.EVERYBODY), "follow_up", everybody(*HAVE), id="follow-up"),
    pytest.param(
        follow_up(services.sessions.Whom.ATTENDED),
        "follow_up",
        {"participant.coming.approved@example.org"},
        id="attended",
    ),
    pytest.param(
        follow_up(services.sessions.Whom.ABSENT),
        "follow_up",
        {"guest.coming.approved@example.org"},
        id="did not attend",
    ),
]


@pytest.mark.parametrize(("announce", "kind", "expected"), ANNOUNCEMENTS)
def test_announcement_reaches_who_has_or_awaits_a_place_as_was_shown_before(
    people, session, editor, announce, kind, expected
):
    shown = announce(session, editor)
    on_the_jobs_page = [would_be_mailed(job) for job in BulkJob.objects.filter(due_at__gt=NOW)]
    carry_out()

    told = OutgoingMail.objects.filter(kind=kind).values_list("recipient", flat=True)
    assert sorted(told) == sorted(expected)
    assert {shown, *on_the_jobs_page} == {len(expected)}

"""What each kind of job writes into its row, as it is in the database: rows of one release are read by the next."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import BulkJob
from registrations.services.sessions.changes import MovedAlong
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    draft_without,
    make_agenda_item,
    make_attendance,
    make_registration,
    make_session,
    make_webinar,
    publish,
    release,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LINKS = services.sessions.FollowUp(slides_url="https://files.example/s")
STORED_LINKS = {"recording_url": "", "slides_url": "https://files.example/s", "feedback_url": ""}


def stored(kind):
    """Return what jobs of a kind say, oldest first."""
    return list(BulkJob.objects.filter(kind=kind).order_by("pk").values_list("facts", flat=True))


def move(session, by, **times):
    services.sessions.reschedule_session(
        session.pk, **{"starts_at": STARTS + HOUR, "ends_at": ENDS + HOUR, "by": by, "now": NOW, **times}
    )


def test_rows_of_decisions(webinar, session, later_session, approver):
    person = make_registration(webinar, [session, later_session])
    other = make_webinar()
    elsewhere = make_registration(other, [make_session(other)])
    seats = list(person.seats.values_list("pk", flat=True))
    rejection = services.decisions.Decision(
        move=Move.REJECT, by=approver, now=NOW, reason="No.", reason_code="full"
    )
    approval = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)

    at_sight.start_bulk_decision(seats, decision=rejection)
    at_sight.start_bulk_decision([seats[0], elsewhere.seats.get().pk], decision=approval)

    assert stored("decision") == [
        {"move": "reject", "reason": "No.", "reason_code": "full", "sessions": [1, 2]},
        {"move": "approve", "reason": "", "reason_code": ""},
    ]


def test_rows_of_overrides(webinar, session, approver, second_approver):
    seat = make_registration(webinar, [session], country="CH").seats.get()
    batch = at_sight.request_overrides([seat.pk], by=approver, reason="Speaks.", now=NOW)

    at_sight.start_confirming(batch, by=second_approver, now=NOW)

    assert stored("override") == [{"batch": str(batch), "reason": "Speaks.", "sessions": [1]}]


def test_rows_of_changes(webinar, session, later_session, editor):
    type(webinar).objects.update(registration_closes_at=STARTS - HOUR)
    move(session, editor, moved_along=MovedAlong(agenda=True, closing=True))
    job = BulkJob.objects.get()
    services.jobs.stop_job(job.pk, by=editor, now=NOW)
    services.sessions.retitle_session(session.pk, title="New", place="Here", by=editor, now=NOW)
    move(session, editor, starts_at=None, ends_at=None)
    move(later_session, editor)
    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)

    was = {"starts_at": "2020-04-28T08:30:00Z", "ends_at": "2020-04-28T10:30:00Z", "closed_at": None}
    closing = {"was": "2020-04-28T07:30:00Z", "now": "2020-04-28T08:30:00Z"}
    names = {"title": "Supply chains", "place": "WebEx Training (online)"}
    assert stored("session_change") == [
        {"action": "rescheduled", "reason": "", "was": was, "agenda_minutes": 60, "closing": closing},
        {"action": "bulk_stopped", "reason": "", "stopped": job.pk},
        {"action": "retitled", "reason": "", "was": names},
        {"action": "date_withdrawn", "reason": "", "was": was},
        {"action": "rescheduled", "reason": "", "was": dict.fromkeys(was)},
        {"action": "session_cancelled", "reason": "Ill.", "was": {"state": "planned"}},
    ]


def test_rows_of_agendas(webinar, session, editor):
    make_agenda_item(session)

    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)

    assert stored("agenda") == [{"version": 1}]


def test_rows_of_follow_ups(webinar, session, approver, editor):
    there = approve(make_registration(webinar, [session]), approver).seats.get()
    approve(make_registration(webinar, [session]), approver)
    make_attendance(session, by=editor, seat=there, state="matched", match="email")
    whom = services.sessions.Whom
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS)
    services.jobs.stop_job(BulkJob.objects.latest("pk").pk, by=editor, now=ENDS)
    services.sessions.send_follow_up(session.pk, links=LINKS, by=editor, now=ENDS, whom=whom.ATTENDED)
    carry_out(ENDS)
    more = services.sessions.FollowUp(slides_url="https://files.example/t")
    services.sessions.send_follow_up(session.pk, links=more, by=editor, now=ENDS)

    first = BulkJob.objects.filter(kind="follow_up").earliest("pk").pk
    assert stored("follow_up") == [
        {"links": STORED_LINKS, "again": False, "whom": "everybody"},
        {"links": STORED_LINKS, "again": False, "whom": "attended", "continues": first},
        {
            "links": STORED_LINKS | {"slides_url": "https://files.example/t"},
            "again": True,
            "whom": "everybody",
        },
    ]


def test_rows_of_reminders(webinar, session, approver):
    approve(make_registration(webinar, [session]), approver)
    services.sessions.add_usual_reminders(session.pk, now=NOW)

    carry_out(STARTS - DAY)
    carry_out(STARTS - HOUR)

    assert stored("reminder") == [
        {
            "hours_before": 24,
            "starts_at": "2020-04-28T08:30:00+00:00",
            "useful_until": "2020-04-28T07:30:00+00:00",
        },
        {
            "hours_before": 1,
            "starts_at": "2020-04-28T08:30:00+00:00",
            "useful_until": "2020-04-28T08:30:00+00:00",
        },
    ]


def test_rows_of_what_the_site_does_by_itself(webinar, session):
    session.capacity = 1
    session.save()
    make_registration(webinar, [session]).seats.update(state="waitlisted")
    publish(draft_without("TN"))

    release()
    carry_out()
    carry_out(ENDS)

    assert (stored("reassessment"), stored("promotion"), stored("closing")) == (
        [{"publication": 2}],
        [{}],
        [{}],
    )

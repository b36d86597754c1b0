"""What stands in a job's row is read as a record of its kind: as it is written today (test_rows.py), and as it was
before."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from registrations import services
from registrations.models import Action, BulkJob, Seat
from registrations.services.agenda.job import AgendaFacts
from registrations.services.decisions.job import DecisionFacts
from registrations.services.overrides.job import OverrideFacts
from registrations.services.sessions.change_job import ChangeFacts
from registrations.services.sessions.follow_up_job import FollowUpFacts
from registrations.services.sessions.reminder_job import ReminderFacts
from registrations.services.verdicts.reassessment import ReassessmentFacts
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
    make_registration,
    publish,
)

BATCH = "0f8b0a7e-5b1c-4c0e-9a53-3c8a3d8b5f11"
LINKS = {"recording_url": "https://files.example/r", "slides_url": "", "feedback_url": ""}
FOLLOW_UP = services.sessions.FollowUp(recording_url="https://files.example/r")
Whom = services.sessions.Whom
TODAY = [
    pytest.param(
        {"move": "reject", "reason": "No.", "reason_code": "full", "sessions": [1, 2]},
        DecisionFacts(Move.REJECT, "No.", "full", (1, 2)),
        id="decision",
    ),
    pytest.param(
        {"move": "approve", "reason": "", "reason_code": ""},
        DecisionFacts(Move.APPROVE),
        id="decision in several webinars",
    ),
    pytest.param(
        {"batch": BATCH, "reason": "Speaks.", "sessions": [1]},
        OverrideFacts(UUID(BATCH), "Speaks.", (1,)),
        id="overrides",
    ),
    pytest.param(
        {
            "action": "rescheduled",
            "reason": "",
            "was": {
                "starts_at": "2020-04-28T08:30:00Z",
                "ends_at": "2020-04-28T10:30:00Z",
                "closed_at": None,
            },
            "agenda_minutes": 60,
            "closing": {"was": "2020-04-28T07:30:00Z", "now": "2020-04-28T08:30:00Z"},
        },
        ChangeFacts(
            action=Action.RESCHEDULED,
            was={"starts_at": STARTS, "ends_at": ENDS, "closed_at": None},
            agenda_minutes=60,
            closing={"was": datetime(2020, 4, 28, 7, 30, tzinfo=UTC), "now": STARTS},
        ),
        id="session moved",
    ),
    pytest.param(
        {"action": "retitled", "reason": "", "was": {"title": "Supply chains", "place": "WebEx"}},
        ChangeFacts(action=Action.RETITLED, was={"title": "Supply chains", "place": "WebEx"}),
        id="session renamed",
    ),
    pytest.param(
        {"action": "session_cancelled", "reason": "Ill.", "was": {"state": "planned"}},
        ChangeFacts(action=Action.SESSION_CANCELLED, reason="Ill.", was={"state": "planned"}),
        id="session called off",
    ),
    pytest.param(
        {"action": "bulk_stopped", "reason": "", "stopped": 7}, ChangeFacts(stopped=7), id="change taken back"
    ),
    pytest.param({"version": 3}, AgendaFacts(3), id="agenda"),
    pytest.param({"publication": 2}, ReassessmentFacts(2), id="re-assessment"),
    pytest.param(
        {
            "hours_before": 24,
            "starts_at": "2020-04-28T08:30:00+00:00",
            "useful_until": "2020-04-28T07:30:00+00:00",
        },
        ReminderFacts(24, STARTS, datetime(2020, 4, 28, 7, 30, tzinfo=UTC)),
        id="reminder",
    ),
    pytest.param(
        {"links": LINKS, "again": True, "whom": "attended"},
        FollowUpFacts(links=FOLLOW_UP, again=True, whom=Whom.ATTENDED),
        id="follow-up",
    ),
    pytest.param(
        {"links": LINKS, "again": False, "whom": "everybody", "continues": 7},
        FollowUpFacts(links=FOLLOW_UP, again=False, continues=7),
        id="follow-up that goes on",
    ),
]
BEFORE = [
    pytest.param(
        {"seat_ids": [4, 5], "move": "approve", "reason": ""},
        DecisionFacts(Move.APPROVE, seat_ids=(4, 5)),
        id="decision before reasons had codes",
    ),
    pytest.param(
        {"seat_ids": [4], "move": "reject", "reason": "", "reason_code": "full"},
        DecisionFacts(Move.REJECT, reason_code="full", seat_ids=(4,)),
        id="decision before seats had rows",
    ),
    pytest.param(
        {"batch": BATCH, "reason": "Speaks."},
        OverrideFacts(UUID(BATCH), "Speaks."),
        id="overrides before seats had rows",
    ),
    pytest.param(
        {"sequence": 4, "reason": "Ill."}, ChangeFacts(reason="Ill."), id="change before there was a window"
    ),
    pytest.param(
        {"hours_before": 24, "starts_at": "2020-04-28T08:30:00+00:00"},
        ReminderFacts(24, STARTS, STARTS),
        id="reminder before it had an end",
    ),
    pytest.param(
        {"links": LINKS, "again": False},
        FollowUpFacts(links=FOLLOW_UP, again=False),
        id="follow-up before one could choose whom",
    ),
]


@pytest.mark.parametrize(("stored", "facts"), TODAY)
def test_row_of_today_is_read_and_written_back_as_it_is(stored, facts):
    assert type(facts).from_json(stored) == facts
    assert facts.to_json() == stored


@pytest.mark.parametrize(("stored", "facts"), BEFORE)
def test_row_from_before_is_read(stored, facts):
    assert type(facts).from_json(stored) == facts


def done(kind, facts, session, by, now=NOW):
    """Return what became of a job whose row was written so: its state, and how many were changed, skipped, failed."""
    job = BulkJob.objects.create(
        kind=kind, created_at=now, due_at=now, facts=facts, session=session, created_by=by, total=2
    )
    carry_out(now)
    job.refresh_from_db()
    return job.state, job.changed, job.skipped, job.failed


@pytest.mark.django_db
def test_decision_from_before_is_carried_out(many, session, approver):
    seats = list(Seat.objects.values_list("pk", flat=True))[:2]

    facts = {"seat_ids": seats, "move": "approve", "reason": ""}

    assert done("decision", facts, None, approver) == ("done", 2, 0, 0)


@pytest.mark.django_db
def test_overrides_from_before_are_carried_out(webinar, session, approver, second_approver):
    seats = [make_registration(webinar, [session], country="CH").seats.get().pk for _number in range(2)]
    batch = at_sight.request_overrides(seats, by=approver, reason="Speaks.", now=NOW)

    facts = {"batch": str(batch), "reason": "Speaks."}

    assert done("override", facts, None, second_approver) == ("done", 2, 0, 0)


@pytest.mark.django_db
def test_change_from_before_is_told(webinar, session, approver, editor):
    approve(make_registration(webinar, [session]), approver)
    type(session).objects.update(title="New")

    assert done("session_change", {"sequence": 1, "reason": ""}, session, editor) == ("done", 1, 0, 0)


@pytest.mark.django_db
def test_reminder_from_before_is_sent_until_the_start(webinar, session, approver):
    for _number in range(2):
        approve(make_registration(webinar, [session]), approver)
    facts = {"hours_before": 24, "starts_at": STARTS.isoformat()}

    assert done("reminder", facts, session, None) == ("done", 2, 0, 0)
    assert done("reminder", facts, session, None, now=STARTS) == ("done", 0, 2, 0)


@pytest.mark.django_db
def test_follow_up_from_before_goes_to_everybody(webinar, session, approver, editor):
    for _number in range(2):
        approve(make_registration(webinar, [session]), approver)

    assert done("follow_up", {"links": LINKS, "again": False}, session, editor, now=ENDS) == ("done", 2, 0, 0)


@pytest.mark.django_db
def test_what_has_always_been_written_so_is_carried_out(webinar, session, editor):
    make_agenda_item(session)
    make_registration(webinar, [session])
    publish(draft_without("TN"))
    services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW, silent=True)
    BulkJob.objects.create(
        kind="agenda", created_at=NOW, due_at=NOW, facts={"version": 1}, webinar=webinar, total=1
    )
    BulkJob.objects.create(kind="reassessment", created_at=NOW, due_at=NOW, facts={"publication": 2})

    carry_out()

    counts = BulkJob.objects.order_by("kind").values_list("kind", "state", "changed", "skipped", "failed")
    assert list(counts) == [("agenda", "done", 1, 0, 0), ("reassessment", "done", 0, 1, 0)]

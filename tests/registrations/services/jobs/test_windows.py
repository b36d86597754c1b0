"""The stop window: how long bulk work waits."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import BulkJob, MailKind
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import ENDS, MINUTE, NOW, STARTS, approve, kinds, make_registration

pytestmark = pytest.mark.django_db
WINDOW = 5 * MINUTE


@pytest.fixture
def approved(webinar, session, approver):
    return approve(make_registration(webinar, [session]), approver)


def move(session, editor):
    """Move a session by an hour; return the job that will tell."""
    starts_at, ends_at = STARTS + 60 * MINUTE, ENDS + 60 * MINUTE
    services.sessions.reschedule_session(session.pk, starts_at=starts_at, ends_at=ends_at, by=editor, now=NOW)
    return BulkJob.objects.get()


def test_a_change_is_told_when_its_window_is_over(session, approved, editor):
    job = move(session, editor)

    services.sweep.run(NOW + WINDOW - timedelta(seconds=1))
    before = kinds(approved)
    services.sweep.run(NOW + WINDOW)

    assert (job.due_at, before) == (NOW + WINDOW, [MailKind.INVITATION])
    assert kinds(approved) == [MailKind.INVITATION, MailKind.SESSION_CHANGED]


def test_a_bulk_decision_is_carried_out_when_its_window_is_over(webinar, session, approver):
    seat = make_registration(webinar, [session]).seats.get()
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    at_sight.start_bulk_decision([seat.pk], decision=decision)

    states = []
    for moment in (NOW + WINDOW - timedelta(seconds=1), NOW + WINDOW):
        services.sweep.run(moment)
        seat.refresh_from_db()
        states.append(seat.state)

    assert states == ["requested", "approved"]


def test_the_length_of_the_window_is_a_setting(session, approved, editor, settings):
    settings.BULK_STOP_WINDOW = 0

    job = move(session, editor)
    services.sweep.run(NOW)

    assert (job.due_at, kinds(approved)[-1]) == (NOW, MailKind.SESSION_CHANGED)


@pytest.mark.parametrize("kind", ["closing", "reassessment"])
def test_what_the_system_does_has_no_window(kind, webinar, session, editor):
    registration = make_registration(webinar, [session])
    registration.seats.update(publication_number=0)

    services.sweep.run(ENDS)

    assert BulkJob.objects.get(kind=kind).state == "done"

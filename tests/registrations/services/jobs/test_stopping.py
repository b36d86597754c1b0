"""Stopping a job, and releasing it before its window is over."""

import pytest

from registrations import services
from registrations.models import BulkJob, HistoryEntry, Seat
from registrations.services.jobs import runner
from tests.registrations import at_sight
from tests.registrations.factories import (
    MINUTE,
    NOW,
    carry_out,
    make_agenda_item,
    release,
)

pytestmark = pytest.mark.django_db


def test_a_stopped_job_leaves_the_rest_alone(many, approver, small_chunks):
    job = at_sight.approve_all(many, approver, now=NOW)
    release()
    runner.work_one_chunk(NOW)

    services.jobs.stop_job(job.pk, by=approver, now=NOW)
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.changed) == ("stopped", 2)
    assert Seat.objects.filter(state="approved").count() == 2
    assert HistoryEntry.objects.filter(action="bulk_stopped").count() == 1


def test_stopping_a_finished_job_changes_nothing(many, approver):
    job = at_sight.approve_all(many, approver, now=NOW)
    carry_out()

    assert services.jobs.stop_job(job.pk, by=approver, now=NOW).state == "done"


@pytest.mark.parametrize("kind", ["session", "agenda"])
def test_releasing_what_is_released_or_ended_changes_nothing(kind, webinar, session, editor):
    if kind == "session":
        services.sessions.retitle_session(session.pk, title="New", place="", by=editor, now=NOW)
    else:
        make_agenda_item(session)
        services.agenda.publish_agenda(webinar.pk, by=editor, now=NOW)
    job = BulkJob.objects.get()
    released = services.jobs.release_job(job.pk, by=editor, now=NOW).due_at
    again = services.jobs.release_job(job.pk, by=editor, now=NOW + MINUTE).due_at
    services.sweep.run(NOW)

    ended = services.jobs.release_job(job.pk, by=editor, now=NOW)

    assert (released, again, ended.due_at, ended.state) == (NOW, NOW, None, "done")
    assert HistoryEntry.objects.filter(action="bulk_released").count() == 1

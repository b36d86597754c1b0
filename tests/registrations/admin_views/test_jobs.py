"""Stopping a bulk job."""

import pytest
from django.urls import reverse

from registrations import services
from registrations.models import BulkJob, Seat
from registrations.states import Move
from tests.registrations.admin_views.reading import messages
from tests.registrations.factories import NOW, make_registration


@pytest.fixture
def job(webinar, session, approver):
    seat = make_registration(webinar, [session]).seats.get()
    decision = services.Decision(move=Move.APPROVE, by=approver, now=NOW)
    return services.start_bulk_decision([seat.pk], decision=decision)


def stop(client, job):
    return client.post(reverse("admin:registrations_bulkjob_stop", args=[job.pk]), follow=True)


def test_stopped_job_does_nothing_more(job, client):
    response = stop(client, job)

    services.sweep(NOW)
    assert messages(response) == ["The job is stopped. What was done stays done."]
    assert (BulkJob.objects.get().state, Seat.objects.get().state) == ("stopped", "requested")


def test_job_that_has_ended_is_not_stopped(job, client):
    services.sweep(NOW)
    BulkJob.objects.update(finished_at=NOW.replace(hour=7))

    response = stop(client, job)

    assert messages(response) == ["The job had already ended."]
    assert BulkJob.objects.get().state == "done"


def test_job_that_is_not_there_is_not_found(approver, client):
    assert client.post(reverse("admin:registrations_bulkjob_stop", args=[4711])).status_code == 404

"""Which bulk jobs, and which of their seats, each named query finds."""

from datetime import timedelta

import pytest

from registrations.models import BulkJob, BulkJobSeat
from tests.registrations.factories import MINUTE, NOW, make_registration

pytestmark = pytest.mark.django_db
State = BulkJob.State


def make_job(**columns):
    return BulkJob.objects.create(**{"kind": BulkJob.Kind.DECISION, "created_at": NOW, **columns})


@pytest.fixture
def jobs():
    return {
        "held": make_job(due_at=NOW + MINUTE),
        "released": make_job(due_at=NOW),
        "running": make_job(due_at=NOW, state=State.RUNNING, changed=1),
        "put off": make_job(due_at=NOW + MINUTE, state=State.RUNNING),
        "done": make_job(state=State.DONE, changed=1),
        "stopped at once": make_job(state=State.STOPPED),
        "stopped half-way": make_job(state=State.STOPPED, changed=1),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (lambda jobs: jobs.unfinished(), {"held", "released", "running", "put off"}),
        (lambda jobs: jobs.due(NOW), {"released", "running"}),
        (lambda jobs: jobs.held(NOW), {"held"}),
        (lambda jobs: jobs.held(NOW + MINUTE), set()),
        (lambda jobs: jobs.stopped(), {"stopped at once", "stopped half-way"}),
    ],
    ids=["unfinished", "due", "held", "held no longer", "stopped"],
)
def test_query_finds_how_far_jobs_got(jobs, query, found):
    assert set(query(BulkJob.objects)) == {jobs[name] for name in found}


def test_held_is_what_the_row_says(jobs):
    for now in (NOW - MINUTE, NOW, NOW + MINUTE, NOW + timedelta(days=1)):
        assert set(BulkJob.objects.held(now)) == {job for job in jobs.values() if job.is_held(now)}


def test_not_stopped_at_once_leaves_out_what_changed_nothing(jobs):
    assert set(BulkJob.objects.not_stopped_at_once()) == {
        job for name, job in jobs.items() if name != "stopped at once"
    }


def test_waiting_seats_are_those_that_an_unfinished_job_has_not_come_to(webinar, session):
    seats = [make_registration(webinar, [session]).seats.get() for _number in range(3)]
    under_way = make_job(due_at=NOW, cursor=seats[0].pk)
    finished = make_job(state=State.STOPPED)
    rows = [
        BulkJobSeat.objects.create(job=job, seat=seat, standing="")
        for job in (under_way, finished)
        for seat in seats
    ]

    assert set(BulkJobSeat.objects.waiting()) == set(rows[1:3])

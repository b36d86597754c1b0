"""Running BulkJobs."""

import pytest
from django.db import OperationalError, connection
from django.utils import translation

from registrations import mails, services
from registrations.models import BulkJob, OutgoingMail, Seat
from registrations.services.jobs import runner
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    MINUTE,
    NOW,
    approve,
    carry_out,
    draft_without,
    left_alone,
    make_registration,
    publish,
    release,
)

pytestmark = pytest.mark.django_db


def test_a_job_goes_on_where_it_was_interrupted(many, approver, small_chunks):
    job = at_sight.approve_all(many, approver, now=NOW)
    release()
    runner.work_one_chunk(NOW)
    job.refresh_from_db()
    half_way = (job.state, job.changed, OutgoingMail.objects.count())

    carry_out()

    job.refresh_from_db()
    assert half_way == ("running", 2, 2)
    assert (job.state, job.changed, job.due_at, job.finished_at) == ("done", 5, None, NOW)
    assert OutgoingMail.objects.count() == 5


def test_first_mails_leave_at_once_and_nobody_waits_for_a_whole_job_to_write(
    webinar, session, approver, monkeypatch
):
    """The first chunk is small; where a chunk locks the whole database, all are, and others get a moment between."""
    pauses = []
    monkeypatch.setattr(runner, "CHUNK", 4)
    monkeypatch.setattr(runner, "SMALL_CHUNK", 2)
    monkeypatch.setattr("time.sleep", pauses.append)
    people = [make_registration(webinar, [session]) for _number in range(9)]
    job = at_sight.approve_all(people, approver, now=NOW)
    release()

    mails_after_chunks = []
    while runner.work_one_chunk(NOW):
        mails_after_chunks.append(OutgoingMail.objects.count())

    job.refresh_from_db()
    chunks, paused = {
        "postgresql": ([2, 6, 9], []),
        "sqlite": ([2, 4, 6, 8, 9], [runner.PAUSE] * 4),
    }[connection.vendor]
    assert (mails_after_chunks, pauses) == (chunks, paused)
    assert (job.state, job.total, job.changed) == ("done", 9, 9)


def test_total_is_what_is_looked_at_in_every_kind_of_job(webinar, session, approver, editor):
    """A session's change, a closing and a re-assessment count at the end what they came to, whatever was expected."""
    approve(make_registration(webinar, [session], country="TN"), approver)
    make_registration(webinar, [session])
    publish(draft_without("TN"))
    services.verdicts.reassess(now=NOW)
    services.sessions.retitle_session(session.pk, title="New", place="", by=editor, now=NOW)

    carry_out()
    carry_out(ENDS)

    assert [
        (job.kind, job.total, job.changed + job.skipped + job.failed)
        for job in BulkJob.objects.order_by("kind")
    ] == [("closing", 1, 1), ("reassessment", 2, 2), ("session_change", 2, 2)]


def test_reason_for_leaving_somebody_alone_is_in_the_language_of_whoever_reads_it(many, approver):
    services.accounts.set_staff_language(approver.pk, language="de")
    job = at_sight.approve_all(many[:1], approver, now=NOW)

    carry_out(ENDS)

    ((_seat, _result, in_english),) = left_alone(job)
    with translation.override("fr"):
        ((_seat, _result, in_french),) = left_alone(job)
    assert (in_english, in_french) == ("This session is over.", "Cette session est terminée.")


def test_session_that_ends_half_way_through_leaves_the_rest_with_the_reason_and_told(
    many, approver, small_chunks
):
    job = at_sight.approve_all(many, approver, now=NOW)
    release()
    runner.work_one_chunk(ENDS - MINUTE)

    carry_out(ENDS)

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 2, 3, 0)
    assert {(result, note) for _seat, result, note in left_alone(job)} == {
        ("skipped", "This session is over.")
    }
    assert list(Seat.objects.order_by("pk").values_list("state", flat=True)) == (
        ["approved"] * 2 + ["cancelled"] * 3
    )
    told = OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["invitation"] * 2 + ["undecided"] * 3


def test_sweep_is_stopped_between_chunks(many, approver, small_chunks):
    at_sight.approve_all(many, approver, now=NOW)
    release()
    answers = iter([False, True])

    services.sweep.run(NOW, stop=lambda: next(answers))

    assert Seat.objects.filter(state="approved").count() == 2


def test_one_bad_row_fails_alone_and_says_so(many, approver, monkeypatch, caplog):
    job = at_sight.approve_all(many, approver, now=NOW)
    bad = many[2].seats.get().pk
    invitation = mails.invitation

    def explode(seat, now):
        if seat.pk == bad:
            raise RuntimeError("Ada Person")
        return invitation(seat, now)

    monkeypatch.setattr("registrations.services.notifications.batch.mails.invitation", explode)
    carry_out()

    job.refresh_from_db()
    assert (job.state, job.changed, job.skipped, job.failed) == ("done", 4, 0, 1)
    assert left_alone(job) == [(bad, "failed", "Failed with an error of the site: RuntimeError.")]
    assert list(Seat.objects.exclude(state="approved").values_list("pk", flat=True)) == [bad]
    assert "Ada Person" not in caplog.text


def test_lost_connection_ends_a_job_at_its_first_row_and_fails_nobody(many, approver, monkeypatch):
    job = at_sight.approve_all(many, approver, now=NOW)
    tried = []

    def lose(seat, now):
        tried.append(seat.pk)
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("registrations.services.notifications.batch.mails.invitation", lose)
    with pytest.raises(OperationalError):
        carry_out()

    job.refresh_from_db()
    assert (len(tried), job.state, job.failed) == (1, "waiting", 0)

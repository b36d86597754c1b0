from datetime import timedelta

import pytest
from celery import current_app
from celery.signals import worker_shutting_down
from django.utils import timezone

from registrations import mails, outbox, services, tasks
from registrations.models import BulkJob, OutgoingMail
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    make_registration,
    make_session,
    make_user,
    make_webinar,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def webinar(db):
    return make_webinar()


@pytest.fixture
def woken(monkeypatch):
    """Collect what is sent to the broker instead of sending it."""
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_options: sent.append(name))
    return sent


@pytest.fixture
def stopping():
    """Tell the worker that it shuts down, and let it go on after the test."""
    worker_shutting_down.send(sender=None, sig="SIGTERM", how="Warm", exitcode=0)
    yield
    tasks._stopping.clear()


def write_mails(webinar, count):
    for _number in range(count):
        outbox.post([mails.confirm_address(make_registration(webinar), timezone.now())])


def states():
    return list(OutgoingMail.objects.order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("name", [outbox.DELIVER, outbox.DO_DUE_WORK])
def test_tasks_are_known_by_the_names_the_outbox_rings(name):
    assert name in current_app.tasks


def test_beat_purges_every_night_by_a_task_that_is_known(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["purge"]

    assert entry["task"] in current_app.tasks
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({3}, {20})


def test_purge_deletes_what_is_due(webinar):
    row = make_registration(webinar, state="expired", ended_at=timezone.now() - timedelta(days=31))

    tasks.purge()

    row.refresh_from_db()
    assert row.is_erased


def test_purge_stops_with_the_worker(webinar, stopping):
    row = make_registration(webinar, state="expired", ended_at=timezone.now() - timedelta(days=31))

    tasks.purge()

    row.refresh_from_db()
    assert not row.is_erased


def test_deliver_mail_sends_what_is_due(webinar, mail_server, woken, django_capture_on_commit_callbacks):
    write_mails(webinar, 2)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_mail()

    assert (states(), woken) == (["sent", "sent"], [])


def test_deliver_mail_rings_again_when_one_drain_was_not_enough(
    webinar, mail_server, woken, django_capture_on_commit_callbacks
):
    write_mails(webinar, 3)
    mail_server.for_recipients.extend(["250 ok", "421 4.3.2 that is enough for one connection"])

    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_mail()

    assert (states(), woken) == (["sent", "waiting", "waiting"], ["registrations.deliver_mail"])


def test_deliver_mail_does_not_ring_again_when_no_mail_was_taken(
    webinar, mail_server, woken, django_capture_on_commit_callbacks
):
    write_mails(webinar, 2)
    mail_server.for_recipients.append("421 4.3.2 closed")

    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_mail()

    assert (states(), woken) == (["waiting", "waiting"], [])


def test_deliver_mail_sends_nothing_while_the_worker_shuts_down(webinar, mail_server, stopping):
    write_mails(webinar, 1)

    tasks.deliver_mail()

    assert (states(), mail_server.received) == (["waiting"], [])


def test_ring_works_off_jobs_and_sends_their_mail(webinar, mail_server):
    in_a_week = timezone.now() + timedelta(days=7)
    session = make_session(webinar, starts_at=in_a_week, ends_at=in_a_week + timedelta(hours=2))
    registration = make_registration(webinar, [session])
    job = at_sight.start_bulk_decision(
        registration.seats.values_list("pk", flat=True),
        decision=services.decisions.Decision(
            move=Move.REJECT, by=make_user("approver"), reason="No place.", now=timezone.now()
        ),
    )
    services.jobs.release_job(job.pk, by=job.created_by, now=timezone.now())

    tasks.do_due_work()

    assert BulkJob.objects.get().state == BulkJob.State.DONE
    assert states() == ["sent"]

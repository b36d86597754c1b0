"""What watches the site asks."""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.urls import resolve
from django.utils import timezone

from registrations.models import OutgoingMail, Registration
from tests.registrations import factories
from webinar_site import health
from webinar_site.celery import app as celery_app


def make_mail(registration: Registration, **fields) -> OutgoingMail:
    """Make a mail that waits, written now."""
    now = timezone.now()
    values = {"kind": "received", "recipient": registration.email, "language": "en", "facts": {}} | fields
    return OutgoingMail.objects.create(
        **{"registration": registration, "created_at": now, "due_at": now, **values},
        dedupe_key=uuid.uuid4().hex,
        message_id=uuid.uuid4().hex,
    )


def test_alive_answers_without_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_health_pages_refuse_other_methods(rf, address):
    view = resolve(address)

    assert view.func(rf.post(address), *view.args, **view.kwargs).status_code == 405


def test_ready_reports_the_oldest_waiting_mail(client, db, migrations):
    registration = factories.make_registration(factories.make_webinar())
    now = timezone.now()
    make_mail(registration)
    make_mail(registration, created_at=now - timedelta(minutes=20), due_at=now + timedelta(minutes=5))
    make_mail(registration, created_at=now - timedelta(days=2), due_at=None, state="failed")

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "database": True,
        "migrated": True,
        "broker": True,
        "oldest_waiting_mail_seconds": pytest.approx(1200, abs=2),
        "late_mails": 1,
    }


@pytest.mark.parametrize(
    ("columns", "late"),
    [
        pytest.param({}, 0, id="written now"),
        pytest.param({"created_at": -16}, 1, id="written 16 minutes ago"),
        pytest.param({"created_at": -14}, 0, id="written 14 minutes ago"),
        pytest.param(
            {"created_at": -16, "due_at": 5, "attempts": 8}, 1, id="the server keeps putting it off"
        ),
        pytest.param({"created_at": -16, "due_at": 2, "state": "sending"}, 1, id="on its way at last"),
        pytest.param({"created_at": -900, "planned_at": -1}, 0, id="written long ago to go a minute ago"),
        pytest.param({"created_at": -900, "planned_at": 60, "due_at": 60}, 0, id="to go in an hour"),
        pytest.param({"created_at": -900, "planned_at": -16, "due_at": 5}, 1, id="was to go 16 minutes ago"),
        pytest.param({"created_at": -900, "due_at": None, "state": "failed"}, 0, id="given up"),
    ],
)
def test_ready_and_metrics_count_what_is_late(client, db, columns, late):
    now = timezone.now()
    moments = {
        name: now + timedelta(minutes=value) if name.endswith("_at") and value is not None else value
        for name, value in columns.items()
    }
    make_mail(factories.make_registration(factories.make_webinar()), **moments)

    ready, metrics = client.get("/readyz"), client.get("/metrics")

    assert (ready.status_code, ready.json()["late_mails"]) == (200, late)
    assert gauges(metrics.content.decode())["webinar_late_mails"] == late


def test_ready_says_that_nothing_waits_when_all_is_for_later(client, db):
    later = timezone.now() + timedelta(hours=1)
    make_mail(factories.make_registration(factories.make_webinar()), planned_at=later, due_at=later)

    assert client.get("/readyz").json()["oldest_waiting_mail_seconds"] == 0


def test_ready_is_503_without_a_migration(client, db, migrations):
    MigrationRecorder.Migration.objects.filter(app="eligibility").delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrated": False, "broker": True}


def test_ready_is_503_without_a_database(client, monkeypatch):
    def fail() -> bool:
        raise OperationalError("nobody there")

    monkeypatch.setattr(health, "is_migrated", fail)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": False, "migrated": False, "broker": True}


def test_ready_is_503_while_the_database_takes_no_writes(client, become_read_only, migrations):
    become_read_only()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": False, "migrated": True, "broker": True}


def test_ready_does_not_need_the_broker(client, db, monkeypatch):
    nobody_there = celery_app.connection("redis://127.0.0.1:9/0")
    monkeypatch.setattr(celery_app, "connection_for_write", lambda: nobody_there)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["broker"] is False


def gauges(text: str) -> dict[str, float]:
    return {
        line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line[0] != "#"
    }


def test_metrics_counts_rows_by_state(client, db, django_assert_num_queries):
    registration = factories.make_registration(factories.make_webinar())
    make_mail(registration, created_at=timezone.now() - timedelta(hours=1))
    make_mail(registration, state="sent", due_at=None)
    make_mail(registration, state="returned", due_at=None, returned_at=timezone.now())

    with django_assert_num_queries(4):
        answer = client.get("/metrics")

    numbers = gauges(answer.content.decode())
    assert numbers.pop("webinar_oldest_waiting_mail_seconds") == pytest.approx(3600, abs=2)
    assert numbers == {
        "webinar_late_mails": 1,
        "webinar_returned_mails": 1,
        'webinar_mails{state="waiting"}': 1,
        'webinar_mails{state="sending"}': 0,
        'webinar_mails{state="sent"}': 1,
        'webinar_mails{state="failed"}': 0,
        'webinar_mails{state="bounced"}': 0,
        'webinar_mails{state="returned"}': 1,
        'webinar_mails{state="withheld"}': 0,
        'webinar_mails{state="dropped"}': 0,
        'webinar_registrations{state="unconfirmed"}': 0,
        'webinar_registrations{state="active"}': 1,
        'webinar_registrations{state="withdrawn"}': 0,
        'webinar_registrations{state="expired"}': 0,
        'webinar_registrations{state="erased"}': 0,
    }


@pytest.mark.parametrize(
    ("token", "proxies", "request_from", "status"),
    [
        ("", 0, {"REMOTE_ADDR": "127.0.0.1"}, 200),
        ("", 0, {"REMOTE_ADDR": "::1"}, 200),
        ("", 0, {"REMOTE_ADDR": "192.0.2.7"}, 403),
        ("", 0, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 403),
        ("", 1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 403),
        ("", 1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "not an address"}, 403),
        ("secret", 0, {"REMOTE_ADDR": "127.0.0.1"}, 403),
        ("secret", 0, {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer secret"}, 200),
        ("secret", 0, {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer geheim€"}, 403),
    ],
    ids=[
        "this machine",
        "this machine by IPv6",
        "another machine",
        "a proxy on this machine that is not trusted",
        "another machine through a trusted proxy",
        "a forwarded address that is none",
        "this machine without the token that is asked for",
        "another machine with the token",
        "another machine with a wrong token",
    ],
)
def test_metrics_are_for_this_machine_or_the_token(
    client, db, settings, token, proxies, request_from, status
):
    settings.METRICS_TOKEN, settings.TRUSTED_PROXIES = token, proxies

    assert client.get("/metrics", **request_from).status_code == status

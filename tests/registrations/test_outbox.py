from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction

from registrations import mails, outbox
from registrations.models import BulkJob, MailText, OutgoingMail
from tests.registrations.factories import NOW, make_registration, make_user, make_webinar

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    return make_registration(make_webinar())


@pytest.fixture
def woken(monkeypatch):
    """Collect what is sent to the broker instead of sending it."""
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: sent.append((name, options)))
    return sent


def commit(capture):
    """Do what happens when the test's transaction commits."""
    return capture(execute=True)


def test_post_writes_nothing_to_nobody(registration, woken, django_capture_on_commit_callbacks):
    mail = mails.confirm_address(registration, NOW)
    mail.recipient = ""  # of somebody who has just been erased

    with commit(django_capture_on_commit_callbacks):
        outbox.post([mail])

    assert (OutgoingMail.objects.count(), woken) == (0, [])


def test_post_writes_the_rows_in_order_and_rings_once_after_commit(
    registration, woken, django_capture_on_commit_callbacks
):
    first, second = mails.confirm_address(registration, NOW), mails.received(registration, [], NOW)

    with commit(django_capture_on_commit_callbacks):
        outbox.post(iter([first, second]))
        before_commit = list(woken)

    rows = OutgoingMail.objects.order_by("id").values_list("message_id", "state", "due_at")
    assert list(rows) == [(first.message_id, "waiting", NOW), (second.message_id, "waiting", NOW)]
    assert (before_commit, woken) == ([], [("registrations.deliver_mail", {"expires": 60.0})])


def test_post_tells_nothing_twice(registration, woken):
    outbox.post([mails.confirm_address(registration, NOW)])

    outbox.post([mails.confirm_address(registration, NOW), mails.received(registration, [], NOW)])

    assert list(OutgoingMail.objects.order_by("id").values_list("kind", flat=True)) == [
        "confirm_address",
        "received",
    ]


def test_post_notes_when_each_mail_is_to_go(registration, woken):
    at_once, later = mails.confirm_address(registration, NOW), mails.received(registration, [], NOW)
    later.due_at = NOW + timedelta(days=1)

    outbox.post([at_once, later])

    moments = OutgoingMail.objects.order_by("id").values_list("planned_at", flat=True)
    assert list(moments) == [NOW, NOW + timedelta(days=1)]


def test_post_of_nothing_does_nothing(woken, django_assert_num_queries, django_capture_on_commit_callbacks):
    with commit(django_capture_on_commit_callbacks), django_assert_num_queries(0):
        outbox.post([])

    assert woken == []


def test_post_does_nothing_that_the_transaction_does_not(registration, woken):
    def change_and_fail():
        with transaction.atomic():
            outbox.post([mails.confirm_address(registration, NOW)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()

    assert (OutgoingMail.objects.count(), woken) == (0, [])


def test_post_takes_as_many_queries_for_many_mails_as_for_one(registration, django_assert_num_queries):
    webinar = registration.webinar
    many = [mails.confirm_address(make_registration(webinar), NOW) for _number in range(20)]

    # texts, mails, what goes along with them
    with django_assert_num_queries(3):
        outbox.post([mails.confirm_address(registration, NOW)])
    with django_assert_num_queries(3):
        outbox.post(many)


def make_text(webinar, version=1, body="Hello.\n\n[[confirm_link]]\n\n[[asked]]\n\n[[not_you]]", **fields):
    standard = not body
    values = {"kind": "confirm_address", "language": "en", "subject": "" if standard else "Hello", **fields}
    return MailText.objects.create(
        webinar=webinar,
        version=version,
        body=body,
        is_standard=standard,
        sha256="",
        created_at=NOW,
        created_by=make_user(f"editor {version} {values}"[:150]),
        **values,
    )


def test_post_writes_a_mail_under_the_newest_text_of_its_webinar_kind_and_language(registration, woken):
    webinar = registration.webinar
    make_text(webinar, 1)
    newest = make_text(webinar, 2)
    make_text(make_webinar(), 3)
    make_text(webinar, 3, language="fr")
    make_text(webinar, 3, kind="withdrawn", body="Bye.")
    received = mails.received(registration, [], NOW)

    outbox.post([mails.confirm_address(registration, NOW), received])

    assert list(OutgoingMail.objects.order_by("id").values_list("kind", "text")) == [
        ("confirm_address", newest.pk),
        ("received", None),
    ]


def test_post_writes_a_mail_under_the_standard_text_once_that_is_back(registration, woken):
    make_text(registration.webinar, 1)
    make_text(registration.webinar, 2, body="")

    outbox.post([mails.confirm_address(registration, NOW)])

    assert OutgoingMail.objects.get().text is None


def test_mail_in_another_language_is_not_written_under_the_english_text(registration, woken):
    make_text(registration.webinar, 1)
    registration.language = "fr"

    outbox.post([mails.confirm_address(registration, NOW)])

    assert OutgoingMail.objects.get().text is None


def test_mail_that_is_written_keeps_its_words_whatever_is_saved_later(registration, woken):
    make_text(registration.webinar, 1)
    outbox.post([mails.confirm_address(registration, NOW)])
    make_text(registration.webinar, 2, body="Something else.\n\n[[asked]]\n\n[[confirm_link]]\n\n[[not_you]]")

    text = mails.wording_for(OutgoingMail.objects.get()).text

    assert text.startswith(
        f"Hello,\n\nHello.\n\nhttp://127.0.0.1:8000/confirm/{registration.confirm_token}/\n"
    )


def test_ring_rings_after_commit(woken, django_capture_on_commit_callbacks):
    with commit(django_capture_on_commit_callbacks):
        outbox.wake()

    assert woken == [("registrations.do_due_work", {"expires": 60.0})]


def test_post_survives_a_dead_broker(registration, monkeypatch, caplog, django_capture_on_commit_callbacks):
    def refuse(_name, **_options):
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)

    with commit(django_capture_on_commit_callbacks):
        outbox.post([mails.confirm_address(registration, NOW)])

    assert OutgoingMail.objects.count() == 1
    assert "@" not in caplog.text


def job():
    return BulkJob.objects.create(kind=BulkJob.Kind.AGENDA, created_at=NOW)


def of_job(registration, number=0):
    """Return a mail that a job writes."""
    mail = mails.received(registration, [], NOW)
    mail.dedupe_key += f":{number}"
    mail.job = BulkJob.objects.first() or job()
    return mail


def priorities():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "priority"))


def test_post_lets_a_jobs_mails_leave_after_what_somebody_waits_for(registration):
    other = make_registration(registration.webinar)

    outbox.post([of_job(other), mails.confirm_address(registration, NOW)])

    assert priorities() == [("received", 1), ("confirm_address", 0)]


def test_post_takes_along_what_stands_before_a_persons_mail(registration):
    other, third = (make_registration(registration.webinar) for _person in range(2))
    outbox.post([of_job(registration), of_job(other), of_job(third)])
    mail = mails.confirm_address(registration, NOW)
    mail.after = OutgoingMail.objects.get(registration=other).message_id

    outbox.post([mail])

    assert priorities() == [("received", 0), ("received", 0), ("received", 1), ("confirm_address", 0)]


def test_post_leaves_finished_mails_as_they_are(registration):
    outbox.post([of_job(registration)])
    OutgoingMail.objects.update(due_at=None)

    outbox.post([mails.confirm_address(registration, NOW)])

    assert priorities() == [("received", 1), ("confirm_address", 0)]

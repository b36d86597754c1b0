import smtplib
import socket
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations import delivery, mails
from registrations.delivery import Delivered
from registrations.models import OutgoingMail
from tests.mail_server import Trouble
from tests.registrations.factories import at_once, drain, make_registration, make_webinar

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


@pytest.fixture
def webinar(db):
    return make_webinar()


def due_mails(registration, count=1, **columns):
    """Write mails to one person that have been due for a minute, each as long as it differs from the last."""
    made = []
    for number in range(count):
        mail = mails.confirm_address(registration, timezone.now() - timedelta(minutes=1))
        mail.dedupe_key += f":{OutgoingMail.objects.count()}:{number}"
        for column, value in columns.items():
            setattr(mail, column, value)
        mail.save()
        made.append(mail)
    return made


def due_mail(webinar, **columns):
    """Write one due mail to somebody new."""
    return due_mails(make_registration(webinar), **columns)[0]


def columns(mail, *names):
    """Return columns of a mail as they are in the database."""
    return OutgoingMail.objects.values_list(*names).get(pk=mail.pk)


def logged(caplog):
    """Return what delivery said to the log."""
    return [record.getMessage() for record in caplog.records if record.name == delivery.__name__]


def make_due():
    """Let the waiting of every unfinished mail be over."""
    unfinished = OutgoingMail.objects.filter(due_at__isnull=False)
    unfinished.update(due_at=timezone.now() - timedelta(seconds=1))


def test_deliver_sends_what_is_due_over_one_connection(webinar, mail_server):
    sent = [due_mail(webinar) for _number in range(3)]

    assert drain() == Delivered(sent=3)

    assert [received.recipients for received in mail_server.received] == [(mail.recipient,) for mail in sent]
    assert {received.sender for received in mail_server.received} == {"webinars@localhost.localdomain"}
    assert mail_server.connections == 1
    assert [columns(mail, "state", "due_at", "claim", "attempts") for mail in sent] == [
        ("sent", None, None, 1)
    ] * 3


def test_deliver_sends_the_bytes_it_stores(webinar, mail_server):
    mail = due_mail(webinar)

    drain()

    assert bytes(columns(mail, "raw")[0]) == mail_server.received[0].data
    assert f"Message-ID: {mail.message_id}\r\n".encode() in mail_server.received[0].data


def test_deliver_leaves_alone_what_is_not_due(webinar, mail_server):
    later = due_mail(webinar, due_at=timezone.now() + timedelta(hours=1))
    finished = due_mail(webinar, due_at=None, state=State.SENT)

    assert drain() == Delivered()

    assert (columns(later, "state"), columns(finished, "state")) == (("waiting",), ("sent",))
    assert mail_server.connections == 0


def test_deliver_drops_what_came_too_late_to_be_of_use(webinar, mail_server):
    late = due_mail(webinar, expires_at=timezone.now() - timedelta(seconds=1))
    in_time = due_mail(webinar, expires_at=timezone.now() + timedelta(hours=1))

    assert drain() == Delivered(sent=1, dropped=1)

    assert columns(late, "state", "due_at", "claim", "raw", "reply") == (
        "dropped",
        None,
        None,
        None,
        "Not sent: it came too late to be of use.",
    )
    assert columns(in_time, "state") == ("sent",)
    assert len(mail_server.received) == 1


def test_deliver_keeps_the_order_of_one_registration(webinar, mail_server):
    first, second = due_mails(make_registration(webinar), count=2)
    OutgoingMail.objects.filter(pk=first.pk).update(due_at=timezone.now())  # due later, written earlier

    drain()

    assert [received.data.count(first.message_id.encode()) for received in mail_server.received] == [1, 0]
    assert columns(second, "state") == ("sent",)


def test_deliver_holds_later_mails_of_somebody_while_an_earlier_one_waits(webinar, mail_server):
    first, second = due_mails(make_registration(webinar), count=2)
    other = due_mail(webinar)
    mail_server.for_recipients.append("450 4.2.0 greylisted")

    assert drain() == Delivered(sent=1, postponed=1)

    assert [columns(mail, "state") for mail in (first, second, other)] == [
        ("waiting",),
        ("waiting",),
        ("sent",),
    ]
    make_due()
    assert drain() == Delivered(sent=2)
    assert columns(second, "state") == ("sent",)


def test_deliver_goes_on_with_somebody_after_a_mail_that_failed(webinar, mail_server):
    first, second = due_mails(make_registration(webinar), count=2)
    mail_server.for_recipients.append("550 5.7.1 not this one")

    assert drain() == Delivered(sent=1, failed=1)

    assert [columns(mail, "state") for mail in (first, second)] == [("failed",), ("sent",)]


@pytest.mark.parametrize(
    ("script", "reply", "state", "next_goes_out"),
    [
        pytest.param("for_recipients", "421 4.3.2 closing", "waiting", False, id="421 to the recipient"),
        pytest.param("for_recipients", "450 4.2.0 greylisted", "waiting", True, id="450 to the recipient"),
        pytest.param("for_recipients", "451 4.3.0 try later", "waiting", True, id="451 to the recipient"),
        pytest.param("for_recipients", "452 4.2.2 mailbox full", "waiting", True, id="452 to the recipient"),
        pytest.param("for_recipients", "550 5.1.1 no such user", "failed", True, id="550 to the recipient"),
        pytest.param("for_recipients", "554 5.7.1 not wanted", "failed", True, id="554 to the recipient"),
        pytest.param("for_data", "421 4.3.2 closing", "waiting", False, id="421 to the message"),
        pytest.param("for_data", "451 4.3.0 try later", "waiting", True, id="451 to the message"),
        pytest.param("for_data", "452 4.3.1 disk full", "waiting", True, id="452 to the message"),
        pytest.param("for_data", "550 5.7.0 spam", "failed", True, id="550 to the message"),
        pytest.param("for_data", "554 5.6.0 spam", "failed", True, id="554 to the message"),
    ],
)
def test_deliver_takes_the_server_at_its_word(webinar, mail_server, script, reply, state, next_goes_out):
    refused, following = due_mail(webinar), due_mail(webinar)
    getattr(mail_server, script).append(reply)

    delivered = drain()

    failed = state == "failed"
    assert delivered == Delivered(sent=next_goes_out, failed=failed, postponed=not failed)
    assert columns(refused, "state", "reply", "claim") == (state, reply, None)
    assert (columns(refused, "due_at")[0] is None) == failed
    assert columns(following, "state", "attempts") == (("sent", 1) if next_goes_out else ("waiting", 0))


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Trouble.DROP, id="hangs up"),
        pytest.param(Trouble.STALL, id="says nothing more"),
        pytest.param(Trouble.ACCEPT_AND_DROP, id="accepts and hangs up without saying so"),
    ],
)
def test_deliver_puts_a_mail_back_when_the_server_goes(webinar, mail_server, settings, trouble):
    settings.EMAIL_TIMEOUT = 0.5
    interrupted, following = due_mail(webinar), due_mail(webinar)
    mail_server.for_data.append(trouble)

    assert drain() == Delivered(postponed=1)

    assert columns(interrupted, "state", "claim", "attempts") == ("waiting", None, 1)
    assert columns(interrupted, "reply")[0].startswith("SMTPServerDisconnected")
    assert columns(following, "state", "attempts") == ("waiting", 0)
    make_due()
    assert drain() == Delivered(sent=2)


def test_deliver_repeats_the_same_bytes_when_it_cannot_know(webinar, mail_server):
    due_mail(webinar)
    mail_server.for_data.append(Trouble.ACCEPT_AND_DROP)

    drain()
    make_due()
    drain()

    first, second = mail_server.received
    assert first == second


def test_deliver_leaves_the_queue_as_it_is_without_a_mail_server(webinar, mail_server, settings, caplog):
    mail = due_mail(webinar)
    before = columns(mail, "state", "due_at", "attempts", "raw")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        settings.EMAIL_PORT = nobody.getsockname()[1]

    assert drain() == Delivered()

    assert columns(mail, "state", "due_at", "attempts", "raw") == before
    assert logged(caplog) == ["The mail server takes no mail now: ConnectionRefusedError"]


class SenderRefused(BaseEmailBackend):
    """A mail server that does not know us."""

    def send_messages(self, email_messages):
        raise smtplib.SMTPSenderRefused(550, b"5.7.1 who are you", email_messages[0].from_email)


def test_deliver_does_not_give_up_mails_when_the_server_refuses_us(webinar, settings):
    settings.EMAIL_BACKEND = f"{__name__}.SenderRefused"
    first, second = due_mail(webinar), due_mail(webinar)

    assert drain() == Delivered(postponed=1)

    assert columns(first, "state", "reply") == ("waiting", "550 5.7.1 who are you")
    assert columns(second, "state", "attempts") == ("waiting", 0)


@pytest.mark.parametrize(
    ("attempts", "shortest", "longest"),
    [
        pytest.param(0, 1, 3, id="after the first attempt"),
        pytest.param(4, 16, 48, id="after the fifth"),
        pytest.param(9, 512, 1536, id="after the tenth"),
    ],
)
def test_deliver_waits_longer_after_every_attempt(webinar, mail_server, attempts, shortest, longest):
    mail = due_mail(webinar, attempts=attempts)
    mail_server.for_recipients.append("451 4.3.0 try later")
    before = timezone.now()

    drain()

    wait = columns(mail, "due_at")[0] - before
    assert timedelta(seconds=shortest) <= wait <= timedelta(seconds=longest + 1)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        pytest.param("451 4.3.0 try later", "451 4.3.0 try later", id="with the server's last words"),
        pytest.param("", "Given up: every attempt ended without an answer.", id="without an answer"),
    ],
)
def test_deliver_gives_up_after_ten_attempts(webinar, mail_server, reply, shown):
    mail = due_mail(webinar, attempts=delivery.MOST_ATTEMPTS, reply=reply)

    assert drain() == Delivered(failed=1)

    assert columns(mail, "state", "due_at", "claim", "reply") == ("failed", None, None, shown)
    assert mail_server.received == []


def test_deliver_fails_a_mail_it_cannot_render_and_sends_the_others(webinar, mail_server, caplog):
    broken = due_mail(webinar, facts={})
    unaddressed = due_mail(webinar, recipient="ädä@example.org")
    sound = due_mail(webinar)

    assert drain() == Delivered(sent=1, failed=2)

    assert columns(broken, "state", "due_at", "reply", "raw") == ("failed", None, "KeyError: 'name'", None)
    assert columns(unaddressed, "state") == ("failed",)
    assert columns(sound, "state") == ("sent",)
    assert logged(caplog) == [
        f"Mail {broken.pk} cannot be rendered: KeyError",
        f"Mail {unaddressed.pk} cannot be rendered: ValueError",
    ]


def test_deliver_logs_nobody(webinar, mail_server, caplog):
    for reply in ("550 5.1.1 <person@example.org> unknown", "451 4.3.0 <person@example.org> later"):
        due_mail(webinar)
        mail_server.for_recipients.append(reply)
    due_mail(webinar, recipient="ädä@example.org")
    due_mail(webinar)
    mail_server.for_recipients.append("421 4.3.2 <person@example.org> go away")

    drain()

    assert len(logged(caplog)) == 2
    assert "@" not in "".join(logged(caplog))


class Killed(BaseException):
    """The process ended here."""


def test_deliver_sends_the_same_again_after_a_kill_between_server_and_mark(webinar, mail_server, monkeypatch):
    mail = due_mail(webinar)

    def die(*_args, **_columns):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_mark", die)
        with pytest.raises(Killed):
            drain()
    assert columns(mail, "state") == ("sending",)
    assert drain() == Delivered()  # the lease holds

    make_due()

    assert drain() == Delivered(sent=1)
    first, second = mail_server.received
    assert first == second


ANOTHER_CLAIM = "00000000-0000-0000-0000-000000000000"


class Slow(BaseEmailBackend):
    """A mail server so slow that another worker takes the mail meanwhile."""

    def send_messages(self, email_messages):
        OutgoingMail.objects.update(claim=ANOTHER_CLAIM)
        return len(email_messages)


def test_deliver_leaves_the_mark_to_whoever_has_the_claim(webinar, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    mail = due_mail(webinar)

    drain()

    assert columns(mail, "state") == ("sending",)
    assert logged(caplog) == [f"Mail {mail.pk} took longer than its lease; another worker has it."]


def test_deliver_does_not_send_a_mail_that_another_worker_took_while_it_was_rendered(
    webinar, mail_server, monkeypatch
):
    mail = due_mail(webinar)

    def render_slowly(*_args):
        OutgoingMail.objects.update(claim=ANOTHER_CLAIM)
        return b"Subject: too late\r\n\r\n"

    monkeypatch.setattr(mails, "render", render_slowly)

    drain()

    assert (mail_server.received, columns(mail, "state", "raw")) == ([], ("sending", None))


def test_deliver_asks_before_each_mail_whether_to_stop(webinar, mail_server):
    for _number in range(3):
        due_mail(webinar)
    answers = iter([False, False, True])

    assert delivery.deliver(until=None, stop=lambda: next(answers)) == Delivered(sent=2)


def test_deliver_ends_in_time(webinar, mail_server):
    due_mail(webinar)

    assert delivery.deliver(until=timezone.now(), stop=lambda: False) == Delivered()


@pytest.mark.django_db(transaction=True)
def test_deliver_in_many_workers_sends_each_mail_once(webinar, mail_server):
    people = [make_registration(webinar) for _number in range(15)]
    written = [mail for person in people for mail in due_mails(person, count=4)]

    results = at_once(*[drain] * 4)

    drain()  # a worker that saw only mails held by others has ended; the queue has not
    assert sorted(received.data.split(b"Message-ID: ")[1].split(b"\r\n")[0] for received in mail_server.received) == (
        sorted(mail.message_id.encode() for mail in written)
    )  # fmt: skip
    for person in people:
        order = [mail.message_id for mail in written if mail.registration_id == person.pk]
        arrived = [
            message_id
            for received in mail_server.received
            for message_id in order
            if message_id.encode() in received.data
        ]
        assert arrived == order
    assert len(results) == 4


def test_deliver_takes_four_queries_for_every_mail_asked_for(webinar, mail_server):
    def count(number_of_mails):
        for _number in range(number_of_mails):
            due_mail(webinar)
        with CaptureQueriesContext(connection) as queries:
            drain()
        return len([query for query in queries if query["sql"].split()[0] in ("SELECT", "UPDATE")])

    assert (count(1), count(3)) == (1 + 4 + 1, 1 + 3 * 4 + 1)  # none asks whether the address bounced


@pytest.mark.django_db(transaction=True)
def test_deliver_claims_without_waiting_for_other_workers(webinar, mail_server):
    due_mail(webinar)

    with CaptureQueriesContext(connection) as queries:
        drain()

    skipping = [query for query in queries if query["sql"].endswith("FOR NO KEY UPDATE SKIP LOCKED")]
    # SQLite has no row locks: there IMMEDIATE transactions let one claim in at a time
    assert len(skipping) == (2 if connection.features.has_select_for_update_skip_locked else 0)


def test_deliver_into_the_local_mailbox_keeps_the_stored_bytes(webinar, settings, tmp_path):
    settings.EMAIL_BACKEND = "webinar_site.maildir.MaildirBackend"
    settings.MAILDIR = tmp_path
    mail = due_mail(webinar)

    assert drain() == Delivered(sent=1)

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [bytes(columns(mail, "raw")[0])]


def test_stored_message_is_what_django_sends(webinar, mail_server):
    mail = due_mail(webinar)
    mail.raw = b"Subject: as stored\r\n\r\n.\r\nwith a dot\r\n"

    with get_connection() as open_connection:
        open_connection.send_messages([delivery.StoredMessage(mail)])

    assert mail_server.received[0].data == mail.raw


def test_addresses_of_the_envelope_are_in_ascii_by_idna_2008(webinar, mail_server, settings):
    settings.DEFAULT_FROM_EMAIL = "webinars@straße.example"
    mails.confirm_address(make_registration(webinar, email="ada@faß.example"), timezone.now()).save()

    assert drain() == Delivered(sent=1)

    [received] = mail_server.received
    assert (received.sender, received.recipients) == (
        "webinars@xn--strae-oqa.example",
        ("ada@xn--fa-hia.example",),
    )

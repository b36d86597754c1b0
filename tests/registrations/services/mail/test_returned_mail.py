"""What bounces change, and what they cannot; and what becomes of one message after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection

from registrations import inbox, mails, outbox, services
from registrations.models import HistoryEntry, OutgoingMail, ReadMailbox, Registration, Seat, UnplacedAnswer
from registrations.services.mail.returned_mail import ReturnResult
from tests.registrations.factories import NOW, approve, kinds, make_registration
from tests.registrations.returned import VACATION, kept, postfix_bounce, reply, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]

LATER = NOW + timedelta(days=1)
WORDS = "5.1.1 550 5.1.1 <ada@example.org>: User unknown"


@pytest.fixture
def ada(webinar, session, approver):
    """Return somebody who was invited, the mail being sent."""
    ada = approve(make_registration(webinar, [session], email="Ada@Example.org"), approver)
    call_command("deliver_mail", verbosity=0)
    return ada


def id_of(mail):
    return mail.message_id.removeprefix("<").partition("@")[0]


def bounce(mail, **fields):
    return services.mail.returned_mail.take_message(postfix_bounce(id_of(mail), **fields), now=LATER)


def everything():
    tables = (HistoryEntry, OutgoingMail, ReadMailbox, Registration, Seat, UnplacedAnswer)
    return [list(model.objects.order_by("pk").values()) for model in tables]


def history(registration, *actions):
    entries = registration.history.filter(action__in=actions).order_by("id")
    return list(entries.values_list("action", "actor", "by__username", "session__number", "facts"))


# Bounces


def test_hard_bounce_marks_mail_and_address_and_changes_no_seat(ada):
    mail = ada.mails.get()
    seats = list(Seat.objects.values())

    assert bounce(mail) is ReturnResult.BOUNCED

    mail.refresh_from_db()
    ada.refresh_from_db()
    assert (mail.state, mail.due_at, mail.claim, mail.reply) == ("bounced", None, None, WORDS)
    assert mail.returned_at == LATER
    assert (ada.bounced_at, ada.bounce_reply, ada.state) == (LATER, WORDS, "active")
    assert history(ada, "bounced") == [
        ("bounced", "system", None, None, {"mail": mail.pk, "status": "5.1.1"})
    ]
    assert list(Seat.objects.values()) == seats
    assert kinds() == ["invitation"]


def test_bounce_marks_every_registration_of_the_address_that_there_is(ada, webinar, session):
    old = make_registration(webinar, [session], email="ada@example.org", state="expired")
    other = make_registration(webinar, [session], email="ada@example.com")

    bounce(ada.mails.get())

    assert dict(Registration.objects.values_list("pk", "bounced_at")) == {
        ada.pk: LATER,
        old.pk: LATER,
        other.pk: None,
    }


def test_second_bounce_of_an_address_keeps_the_first_moment(ada):
    first = ada.mails.get()
    outbox.post([mails.withdrawn(ada, NOW)])
    call_command("deliver_mail", verbosity=0)
    bounce(first)

    second = services.mail.returned_mail.take_message(
        postfix_bounce(id_of(ada.mails.latest("pk")), status="5.2.1"), now=LATER + timedelta(hours=1)
    )

    ada.refresh_from_db()
    assert (second, ada.bounced_at, ada.bounce_reply) == (ReturnResult.BOUNCED, LATER, WORDS)
    assert list(ada.mails.values_list("state", flat=True)) == ["bounced", "bounced"]
    assert len(history(ada, "bounced")) == 1


def test_bounce_to_an_address_that_the_person_has_no_more_marks_the_mail_only(ada):
    Registration.objects.update(email="ada@example.eu", email_key="ada@example.eu")

    assert bounce(ada.mails.get()) is ReturnResult.BOUNCED

    ada.refresh_from_db()
    assert (ada.mails.get().state, ada.bounced_at) == ("bounced", None)


def test_bounce_of_a_mail_that_is_being_sent_ends_it(ada):
    ada.mails.update(state="sending", due_at=NOW, claim="0" * 32)

    bounce(ada.mails.get())

    assert ada.mails.values_list("state", "due_at", "claim").get() == ("bounced", None, None)


def test_same_bounce_again_changes_nothing_even_after_the_address_was_tried_again(ada, approver):
    bounce(ada.mails.get())
    services.mail.retry_addresses([ada.pk], by=approver, now=LATER, send_withheld=False)
    before = everything()

    assert bounce(ada.mails.get()) is ReturnResult.DROPPED

    assert everything() == before


def test_late_mail_is_counted_only(ada):
    before = everything()

    assert bounce(ada.mails.get(), action="delayed", status="4.4.1") is ReturnResult.LATE

    assert everything() == before


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"attempts": 0, "state": "waiting"}, id="never given to a server"),
        pytest.param({"state": "dropped"}, id="dropped"),
        pytest.param({"state": "withheld"}, id="withheld"),
    ],
)
def test_bounce_of_a_mail_that_nobody_can_have_received_is_dropped(columns, ada):
    ada.mails.update(**columns)
    before = everything()

    assert bounce(ada.mails.get()) is ReturnResult.DROPPED

    assert everything() == before


def test_bounce_of_a_mail_that_is_not_ours_is_dropped(ada):
    before = everything()

    assert services.mail.returned_mail.take_message(postfix_bounce(), now=LATER) is ReturnResult.DROPPED

    assert everything() == before


@pytest.mark.parametrize(
    ("raw", "result"),
    [(VACATION, ReturnResult.IGNORED), (b"x" * (2**20 + 1), ReturnResult.UNREADABLE)],
    ids=["out of office", "too large"],
)
def test_other_mail_changes_nothing(raw, result, ada):
    before = everything()

    assert services.mail.returned_mail.take_message(raw, now=LATER) is result

    assert everything() == before


def test_no_mail_goes_to_an_address_that_bounced_until_it_is_tried_again(ada, approver, mail_server):
    bounce(ada.mails.get())
    outbox.post([mails.withdrawn(ada, NOW)])
    call_command("deliver_mail", verbosity=0)
    services.mail.retry_addresses([ada.pk], by=approver, now=LATER, send_withheld=False)
    again = mails.withdrawn(ada, NOW)
    again.dedupe_key = "again"
    outbox.post([again])
    call_command("deliver_mail", verbosity=0)

    assert list(ada.mails.order_by("pk").values_list("state", flat=True)) == ["bounced", "withheld", "sent"]
    assert [received.recipients for received in mail_server.received] == [("Ada@Example.org",)]


# This mail did not arrive


REFUSED = "5.7.1 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using a block list"


def take(mail, name):
    return services.mail.returned_mail.take_message(kept(name, id_of(mail)), now=LATER)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("bounce-our-ip-listed-5.7.1", REFUSED),
        ("bounce-mailbox-full-5.2.2", "5.2.2 552 5.2.2 Mailbox full"),
        (
            "bounce-expired-4xx-failed",
            "4.4.1 connect to mx.example.org[192.0.2.5]:25: Connection timed out",
        ),
        ("bounce-member-of-alias", "5.1.1 550 5.1.1 User unknown"),
    ],
)
def test_mail_that_did_not_arrive_is_marked_and_its_address_is_not(name, reply, ada):
    mail = ada.mails.get()
    before = Registration.objects.values().get()

    assert take(mail, name) is ReturnResult.RETURNED

    mail.refresh_from_db()
    assert (mail.state, mail.due_at, mail.claim, mail.reply) == ("returned", None, None, reply)
    assert (mail.returned_at, Registration.objects.values().get()) == (LATER, before)
    facts = {"mail": mail.pk, "status": reply.split()[0]}
    assert history(ada, "mail_returned", "bounced") == [("mail_returned", "system", None, None, facts)]


@pytest.mark.parametrize(
    "name",
    [
        "bounce-ok-control",
        "bounce-qmail-free-text",
        "bounce-exim-x-failed-recipients",
        "bounce-inside-disclaimer",
        "bounce-status-quoted-printable",
    ],
)
def test_kept_bounce_of_a_dead_address_stops_it(name, ada):
    assert take(ada.mails.get(), name) is ReturnResult.BOUNCED

    ada.refresh_from_db()
    assert (ada.bounced_at, ada.mails.get().state) == (LATER, "bounced")


def test_mail_goes_on_to_an_address_that_one_did_not_reach(ada, mail_server):
    take(ada.mails.get(), "bounce-our-ip-listed-5.7.1")
    outbox.post([mails.withdrawn(ada, NOW)])
    call_command("deliver_mail", verbosity=0)

    assert list(ada.mails.order_by("pk").values_list("state", flat=True)) == ["returned", "sent"]


def test_same_news_again_change_nothing_and_worse_news_do(ada):
    mail = ada.mails.get()
    take(mail, "bounce-our-ip-listed-5.7.1")
    before = everything()

    again = take(mail, "bounce-our-ip-listed-5.7.1")

    assert (again, everything() == before) == (ReturnResult.DROPPED, True)
    assert take(mail, "bounce-ok-control") is ReturnResult.BOUNCED
    before = everything()
    assert take(mail, "bounce-mailbox-full-5.2.2") is ReturnResult.DROPPED
    assert everything() == before


def test_bounce_without_a_reason_says_so(ada):
    raw = words("").replace(b"0123456789abcdef0123456789abcdef", id_of(ada.mails.get()).encode())

    services.mail.returned_mail.take_message(raw, now=LATER)

    assert ada.mails.get().reply == "The mail server gives no reason."


def test_mailbox_that_answered_by_itself_has_the_mail(ada):
    raw = words("I am away.", sender="Ada <ADA@example.org>")
    before = everything()

    result = services.mail.returned_mail.take_message(
        raw.replace(b"0123456789abcdef0123456789abcdef", id_of(ada.mails.get()).encode()), now=LATER
    )

    assert (result, everything() == before) == (ReturnResult.IGNORED, True)


def test_mail_to_a_member_of_staff_that_did_not_arrive_is_marked(ada):
    ada.mails.update(registration=None)

    assert take(OutgoingMail.objects.get(), "bounce-mailbox-full-5.2.2") is ReturnResult.RETURNED
    assert history(ada, "mail_returned") == []


@pytest.mark.parametrize("kind", ["manage_link", "confirm_address", "already_registered"])
def test_mail_that_somebody_asks_for_goes_to_an_address_that_bounced(kind, ada, mail_server):
    bounce(ada.mails.get())
    asked = getattr(mails, kind)(ada, NOW)
    outbox.post([asked])
    mail_server.received.clear()
    call_command("deliver_mail", verbosity=0)

    ada.refresh_from_db()
    assert ([received.recipients for received in mail_server.received], ada.bounced_at) == (
        [("Ada@Example.org",)],
        LATER,
    )


def test_mail_that_staff_repeat_does_not(ada, mail_server, approver):
    asked = mails.manage_link(ada, NOW)
    outbox.post([asked])
    call_command("deliver_mail", verbosity=0)
    bounce(ada.mails.get(kind="invitation"))
    services.mail.resend_mail(ada.mails.get(kind="manage_link").pk, by=approver, now=NOW)
    call_command("deliver_mail", verbosity=0)

    assert list(ada.mails.filter(kind="manage_link").order_by("pk").values_list("state", flat=True)) == [
        "sent",
        "withheld",
    ]


# Many, and trying


def letters_of(*raws):
    return [
        inbox.ReturnedMessage(raw, inbox.MailboxPosition("box", 7, uid))
        for uid, raw in enumerate(raws, start=1)
    ]


def test_take_returns_leaves_what_fails_and_goes_on(ada, monkeypatch, caplog):
    good, bad = postfix_bounce(id_of(ada.mails.get())), reply(uid=ada.seats.get().session.calendar_uid)

    def fail(*_about):
        raise DatabaseError("ada@example.org")

    monkeypatch.setattr(services.mail.calendar_replies, "lock_seats", fail)

    results = list(services.mail.take_messages(letters_of(bad, good), dry_run=False))

    assert (results, services.mail.progress_of("box", 7)) == (
        [ReturnResult.FAILED, ReturnResult.BOUNCED],
        inbox.Progress(2, frozenset({1})),
    )
    assert ("DatabaseError" in caplog.text, "ada@" in caplog.text) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_take_returns_ends_at_once_where_the_database_fails_as_a_whole(monkeypatch):
    tried = []

    def meet_the_fault(message, now):
        tried.append(message)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            cursor.execute("PRAGMA query_only = ON")
            ReadMailbox.objects.create(name="box", validity=7)

    monkeypatch.setattr(services.mail.returned_mail, "_take", meet_the_fault)

    with pytest.raises(OperationalError):
        list(services.mail.take_messages([inbox.ReturnedMessage(VACATION)] * 2, dry_run=False))

    connection.close()
    assert len(tried) == 1


def test_dry_run_says_what_would_be_and_changes_nothing(ada):
    raws = [
        postfix_bounce(id_of(ada.mails.get())),
        reply(uid=f"{ada.seats.get().session.uid}@localhost.localdomain", stamp="20200420T080000Z"),
    ]
    before = everything()

    results = list(services.mail.take_messages(letters_of(*raws), dry_run=True))

    assert (results, everything()) == ([ReturnResult.BOUNCED, ReturnResult.ANSWERED], before)


def test_message_that_vanished_is_counted_nowhere_and_not_asked_for_again(db):
    assert list(services.mail.take_messages(letters_of(None, b"Subject: x"), dry_run=False)) == [
        ReturnResult.IGNORED
    ]
    assert services.mail.progress_of("box", 7) == inbox.Progress(2)


def test_messages_of_a_file_have_no_place_to_note(db):
    assert list(services.mail.take_messages([inbox.ReturnedMessage(VACATION)], dry_run=False)) == [
        ReturnResult.IGNORED
    ]
    assert list(ReadMailbox.objects.all()) == []


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_read_the_same_bounce_mark_once(ada):
    mail = ada.mails.get()
    start = Barrier(2)

    def read(_process):
        start.wait()
        try:
            return bounce(mail)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(read, range(2)))

    assert sorted(results) == [ReturnResult.BOUNCED, ReturnResult.DROPPED]
    assert len(history(ada, "bounced")) == 1

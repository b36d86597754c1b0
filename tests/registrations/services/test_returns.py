"""What bounces and answers from calendars change, and what they cannot."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from registrations import inbox, mails, outbox, services
from registrations.models import HistoryEntry, OutgoingMail, Registration, Seat
from registrations.services.returns import Result
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import NOW, approve, kinds, make_registration
from tests.registrations.returned import VACATION, postfix_bounce, reply

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
    return services.take_return(postfix_bounce(id_of(mail), **fields), now=LATER)


def answer(seat, *changes, now=LATER, **fields):
    uid = f"{seat.session.uid}@localhost.localdomain"
    return services.take_return(reply(*changes, **{"uid": uid, **fields}), now=now)


def everything():
    tables = (HistoryEntry, OutgoingMail, Registration, Seat)
    return [list(model.objects.order_by("pk").values()) for model in tables]


def history(registration, *actions):
    entries = registration.history.filter(action__in=actions).order_by("id")
    return list(entries.values_list("action", "actor", "by__username", "session__number", "facts"))


# Bounces


def test_hard_bounce_marks_mail_and_address_and_changes_no_seat(ada):
    mail = ada.mails.get()
    seats = list(Seat.objects.values())

    assert bounce(mail) is Result.BOUNCED

    mail.refresh_from_db()
    ada.refresh_from_db()
    assert (mail.state, mail.due_at, mail.claim, mail.reply) == ("bounced", None, None, WORDS)
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

    second = services.take_return(
        postfix_bounce(id_of(ada.mails.latest("pk")), status="5.2.2"), now=LATER + timedelta(hours=1)
    )

    ada.refresh_from_db()
    assert (second, ada.bounced_at, ada.bounce_reply) == (Result.BOUNCED, LATER, WORDS)
    assert list(ada.mails.values_list("state", flat=True)) == ["bounced", "bounced"]
    assert len(history(ada, "bounced")) == 1


def test_bounce_to_an_address_that_the_person_has_no_more_marks_the_mail_only(ada):
    Registration.objects.update(email="ada@example.eu", email_key="ada@example.eu")

    assert bounce(ada.mails.get()) is Result.BOUNCED

    ada.refresh_from_db()
    assert (ada.mails.get().state, ada.bounced_at) == ("bounced", None)


def test_bounce_of_a_mail_that_is_being_sent_ends_it(ada):
    ada.mails.update(state="sending", due_at=NOW, claim="0" * 32)

    bounce(ada.mails.get())

    assert ada.mails.values_list("state", "due_at", "claim").get() == ("bounced", None, None)


def test_same_bounce_again_changes_nothing_even_after_the_address_was_tried_again(ada, approver):
    bounce(ada.mails.get())
    services.retry_address(ada.pk, by=approver, now=LATER)
    before = everything()

    assert bounce(ada.mails.get()) is Result.DROPPED

    assert everything() == before


def test_soft_bounce_is_counted_only(ada):
    before = everything()

    assert bounce(ada.mails.get(), action="delayed", status="4.4.1") is Result.LATE

    assert everything() == before


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"attempts": 0, "state": "waiting"}, id="never given to a server"),
        pytest.param({"state": "dropped"}, id="dropped"),
    ],
)
def test_bounce_of_a_mail_that_nobody_can_have_received_is_dropped(columns, ada):
    ada.mails.update(**columns)
    before = everything()

    assert bounce(ada.mails.get()) is Result.DROPPED

    assert everything() == before


def test_bounce_of_a_mail_that_is_not_ours_is_dropped(ada):
    before = everything()

    assert services.take_return(postfix_bounce(), now=LATER) is Result.DROPPED

    assert everything() == before


@pytest.mark.parametrize(
    ("raw", "result"),
    [(VACATION, Result.IGNORED), (b"x" * (2**20 + 1), Result.UNREADABLE)],
    ids=["out of office", "too large"],
)
def test_other_mail_changes_nothing(raw, result, ada):
    before = everything()

    assert services.take_return(raw, now=LATER) is result

    assert everything() == before


def test_no_mail_goes_to_an_address_that_bounced_until_it_is_tried_again(ada, approver, mail_server):
    bounce(ada.mails.get())
    outbox.post([mails.withdrawn(ada, NOW)])
    call_command("deliver_mail", verbosity=0)
    services.retry_address(ada.pk, by=approver, now=LATER)
    again = mails.withdrawn(ada, NOW)
    again.dedupe_key = "again"
    outbox.post([again])
    call_command("deliver_mail", verbosity=0)

    assert list(ada.mails.order_by("pk").values_list("state", flat=True)) == ["bounced", "failed", "sent"]
    assert [received.recipients for received in mail_server.received] == [("Ada@Example.org",)]


# Trying an address again


def test_retry_clears_the_mark_everywhere_and_is_recorded(ada, webinar, approver):
    old = make_registration(webinar, email="ada@example.org", state="withdrawn")
    bounce(ada.mails.get())

    services.retry_address(ada.pk, by=approver, now=LATER)

    assert set(Registration.objects.values_list("bounced_at", "bounce_reply")) == {(None, "")}
    since = {"bounced_at": LATER.isoformat().replace("+00:00", "Z")}
    for registration in (ada, old):
        assert history(registration, "address_retried") == [
            ("address_retried", "staff", "approver", None, since)
        ]


def test_retry_of_an_address_that_did_not_bounce_is_refused(ada, approver):
    with pytest.raises(services.AddressNotBounced) as refusal:
        services.retry_address(ada.pk, by=approver, now=LATER)

    assert str(refusal.value) == "Mail goes to this address already."
    assert history(ada, "address_retried") == []


# Answers to invitations


def seat_of(registration):
    return registration.seats.select_related("session").get()


@pytest.mark.parametrize("word", ["accepted", "declined", "tentative"])
def test_answer_is_noted_with_its_moment_and_changes_nothing_else(word, ada):
    seat = seat_of(ada)
    before = Seat.objects.values().get()

    assert answer(seat, answer=word.upper()) is Result.ANSWERED

    seat.refresh_from_db()
    assert Seat.objects.values().get() == before | {"answer": word, "answered_at": seat.answered_at}
    assert seat.answered_at == NOW + timedelta(days=1)
    facts = {"answer": word, "stamp": "2020-04-21T08:00:00Z", "sequence": 1}
    assert history(ada, "invitation_answered") == [("invitation_answered", "system", None, 1, facts)]
    assert (Registration.objects.get().state, kinds()) == ("active", ["invitation"])


def test_newer_answer_takes_the_place_of_an_older_one(ada):
    seat = seat_of(ada)
    answer(seat)

    assert answer(seat, answer="DECLINED", stamp="20200421T080001Z") is Result.ANSWERED

    assert seat_of(ada).answer == "declined"


@pytest.mark.parametrize("stamp", ["20200421T080000Z", "20200421T075959Z"], ids=["as old", "older"])
def test_answer_as_old_or_older_changes_nothing(stamp, ada):
    seat = seat_of(ada)
    answer(seat)
    before = everything()

    assert answer(seat, answer="DECLINED", stamp=stamp) is Result.DROPPED

    assert everything() == before


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"sender": "eve@example.org"}, id="sent by somebody else"),
        pytest.param({"attendee": "eve@example.org"}, id="for somebody else"),
        pytest.param(
            {"sender": "eve@example.org", "attendee": "eve@example.org"}, id="by somebody not invited"
        ),
        pytest.param({"attendee": "nobody", "sender": "ada@a..b"}, id="by no address"),
        pytest.param({"uid": "aaaaaaaabbbbbbbbccccccccdddddddd@localhost.localdomain"}, id="unknown session"),
        pytest.param({"uid": "nothing"}, id="no UID of ours"),
        pytest.param({"answer": "NEEDS-ACTION"}, id="no answer"),
        pytest.param({"answer": "DELEGATED"}, id="delegated"),
        pytest.param({"sequence": 0}, id="to an older invitation"),
        pytest.param({"stamp": "20200422T080001Z"}, id="from the future"),
    ],
)
def test_answer_that_proves_too_little_is_dropped(fields, ada):
    before = everything()

    assert answer(seat_of(ada), **fields) is Result.DROPPED

    assert everything() == before


def test_answer_to_the_session_of_another_site_is_dropped(ada):
    seat = seat_of(ada)

    assert answer(seat, uid=f"{seat.session.uid}@example.eu") is Result.DROPPED


def test_answer_to_an_invitation_that_was_taken_back_is_dropped(ada, approver):
    seat = seat_of(ada)
    decision = services.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No place is left.")
    at_sight.decide_seats(ada.pk, seat_ids=[seat.pk], decision=decision)

    assert answer(seat, sequence=9) is Result.DROPPED


def test_answer_of_somebody_never_invited_is_dropped(webinar, session):
    seat = make_registration(webinar, [session], email="ada@example.org").seats.get()

    assert answer(seat) is Result.DROPPED


def test_answer_of_somebody_who_withdrew_is_dropped(ada):
    services.withdraw(ada.pk, now=NOW)

    assert answer(seat_of(ada), sequence=9) is Result.DROPPED


def test_answer_of_somebody_who_registered_again_is_noted_on_the_new_seat(ada, webinar, session, approver):
    services.withdraw(ada.pk, now=NOW)
    again = approve(make_registration(webinar, [session], email="ada@example.org"), approver)
    sequence = seat_of(again).told_sequence

    assert answer(seat_of(again), sequence=sequence) is Result.ANSWERED

    assert (seat_of(ada).answer, seat_of(again).answer) == ("", "accepted")


def test_answer_is_matched_whatever_the_case_of_the_address(ada):
    assert answer(seat_of(ada), attendee="ADA@example.ORG") is Result.ANSWERED


# Many, and trying


def test_take_returns_leaves_what_fails_and_goes_on(ada, monkeypatch, caplog):
    done = []
    good, bad = postfix_bounce(id_of(ada.mails.get())), reply(uid="fails@localhost.localdomain")
    letters = [inbox.Letter(raw, lambda raw=raw: done.append(raw)) for raw in (bad, good)]

    def fail(*_about):
        raise DatabaseError("ada@example.org")

    monkeypatch.setattr(services.returns, "lock_seats", fail)

    results = list(services.take_returns(letters, dry_run=False))

    assert (results, done) == ([Result.FAILED, Result.BOUNCED], [good])
    assert ("DatabaseError" in caplog.text, "ada@" in caplog.text) == (True, False)


def test_dry_run_says_what_would_be_and_changes_nothing(ada):
    done = []
    raws = [
        postfix_bounce(id_of(ada.mails.get())),
        reply(uid=f"{seat_of(ada).session.uid}@localhost.localdomain", stamp="20200420T080000Z"),
    ]
    before = everything()

    letters = [inbox.Letter(raw, lambda: done.append(1)) for raw in raws]
    results = list(services.take_returns(letters, dry_run=True))

    assert (results, done, everything()) == ([Result.BOUNCED, Result.ANSWERED], [], before)


@pytest.mark.parametrize("people", [1, 3])
def test_answer_takes_the_same_queries_however_many_are_registered(
    people, ada, webinar, session, django_assert_num_queries
):
    for _number in range(people):
        make_registration(webinar, [session])

    with django_assert_num_queries(10):
        assert answer(seat_of(ada)) is Result.ANSWERED


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

    assert sorted(results) == [Result.BOUNCED, Result.DROPPED]
    assert len(history(ada, "bounced")) == 1

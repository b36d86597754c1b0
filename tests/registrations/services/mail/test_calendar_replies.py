"""What answers from calendars change, what they cannot, and which of them staff look at."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from registrations import services
from registrations.models import HistoryEntry, OutgoingMail, Registration, Seat, UnplacedAnswer
from registrations.services.mail import calendar_replies
from registrations.services.mail.returned_mail import ReturnResult
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import ENDS, NOW, STARTS, approve, carry_out, kinds, make_registration
from tests.registrations.returned import kept, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_moment")]

LATER = NOW + timedelta(days=1)


@pytest.fixture
def ada(webinar, session, approver):
    """Return somebody who was invited, the mail being sent."""
    ada = approve(make_registration(webinar, [session], email="Ada@Example.org"), approver)
    call_command("deliver_mail", verbosity=0)
    return ada


def answer(seat, *changes, now=LATER, **fields):
    uid = f"{seat.session.uid}@localhost.localdomain"
    return services.mail.returned_mail.take_message(reply(*changes, **{"uid": uid, **fields}), now=now)


def everything():
    tables = (HistoryEntry, OutgoingMail, Registration, Seat, UnplacedAnswer)
    return [list(model.objects.order_by("pk").values()) for model in tables]


def history(registration, *actions):
    entries = registration.history.filter(action__in=actions).order_by("id")
    return list(entries.values_list("action", "actor", "by__username", "session__number", "facts"))


def seat_of(registration):
    return registration.seats.select_related("session").get()


@pytest.mark.parametrize("word", ["accepted", "declined", "tentative"])
def test_answer_is_noted_with_its_moment_and_changes_nothing_else(word, ada):
    seat = seat_of(ada)
    before = Seat.objects.values().get()

    assert answer(seat, answer=word.upper()) is ReturnResult.ANSWERED

    seat.refresh_from_db()
    assert Seat.objects.values().get() == before | {"answer": word, "answered_at": seat.answered_at}
    assert seat.answered_at == NOW + timedelta(days=1)
    facts = {"answer": word, "stamp": "2020-04-21T08:00:00Z", "sequence": 1}
    assert history(ada, "invitation_answered") == [("invitation_answered", "system", None, 1, facts)]
    assert (Registration.objects.get().state, kinds()) == ("active", ["invitation"])


def test_newer_answer_takes_the_place_of_an_older_one(ada):
    seat = seat_of(ada)
    answer(seat)

    assert answer(seat, answer="DECLINED", stamp="20200421T080001Z") is ReturnResult.ANSWERED

    assert seat_of(ada).answer == "declined"


@pytest.mark.parametrize("stamp", ["20200421T080000Z", "20200421T075959Z"], ids=["as old", "older"])
def test_answer_as_old_or_older_changes_nothing(stamp, ada):
    seat = seat_of(ada)
    answer(seat)
    before = everything()

    assert answer(seat, answer="DECLINED", stamp=stamp) is ReturnResult.DROPPED

    assert everything() == before


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            {"sender": "eve@example.org", "sequence": 0, "answer": "DELEGATED"}, id="no answer by another"
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

    assert answer(seat_of(ada), **fields) is ReturnResult.DROPPED

    assert everything() == before


def test_answer_to_the_session_of_another_site_is_dropped(ada):
    seat = seat_of(ada)

    assert answer(seat, uid=f"{seat.session.uid}@example.eu") is ReturnResult.DROPPED


def test_answer_to_an_invitation_that_was_taken_back_is_dropped(ada, approver):
    seat = seat_of(ada)
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="No place is left.")
    at_sight.decide_seats(ada.pk, seat_ids=[seat.pk], decision=decision)

    assert answer(seat, sequence=9) is ReturnResult.DROPPED


def test_answer_of_somebody_never_invited_is_dropped(webinar, session):
    seat = make_registration(webinar, [session], email="ada@example.org").seats.get()

    assert answer(seat) is ReturnResult.DROPPED


def test_answer_of_somebody_who_withdrew_is_dropped(ada):
    services.people.withdraw(ada.pk, now=NOW)

    assert answer(seat_of(ada), sequence=9) is ReturnResult.DROPPED


def test_answer_of_somebody_who_registered_again_is_noted_on_the_new_seat(ada, webinar, session, approver):
    services.people.withdraw(ada.pk, now=NOW)
    again = approve(make_registration(webinar, [session], email="ada@example.org"), approver)
    sequence = seat_of(again).told_sequence

    assert answer(seat_of(again), sequence=sequence) is ReturnResult.ANSWERED

    assert (seat_of(ada).answer, seat_of(again).answer) == ("", "accepted")


def test_answer_is_matched_whatever_the_case_of_the_address(ada):
    assert answer(seat_of(ada), attendee="ADA@example.ORG") is ReturnResult.ANSWERED


def kept_answer(name, seat):
    return services.mail.returned_mail.take_message(
        kept(name, uid=f"{seat.session.uid}@localhost.localdomain"), now=LATER
    )


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("reply-ok-control", "ada@example.org"),
        ("reply-bom", "ada@example.org"),
        ("reply-from-nickname-in-quotes", "ada@example.org"),
        ("reply-plus-percent-encoded", "ada+web@example.org"),
    ],
)
def test_kept_answer_is_noted(name, email, ada):
    Registration.objects.update(email=email, email_key=email)

    assert kept_answer(name, seat_of(ada)) is ReturnResult.ANSWERED

    assert seat_of(ada).answer == "accepted"


def test_answer_that_a_server_sends_for_the_person_is_noted(ada):
    raw = reply(sender="no-reply@cloud.example.eu", uid=f"{seat_of(ada).session.uid}@localhost.localdomain")

    result = services.mail.returned_mail.take_message(b"Reply-To: Ada <ada@example.org>\r\n" + raw, now=LATER)

    assert (result, seat_of(ada).answer) == (ReturnResult.ANSWERED, "accepted")


# The time that still holds


def change(ada, approver, **fields):
    """Change the session, and tell everybody."""
    session = seat_of(ada).session
    if "title" in fields:
        services.sessions.retitle_session(session.pk, place=session.place, by=approver, now=NOW, **fields)
    else:
        services.sessions.reschedule_session(session.pk, by=approver, now=NOW, **fields)
    carry_out()


def test_answer_to_the_invitation_under_an_older_title_is_noted(ada, approver):
    change(ada, approver, title="Another title")

    assert (seat_of(ada).told_sequence, answer(seat_of(ada))) == (2, ReturnResult.ANSWERED)


def test_answer_to_another_time_is_dropped(ada, approver):
    change(ada, approver, starts_at=STARTS + timedelta(hours=1), ends_at=ENDS + timedelta(hours=1))
    change(ada, approver, title="Another title")

    results = [answer(seat_of(ada), sequence=sequence) for sequence in (1, 2)]

    assert (seat_of(ada).told_sequence, results) == (3, [ReturnResult.DROPPED, ReturnResult.ANSWERED])


def test_answer_to_a_seat_told_before_this_was_kept_is_held_against_the_newest_mail(ada, approver):
    change(ada, approver, title="Another title")
    Seat.objects.update(told_time_sequence=None)

    assert [answer(seat_of(ada), sequence=sequence) for sequence in (1, 2)] == [
        ReturnResult.DROPPED,
        ReturnResult.ANSWERED,
    ]


# Answers that cannot be placed


def listed():
    columns = ("session__number", "registration_id", "attendee", "sender", "answer", "answered_at")
    return list(UnplacedAnswer.objects.order_by("pk").values_list(*columns))


def test_answer_by_an_assistant_goes_on_the_list_and_changes_no_seat(ada):
    seats = list(Seat.objects.values())

    assert kept_answer("reply-by-assistant", seat_of(ada)) is ReturnResult.UNPLACED

    assert listed() == [(1, ada.pk, "ada@example.org", "bo@example.org", "accepted", LATER)]
    assert (list(Seat.objects.values()), history(ada, "invitation_answered")) == (seats, [])


@pytest.mark.parametrize(
    ("fields", "is_ada"),
    [
        pytest.param({"sender": "eve@example.org"}, True, id="sent by somebody else"),
        pytest.param({"attendee": "team@example.org"}, True, id="for an alias"),
        pytest.param(
            {"sender": "ada@alias.example", "attendee": "ada@alias.example"}, False, id="by an alias"
        ),
    ],
)
def test_answer_by_or_for_somebody_not_invited_goes_on_the_list(fields, is_ada, ada):
    assert answer(seat_of(ada), **fields) is ReturnResult.UNPLACED

    who = {"attendee": "ada@example.org", "sender": "Ada Person <ada@example.org>", **fields}
    sender = who["sender"].removeprefix("Ada Person <").rstrip(">")
    assert listed() == [(1, ada.pk if is_ada else None, who["attendee"], sender, "accepted", LATER)]


def test_later_answer_of_one_sender_takes_the_place_of_the_earlier_and_never_the_other_way(ada):
    seat = seat_of(ada)
    results = [
        answer(seat, sender="bo@example.org", answer=word, stamp=stamp)
        for word, stamp in [
            ("ACCEPTED", "20200421T070000Z"),
            ("DECLINED", "20200421T080000Z"),
            ("DECLINED", "20200421T080000Z"),
            ("ACCEPTED", "20200421T070000Z"),
        ]
    ]

    assert results == [
        ReturnResult.UNPLACED,
        ReturnResult.UNPLACED,
        ReturnResult.DROPPED,
        ReturnResult.DROPPED,
    ]
    assert [row[4:] for row in listed()] == [("declined", LATER)]


def test_list_of_a_session_is_bounded(ada, monkeypatch):
    monkeypatch.setattr(calendar_replies, "MOST_UNPLACED", 2)

    results = [answer(seat_of(ada), sender=f"bo{number}@example.org") for number in range(3)]

    assert results == [ReturnResult.UNPLACED, ReturnResult.UNPLACED, ReturnResult.DROPPED]


def test_settled_answer_is_off_the_list_and_history_says_by_whom(ada, approver):
    kept_answer("reply-by-assistant", seat_of(ada))
    (row,) = UnplacedAnswer.objects.all()

    count = services.mail.settle_replies([row.pk], by=approver, now=LATER)

    assert (count, listed()) == (1, [])
    facts = {"answer": "accepted", "stamp": "2020-04-21T08:00:00Z"}
    assert history(ada, "answer_settled") == [("answer_settled", "staff", "approver", 1, facts)]


def test_answer_settled_by_a_colleague_is_no_error(ada, approver):
    kept_answer("reply-by-assistant", seat_of(ada))
    (row,) = UnplacedAnswer.objects.all()
    services.mail.settle_replies([row.pk], by=approver, now=LATER)

    assert services.mail.settle_replies([row.pk], by=approver, now=LATER) == 0
    assert len(history(ada, "answer_settled")) == 1


def test_erasure_takes_the_answers_about_somebody_along(ada):
    kept_answer("reply-by-assistant", seat_of(ada))

    services.privacy.erase(ada.pk, now=LATER)

    assert listed() == []


@pytest.mark.parametrize("people", [1, 3])
def test_answer_takes_the_same_queries_however_many_are_registered(
    people, ada, webinar, session, django_assert_num_queries
):
    for _number in range(people):
        make_registration(webinar, [session])

    with django_assert_num_queries(11):
        assert answer(seat_of(ada)) is ReturnResult.ANSWERED

"""Two registrations whose mails may end in one calendar: a CANCEL for one, then an invitation for the other."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import OutgoingMail, Seat, WebinarSession
from registrations.services.notifications import shared_calendars
from registrations.services.notifications.batch import Notifications
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    approve,
    at_once,
    calendar_mails,
    carry_out,
    decide,
    drain,
    make_guest,
    make_registration,
    make_session,
    make_undated_session,
    make_webinar,
)

pytestmark = pytest.mark.django_db

ADA = {"first_name": "Ada", "last_name": "Kovač"}
AGAIN = "You have had this invitation before."


@pytest.fixture
def old(webinar, session, approver):
    """Return somebody's first registration, with a place."""
    return approve(make_registration(webinar, [session], **ADA), approver)


@pytest.fixture
def new(webinar, session, approver, old):
    """Return the same person's second registration, under another address and spelling, with a place."""
    return approve(make_registration(webinar, [session], first_name="KOVAC", last_name="Ada"), approver)


def last_mail(registration):
    return registration.mails.latest("pk")


ENDINGS = {
    "rejected": lambda person, by: decide(person, by, Move.REJECT),
    "put back": lambda person, by: decide(person, by, Move.PUT_BACK),
    "cancelled": lambda person, by: decide(person, by, Move.CANCEL),
    "withdrawn": lambda person, _by: services.people.withdraw(person.pk, now=NOW),
    "erased": lambda person, _by: services.privacy.erase(person.pk, now=NOW),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_who_keeps_a_place_is_invited_again_above_and_after_the_cancellation(old, new, approver, end):
    end(old, approver)

    again, session = last_mail(new), WebinarSession.objects.get()
    cancellation = OutgoingMail.objects.get(cancels=True)
    assert cancellation.facts["calendar"]["sequence"] == 3
    assert calendar_mails(new) == [("invitation", "REQUEST", 2), ("invitation", "REQUEST", 4)]
    assert (again.after, again.facts["again"]) == (cancellation.message_id, True)
    seat = new.seats.get()
    assert (seat.told_sequence, seat.told_method, session.sequence) == (4, "REQUEST", 4)


def test_invitation_again_says_why_and_keeps_the_answer(old, new, approver, mail_server, at_the_moment):
    drain()
    Seat.objects.filter(registration=new).update(answer="accepted", answered_at=NOW)
    decide(old, approver, Move.REJECT)

    drain()

    seat = new.seats.get()
    assert (seat.answer, seat.answered_at) == ("accepted", NOW)
    assert [AGAIN.encode() in received.data for received in mail_server.received] == [
        False,
        False,
        False,
        True,
    ]


def test_person_who_leaves_one_session_is_invited_again_to_it_alone(webinar, session, approver):
    other = make_session(webinar)
    old, _new = (approve(make_registration(webinar, [session, other], **ADA), approver) for _time in range(2))
    [seat] = old.seats.filter(session=session)

    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Because.")
    at_sight.decide_seats(old.pk, seat_ids=[seat.pk], decision=decision)

    again = OutgoingMail.objects.latest("pk")
    assert (again.seat.session, again.facts["calendar"]["sequence"]) == (session, 4)
    assert list(WebinarSession.objects.order_by("pk").values_list("sequence", flat=True)) == [4, 2]


NOBODY = {
    "another name": lambda old, new: rename(new, "Ben", "Person"),
    "names of nothing": lambda old, new: [rename(person, "", "") for person in (old, new)],
    "without a place": lambda old, new: Seat.objects.filter(registration=new).update(state="waitlisted"),
    "not invited": lambda old, new: Seat.objects.filter(registration=new).update(told_method=""),
    "withdrawn": lambda old, new: type(new).objects.filter(pk=new.pk).update(state="withdrawn"),
}


def rename(person, first_name, last_name):
    key = " ".join(sorted(f"{first_name} {last_name}".casefold().split()))
    type(person).objects.filter(pk=person.pk).update(
        first_name=first_name, last_name=last_name, person_key=key
    )


@pytest.mark.parametrize("become", NOBODY.values(), ids=NOBODY)
def test_nobody_else_is_invited_again(old, new, approver, become):
    become(old, new)

    decide(old, approver, Move.REJECT)

    assert len(calendar_mails(new)) == 1
    assert WebinarSession.objects.get().sequence == 3


def test_another_webinar_with_the_same_name_is_left_alone(old, approver):
    webinar = make_webinar()
    namesake = approve(make_registration(webinar, [make_session(webinar)], **ADA), approver)

    decide(old, approver, Move.REJECT)

    assert len(calendar_mails(namesake)) == 1


def test_both_rejected_in_one_go_are_invited_no_more(old, new, approver):
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Because.")
    at_sight.start_bulk_decision(Seat.objects.values_list("pk", flat=True), decision=decision)

    carry_out()

    assert [calendar_mails(person)[1:] for person in (old, new)] == [[("rejected", "CANCEL", 3)]] * 2
    first, second = OutgoingMail.objects.filter(cancels=True).order_by("pk")
    assert (first.after, second.after) == ("", first.message_id)


def test_both_rejected_one_after_the_other_end_without_an_entry(old, new, approver):
    decide(old, approver, Move.REJECT)
    decide(new, approver, Move.REJECT)

    assert calendar_mails(new)[1:] == [("invitation", "REQUEST", 4), ("rejected", "CANCEL", 5)]


def test_session_called_off_invites_nobody_again(old, new, editor, session):
    services.sessions.cancel_session(session.pk, reason="A strike.", by=editor, now=NOW)

    carry_out()

    assert [calendar_mails(person)[1:] for person in (old, new)] == [[("session_cancelled", "CANCEL", 3)]] * 2


def test_session_whose_date_is_taken_back_invites_nobody_again(old, new, editor, session):
    services.sessions.reschedule_session(session.pk, starts_at=None, ends_at=None, by=editor, now=NOW)

    carry_out()

    assert [calendar_mails(person)[1:] for person in (old, new)] == [[("date_withdrawn", "CANCEL", 3)]] * 2


def test_change_of_address_invites_the_new_address_and_who_stands_beside_it(old, new):
    services.people.ask_address_change(old.pk, email="ada@new.example", now=NOW)
    services.people.confirm_address_change(old.address_changes.get().token, now=NOW)

    assert calendar_mails(old)[-3:] == [
        ("address_left", "CANCEL", 3),
        ("address_changed", "", -1),
        ("invitation", "REQUEST", 4),
    ]
    assert calendar_mails(new)[1:] == [("invitation", "REQUEST", 4)]
    assert last_mail(new).after == old.mails.get(cancels=True).message_id


def test_cancellation_sent_again_is_followed_by_an_invitation_too(
    old, new, approver, mail_server, at_the_moment
):
    decide(old, approver, Move.REJECT)
    drain()

    again = services.mail.resend_mail(old.mails.get(cancels=True).pk, by=approver, now=NOW)

    assert calendar_mails(new)[2:] == [("invitation", "REQUEST", 5)]
    assert last_mail(new).after == again.message_id
    assert again.facts["calendar"]["sequence"] == 3


def test_invitation_waits_until_the_cancellation_has_left(old, new, approver, mail_server, at_the_moment):
    drain()
    decide(old, approver, Move.REJECT)
    mail_server.for_recipients.append("451 4.3.0 later")

    drain()

    assert [mail.state for mail in (old.mails.get(cancels=True), last_mail(new))] == ["waiting", "waiting"]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param({"state": "failed"}, id="given up"),
        pytest.param({"state": "dropped", "recipient": ""}, id="emptied"),
        pytest.param({"state": "bounced"}, id="bounced"),
    ],
)
def test_invitation_leaves_whatever_becomes_of_the_cancellation(
    old, new, approver, mail_server, at_the_moment, end
):
    drain()
    decide(old, approver, Move.REJECT)
    OutgoingMail.objects.filter(cancels=True).update(due_at=None, **end)

    drain()

    assert last_mail(new).state == "sent"


def test_invitation_leaves_where_the_cancellation_is_no_more(old, new, approver, mail_server, at_the_moment):
    decide(old, approver, Move.REJECT)
    OutgoingMail.objects.filter(cancels=True).delete()

    drain()

    assert last_mail(new).state == "sent"


def test_place_given_later_waits_for_a_cancellation_of_the_same_name_that_has_not_left(
    webinar, session, old, approver
):
    decide(old, approver, Move.REJECT)

    later = approve(make_registration(webinar, [session], **ADA), approver)

    assert later.mails.get().after == old.mails.get(cancels=True).message_id


def test_place_given_later_to_the_same_address_waits_too(webinar, session, old, approver):
    services.people.withdraw(old.pk, now=NOW)

    guest = services.people.invite_guest(
        webinar.pk, guest=make_guest(session, email=old.email), by=approver, now=NOW
    )

    assert guest.mails.get().after == old.mails.get(cancels=True).message_id


def test_place_given_once_the_cancellation_has_left_waits_for_nothing(
    webinar, session, old, approver, mail_server, at_the_moment
):
    decide(old, approver, Move.REJECT)
    drain()

    later = approve(make_registration(webinar, [session], **ADA), approver)

    assert later.mails.get().after == ""


@pytest.mark.parametrize("people", [1, 3])
def test_inviting_again_takes_a_fixed_number_of_queries(
    people, webinar, session, approver, django_assert_num_queries
):
    for number in range(people):
        for _address in range(2):
            approve(make_registration(webinar, [session], first_name="Ada", last_name=f"N{number}"), approver)
    left = [seat for seat in Seat.objects.order_by("pk") if seat.pk % 2 == Seat.objects.first().pk % 2]
    notifications = Notifications(NOW)
    state_of = WebinarSession.objects.select_related("webinar").get()
    for seat in left:
        seat.registration, seat.session = seat.registration, state_of
        notifications.leaves_calendar(seat)

    # who stands beside, what they were told, session, what has not left yet, texts, mails, what goes along
    with django_assert_num_queries(7):
        notifications.post()

    assert OutgoingMail.objects.count() == 3 * people


def test_invited_again_names_who_keeps_a_place_and_changes_nothing(old, new, approver):
    before = list(Seat.objects.order_by("pk").values())

    kept = services.notifications.invited_again([old.seats.get().pk])

    assert kept == [new.seats.get()]
    assert services.notifications.invited_again(Seat.objects.values_list("pk", flat=True)) == []
    assert list(Seat.objects.order_by("pk").values()) == before


def test_line_up_leaves_mails_without_a_calendar_part_alone(webinar, old, django_assert_num_queries):
    session = make_undated_session(webinar)
    make_registration(webinar, [session], **ADA)
    mail = OutgoingMail.objects.get()
    mail.facts = {}

    with django_assert_num_queries(0):
        shared_calendars.wait_for_cancellations([mail])

    assert mail.after == ""


@pytest.mark.django_db(transaction=True)
def test_two_who_leave_at_the_same_moment_do_not_wait_for_each_other(webinar, session, approver):
    people = [approve(make_registration(webinar, [session], **ADA), approver) for _time in range(2)]

    ended = at_once(
        *[
            lambda pk=person.pk: services.people.withdraw(pk, now=NOW + timedelta(hours=1))
            for person in people
        ]
    )

    assert {person.pk for person in ended} == {person.pk for person in people}
    assert [calendar_mails(person)[-1][1] for person in people] == ["CANCEL", "CANCEL"]

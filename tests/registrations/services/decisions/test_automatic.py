"""Automatic approval: who gets a place at once, who is left to staff, and what people are told."""

import pytest

from registrations import services
from registrations.models import HistoryEntry, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations.factories import (
    NOW,
    at_once,
    calendar_mails,
    decide,
    kinds,
    make_registration,
    make_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def switched_on(webinar, approver):
    return services.decisions.set_auto_approval(webinar.pk, on=True, by=approver, now=NOW)


def unconfirmed(webinar, sessions, **fields):
    return make_registration(webinar, sessions, state="unconfirmed", confirmed_at=None, **fields)


def confirm(registration):
    services.people.confirm(registration.confirm_token, now=NOW)
    return registration


def states(registration):
    return list(registration.seats.order_by("session__number").values_list("state", flat=True))


def received_about(registration):
    """Return the titles of the sessions that the mail “received” speaks of."""
    mails = OutgoingMail.objects.filter(registration=registration, kind="received")
    return [session["title"] for mail in mails for session in mail.facts["sessions"]]


def test_switch_is_off_by_default_and_staff_decide(webinar, session):
    registration = confirm(unconfirmed(webinar, [session]))

    assert (webinar.auto_approve, states(registration), kinds(registration)) == (
        False,
        ["requested"],
        ["received"],
    )


def test_switch_is_on_record_and_turning_it_twice_changes_nothing(webinar, approver):
    for on in (True, True, False):
        services.decisions.set_auto_approval(webinar.pk, on=on, by=approver, now=NOW)

    entries = HistoryEntry.objects.order_by("pk").values_list("action", "by", "webinar", "at")
    assert list(entries) == [
        ("auto_approval_on", approver.pk, webinar.pk, NOW),
        ("auto_approval_off", approver.pk, webinar.pk, NOW),
    ]
    webinar.refresh_from_db()
    assert webinar.auto_approve is False


def test_eligible_person_is_invited_at_once_by_one_mail(webinar, session, switched_on):
    registration = confirm(unconfirmed(webinar, [session]))

    assert states(registration) == ["approved"]
    assert calendar_mails(registration) == [("invitation", "REQUEST", 1)]
    session.refresh_from_db()
    assert session.sequence == 1


def test_history_says_that_the_switch_decided(webinar, session, switched_on):
    registration = confirm(unconfirmed(webinar, [session]))

    entry = registration.history.get(action="approved")
    assert (entry.by, entry.actor, entry.facts, entry.session) == (
        None,
        "system",
        {"reason": "", "outcome": "eligible", "by": "auto_approve"},
        session,
    )
    seat = registration.seats.get()
    assert (seat.decided_by, seat.decided_at, seat.override) == (None, NOW, None)


def test_session_without_a_date_is_kept_at_once(webinar, session, later_session, switched_on):
    registration = confirm(unconfirmed(webinar, [session, later_session]))

    assert states(registration) == ["approved", "approved"]
    assert kinds(registration) == ["invitation", "place_kept"]


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "US", "ask_review": True},
        {"organisation_type": "international_organisation"},
    ],
    ids=["not eligible", "for a person to look at"],
)
def test_who_is_not_eligible_is_left_to_staff(fields, webinar, session, switched_on):
    registration = confirm(unconfirmed(webinar, [session], **fields))

    assert (states(registration), kinds(registration)) == (["requested"], ["received"])


def test_full_session_puts_on_the_waiting_list(webinar, switched_on):
    session = make_session(webinar, capacity=1)

    first, second = (confirm(unconfirmed(webinar, [session])) for _person in range(2))

    assert (states(first), states(second)) == (["approved"], ["waitlisted"])
    assert (kinds(first), kinds(second)) == (["invitation"], ["waitlisted"])


def test_person_is_told_to_wait_only_for_what_is_left_to_staff(webinar, session, switched_on):
    over = make_session(webinar, title="Recovery", capacity=None)
    registration = unconfirmed(webinar, [session, over])
    Seat.objects.filter(registration=registration, session=over).update(outcome="review")

    confirm(registration)

    assert states(registration) == ["approved", "requested"]
    assert (kinds(registration), received_about(registration)) == (["invitation", "received"], ["Recovery"])


@pytest.mark.parametrize("move", [Move.REJECT, Move.CANCEL])
def test_whom_staff_turned_away_before_is_left_to_staff(move, webinar, session, switched_on, approver):
    before = make_registration(webinar, [session], email="ada@example.org")
    decide(before, approver, move)
    services.people.withdraw(before.pk, now=NOW)

    again = confirm(unconfirmed(webinar, [session], email="Ada@example.org"))

    assert states(again) == ["requested"]


def test_who_withdrew_by_themselves_is_approved_again(webinar, session, switched_on):
    before = make_registration(webinar, [session], email="ada@example.org")
    services.people.withdraw(before.pk, now=NOW)

    again = confirm(unconfirmed(webinar, [session], email="ada@example.org"))

    assert states(again) == ["approved"]


def test_what_waited_before_the_switch_stays_for_staff(webinar, session, approver):
    waiting = make_registration(webinar, [session])
    make_registration(webinar, [session], country="US", ask_review=True)
    unconfirmed(webinar, [session])

    services.decisions.set_auto_approval(webinar.pk, on=True, by=approver, now=NOW)
    services.sweep.run(NOW)

    assert states(waiting) == ["requested"]
    assert [seat.registration for seat in services.decisions.waiting_though_eligible(webinar.pk)] == [waiting]


def answers(registration, **fields):
    """Return a submission that says what the registration says, but for these."""
    return services.people.Submission(
        **{
            "first_name": registration.first_name,
            "last_name": registration.last_name,
            "email": registration.email,
            "organisation": registration.organisation,
            "organisation_type": registration.organisation_type,
            "country": registration.country,
            "sessions": tuple(registration.seats.values_list("session", flat=True)),
            **fields,
        }
    )


def test_added_session_is_approved_at_once_and_dropped_one_cancelled(webinar, session, switched_on):
    other = make_session(webinar, title="Skills")
    registration = confirm(unconfirmed(webinar, [session]))

    services.people.edit(registration.pk, submission=answers(registration, sessions=(other.pk,)), now=NOW)

    assert states(registration) == ["cancelled", "approved"]
    assert calendar_mails(registration) == [
        ("invitation", "REQUEST", 1),
        ("withdrawn", "CANCEL", 2),
        ("invitation", "REQUEST", 1),
    ]


def test_seat_that_an_edit_makes_eligible_is_left_to_staff(webinar, session, switched_on):
    registration = confirm(unconfirmed(webinar, [session], country="US", ask_review=True))

    services.people.edit(registration.pk, submission=answers(registration, country="BE"), now=NOW)

    assert (states(registration), registration.seats.get().outcome) == (["requested"], "eligible")


@pytest.mark.parametrize("sessions", [1, 3])
def test_automatic_approval_takes_a_fixed_number_of_queries(
    sessions, webinar, switched_on, django_assert_num_queries
):
    chosen = [make_session(webinar, starts_at=None, ends_at=None) for _number in range(sessions)]
    registration = unconfirmed(webinar, chosen)

    with django_assert_num_queries(12):
        confirm(registration)


@pytest.mark.django_db(transaction=True)
def test_last_place_goes_to_one_of_two_who_confirm_at_once(webinar, switched_on):
    session = make_session(webinar, capacity=1)
    pair = [unconfirmed(webinar, [session]) for _person in range(2)]

    at_once(*(lambda one=one: services.people.confirm(one.confirm_token, now=NOW) for one in pair))

    assert sorted(Seat.objects.values_list("state", flat=True)) == ["approved", "waitlisted"]
    assert sorted(kinds()) == ["invitation", "waitlisted"]

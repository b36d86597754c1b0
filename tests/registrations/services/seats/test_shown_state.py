"""Whether a seat still stands as a page showed it, and in which words it does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Registration, Seat
from registrations.services.seats.shown_state import changed_since, standing_before
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    decide,
    draft_without,
    make_guest,
    make_registration,
    publish,
)

pytestmark = pytest.mark.django_db
AT_NOW = "Monday 20 April 2020, 10:00 (Brussels time)"


@pytest.fixture
def registration(webinar, session):
    return make_registration(webinar, [session])


def edit(registration, **answers):
    registration.refresh_from_db()
    kept = {
        name: getattr(registration, name)
        for name in (
            *("title", "first_name", "last_name", "email", "organisation", "organisation_type"),
            *("position", "country", "question", "ask_review", "language"),
        )
    }
    sessions = tuple(registration.seats.values_list("session_id", flat=True))
    submission = services.people.Submission(**kept | {"sessions": sessions, "access_needs": ()} | answers)
    services.people.edit(registration.pk, submission=submission, now=NOW)


def put_back(registration, by):
    decide(registration, by, Move.APPROVE)
    decide(registration, by, Move.PUT_BACK)


def withdraw(registration, by):
    services.people.withdraw(registration.pk, now=NOW)


def override(registration, by):
    other = type(by).objects.create_user("second", is_staff=True)
    seat_id = registration.seats.get().pk
    asked = at_sight.request_override(seat_id, by=by, reason="A partner.", now=NOW)
    at_sight.confirm_override(asked.pk, by=other, now=NOW)


MEANWHILE = {
    "approved": (
        lambda registration, by: decide(registration, by, Move.APPROVE),
        f"Decided meanwhile by approver, at {AT_NOW}: now “approved”.",
    ),
    "approved and put back": (
        put_back,
        f"Decided meanwhile by approver, at {AT_NOW}: now “requested”.",
    ),
    "withdrawn": (withdraw, "The person has withdrawn meanwhile."),
    "erased": (
        lambda registration, by: services.privacy.erase(registration.pk, now=NOW),
        "This registration is no longer active.",
    ),
    "another country": (
        lambda registration, by: edit(registration, country="FR"),
        "The person has changed their answers meanwhile: country or organisation.",
    ),
    "another organisation": (
        lambda registration, by: edit(registration, organisation="Cluster Süd"),
        "The person has changed their answers meanwhile: country or organisation.",
    ),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_change_is_seen_and_named(what, registration, approver):
    act, words = MEANWHILE[what]
    shown = at_sight.standings([registration.seats.get().pk])

    act(registration, approver)

    assert [(change.seat, str(change.note)) for change in changed_since(shown)] == [
        (registration.seats.get(), words)
    ]


@pytest.mark.parametrize(
    "answers", [{"position": "Head"}, {"question": "Why?"}, {"last_name": "Lovelace"}], ids=str
)
def test_what_no_decision_rests_on_changes_nothing(answers, registration):
    shown = at_sight.standings([registration.seats.get().pk])

    edit(registration, **answers)

    assert changed_since(shown) == []


def test_corrected_list_is_seen_and_named(webinar, session):
    seat = make_registration(webinar, [session], country="TN").seats.get()
    shown = at_sight.standings([seat.pk])
    publish(draft_without("TN"))

    services.verdicts.reassess(now=NOW)

    assert [str(change.note) for change in changed_since(shown)] == [
        "The verdict has changed meanwhile: “may not take part”."
    ]


def test_place_given_by_the_waiting_list_is_seen_and_named(webinar, session, approver, registration):
    decide(registration, approver, Move.APPROVE)
    decide(registration, approver, Move.PUT_BACK)
    Seat.objects.update(state="waitlisted")
    session.capacity = 1
    session.save()
    shown = at_sight.standings([registration.seats.get().pk])

    carry_out(NOW + timedelta(minutes=1))

    at = "Monday 20 April 2020, 10:01 (Brussels time)"
    assert [str(change.note) for change in changed_since(shown)] == [
        f"Decided meanwhile by the system, at {at}: now “approved”."
    ]


def test_cancelled_session_is_seen_and_named(registration, session, approver, editor):
    decide(registration, approver, Move.APPROVE)
    shown = at_sight.standings([registration.seats.get().pk])

    services.sessions.cancel_session(session.pk, reason="Ill.", by=editor, now=NOW)
    carry_out()

    assert [str(change.note) for change in changed_since(shown)] == [
        "It has changed meanwhile: now “cancelled”."
    ]


@pytest.mark.parametrize("shown", ["", "nonsense", "-" * 15], ids=["nothing", "nonsense", "too short"])
def test_page_that_does_not_say_what_it_showed_decides_nothing(shown, registration, approver):
    seat = registration.seats.get()
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)

    with pytest.raises(
        services.errors.ChangedMeanwhile, match="It is not known what state this place was in"
    ):
        services.decisions.decide_seats(registration.pk, shown={seat.pk: shown}, decision=decision)

    assert registration.seats.get().state == "requested"


def test_standing_is_the_same_in_memory_and_read_anew(registration, approver):
    approve(registration, approver)
    seat = Seat.objects.select_related("registration").get()
    seat.decided_at = seat.decided_at.astimezone(timezone.get_default_timezone())

    assert (len(seat.standing), seat.standing) == (16, at_sight.standing(seat.pk))


def test_guest_has_a_standing_too(webinar, session, approver):
    guest = services.people.invite_guest(webinar.pk, guest=make_guest(session), by=approver, now=NOW)
    shown = at_sight.standings([guest.seats.get().pk])

    decide(guest, approver, Move.CANCEL)

    assert len(changed_since(shown)) == 1


def test_standing_before_differs_in_what_was_decided_or_flagged_since(registration, approver):
    before, after = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    approve(registration, approver)
    seat = registration.seats.select_related("registration").get()
    as_it_is = seat.standing

    was_decided = standing_before(seat, before)
    seat.flagged_at, seat.decided_at = NOW, STARTS - (ENDS - STARTS) - timedelta(days=30)
    was_flagged = standing_before(seat, before)

    assert standing_before(registration.seats.get(), after) == as_it_is
    assert [was_decided[4:8], was_flagged[8:12]] == ["????", "????"]


@pytest.mark.parametrize("count", [1, 3])
def test_asking_what_has_changed_takes_one_query(
    webinar, session, approver, count, django_assert_num_queries
):
    people = [make_registration(webinar, [session]) for _number in range(count)]
    shown = at_sight.standings(Seat.objects.values_list("pk", flat=True))
    for person in people:
        approve(person, approver)

    with django_assert_num_queries(1):
        changes = [str(change.note) for change in changed_since(shown)]

    assert len(changes) == count == Registration.objects.count()

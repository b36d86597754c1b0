"""A session with so many places, and its waiting list."""

import threading

import pytest
from django.db import connection

from registrations import services
from registrations.models import Kind, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    NOW,
    approve,
    carry_out,
    kinds,
    left_alone,
    make_registration,
)

pytestmark = pytest.mark.django_db

FULL = "All places of this session are taken; put the person on the waiting list."


def decide(registration, move, by, now=NOW):
    decision = services.decisions.Decision(move=move, by=by, now=now, reason="Because.")
    ids = list(registration.seats.values_list("pk", flat=True))
    return at_sight.decide_seats(registration.pk, seat_ids=ids, decision=decision)


def states():
    return list(Seat.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def people(webinar, two_places):
    return [make_registration(webinar, [two_places]) for _number in range(5)]


def test_approval_never_exceeds_the_places(people, approver):
    results = [decide(person, Move.APPROVE, approver)[0] for person in people]

    assert [result.note for result in results] == ["", "", FULL, FULL, FULL]
    assert states() == ["approved", "approved", "requested", "requested", "requested"]


def test_bulk_approval_gives_places_in_order_and_says_who_got_none(people, approver):
    ids = list(Seat.objects.values_list("pk", flat=True))
    decision = services.decisions.Decision(move=Move.APPROVE, by=approver, now=NOW)
    preview = services.decisions.preview_decision(ids, decision=decision, places=services.seats.Places())

    job = at_sight.start_bulk_decision(ids, decision=decision)
    carry_out()

    job.refresh_from_db()
    assert [result.note for result in preview] == ["", "", FULL, FULL, FULL]
    assert (job.changed, job.skipped, {note for *_seat, note in left_alone(job)}) == (2, 3, {FULL})


@pytest.mark.django_db(transaction=True)
def test_approvals_at_once_never_exceed_the_places(people, approver):
    start = threading.Barrier(len(people))

    def press(person):
        start.wait()
        decide(person, Move.APPROVE, approver)
        connection.close()

    threads = [threading.Thread(target=press, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(states()) == ["approved"] * 2 + ["requested"] * 3


def test_guest_takes_no_place(people, webinar, two_places, approver):
    for person in people[:2]:
        approve(person, approver)
    guest = make_registration(webinar, [two_places], kind=Kind.GUEST)

    assert decide(guest, Move.APPROVE, approver)[0].changed


def test_place_is_not_taken_by_a_guest(people, webinar, two_places, approver):
    approve(make_registration(webinar, [two_places], kind=Kind.GUEST), approver)

    assert [decide(person, Move.APPROVE, approver)[0].changed for person in people[:3]] == [True, True, False]


def test_override_takes_a_place_too(webinar, two_places, people, approver, second_approver):
    for person in people[:2]:
        approve(person, approver)
    foreign = make_registration(webinar, [two_places], country="NO").seats.get()
    override = at_sight.request_override(foreign.pk, by=approver, reason="A partner.", now=NOW)

    preview = services.overrides.preview_overrides([foreign.pk], now=NOW, places=services.seats.Places())
    with pytest.raises(services.errors.OverrideNotPossible) as refusal:
        at_sight.confirm_override(override.pk, by=second_approver, now=NOW)

    assert str(refusal.value) == preview[0].note == "All places of this session are taken."


def test_preview_of_overrides_counts_the_places_they_would_take(webinar, two_places, people, approver):
    approve(people[0], approver)
    foreign = [make_registration(webinar, [two_places], country="NO").seats.get().pk for _number in range(2)]
    at_sight.request_overrides(foreign, by=approver, reason="Partners.", now=NOW)

    preview = services.overrides.preview_overrides(foreign, now=NOW, places=services.seats.Places())

    assert [result.note for result in preview] == ["", "All places of this session are taken."]


def test_keeping_a_flagged_place_by_override_takes_no_other(webinar, two_places, approver, second_approver):
    people = [make_registration(webinar, [two_places]) for _number in range(2)]
    for person in people:
        approve(person, approver)
    seat = people[0].seats.get()
    Seat.objects.filter(pk=seat.pk).update(outcome="not_eligible", flagged_at=NOW)
    override = at_sight.request_override(seat.pk, by=approver, reason="A partner.", now=NOW)

    at_sight.confirm_override(override.pk, by=second_approver, now=NOW)

    assert states() == ["approved", "approved"]


def test_waiting_list_is_told(full):
    assert states() == ["approved", "approved", "waitlisted", "waitlisted", "requested"]
    assert [kinds(person) for person in full[1:4]] == [["invitation"], ["waitlisted"], ["waitlisted"]]


@pytest.mark.parametrize("capacity", [None, 9], ids=["no limit", "places left"])
def test_nobody_waits_while_there_are_places(people, two_places, approver, capacity):
    type(two_places).objects.update(capacity=capacity)

    [result] = decide(people[0], Move.WAITLIST, approver)

    assert (result.changed, result.note) == (False, "There is a place in this session; approve instead.")


def test_waiting_list_is_for_the_eligible(full, webinar, two_places, approver):
    foreign = make_registration(webinar, [two_places], country="NO")

    [result] = decide(foreign, Move.WAITLIST, approver)

    assert (
        result.note == "The verdict is not “eligible”: approving needs an exception by two members of staff."
    )

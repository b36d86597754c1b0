"""The order of a waiting list."""

import pytest

from registrations import services
from registrations.models import HistoryEntry, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import NOW, approve, decide, kinds, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(webinar, session, approver):
    """Let one person have the only place, and four wait for it."""
    session.capacity = 1
    session.save()
    people = [make_registration(webinar, [session]) for _number in range(5)]
    approve(people[0], approver)
    for person in people[1:]:
        decide(person, approver, Move.WAITLIST)
    return people


def order(session, people):
    """Return who waits, in order, by their numbers."""
    numbers = {person.pk: number for number, person in enumerate(people)}
    return [numbers[seat.registration_id] for seat in session.seats.in_turn()]


def move(person, *, position, seen, by, reason="A mentor of the project."):
    at_sight.move_on_list(person.seats.get().pk, position=position, seen=seen, reason=reason, by=by, now=NOW)


def test_order_is_that_of_asking(session, people):
    assert order(session, people) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("number", "position", "then"),
    [(4, 1, [4, 1, 2, 3]), (3, 2, [1, 3, 2, 4]), (1, 4, [2, 3, 4, 1]), (2, 3, [1, 3, 2, 4])],
    ids=["last to the front", "up by one", "first to the end", "down by one"],
)
def test_moved_person_passes_those_between_and_nobody_else(session, people, approver, number, position, then):
    move(people[number], position=position, seen=number, by=approver)

    assert order(session, people) == then


def test_move_is_recorded_with_reason_and_both_places_and_mails_nobody(session, people, approver):
    before = kinds()

    move(people[4], position=1, seen=4, by=approver)

    entry = HistoryEntry.objects.first()
    assert (entry.action, entry.by, entry.registration, entry.session, entry.facts) == (
        "moved_on_list",
        approver,
        people[4],
        session,
        {"reason": "A mentor of the project.", "was": 4, "now": 1},
    )
    assert kinds() == before


def test_free_place_goes_to_who_is_next_by_the_changed_order(session, people, approver):
    move(people[4], position=1, seen=4, by=approver)
    services.people.withdraw(people[0].pk, now=NOW)

    services.sweep.run(NOW)

    assert kinds(people[4]) == ["waitlisted", "invitation"]
    assert order(session, people) == [1, 2, 3]


def test_places_go_to_the_front_of_the_list_and_the_rest_keeps_its_order(session, people, approver):
    move(people[4], position=2, seen=4, by=approver)
    type(session).objects.update(capacity=3)

    services.sweep.run(NOW)

    approved = Seat.objects.filter(state="approved").values_list("registration", flat=True)
    assert sorted(approved) == [people[number].pk for number in (0, 1, 4)]
    assert order(session, people) == [2, 3]


def test_who_comes_onto_the_list_later_stands_where_they_asked(webinar, session, people, approver):
    early = people[2]
    decide(early, approver, Move.PUT_BACK)
    move(people[4], position=1, seen=3, by=approver)

    decide(early, approver, Move.WAITLIST)

    assert order(session, people) == [4, 2, 1, 3]


def test_who_leaves_and_comes_back_has_the_turn_they_had(session, people, approver):
    move(people[2], position=1, seen=2, by=approver)
    decide(people[1], approver, Move.PUT_BACK)
    decide(people[1], approver, Move.WAITLIST)

    assert order(session, people) == [2, 1, 3, 4]


def test_turns_stay_one_for_each_seat_however_often_staff_move(session, people, approver):
    for number, position in ((4, 1), (3, 2), (1, 4), (4, 3), (2, 1)):
        move(people[number], position=position, seen=order(session, people).index(number) + 1, by=approver)

    turns = [rank or pk for pk, rank in Seat.objects.values_list("pk", "waiting_rank")]
    assert sorted(turns) == sorted(Seat.objects.values_list("pk", flat=True))


def test_move_there_and_back_leaves_no_trace_on_the_seats(session, people, approver):
    move(people[4], position=1, seen=4, by=approver)
    move(people[4], position=4, seen=1, by=approver)

    assert set(Seat.objects.values_list("waiting_rank", flat=True)) == {None}


@pytest.mark.parametrize(
    ("position", "seen", "why"),
    [
        (1, 3, "The waiting list has changed in the meantime: this person now has position 4."),
        (0, 4, "The waiting list has 4 positions."),
        (5, 4, "The waiting list has 4 positions."),
        (4, 4, "The person has this position already."),
    ],
    ids=["seen elsewhere", "before the first", "after the last", "where they are"],
)
def test_place_that_cannot_be_given_is_refused(session, people, approver, position, seen, why):
    with pytest.raises(services.errors.OrderNotChanged, match=why):
        move(people[4], position=position, seen=seen, by=approver)

    assert order(session, people) == [1, 2, 3, 4]


def test_who_is_off_the_list_is_not_moved(session, people, approver):
    with pytest.raises(services.errors.OrderNotChanged, match="not on the waiting list any more"):
        move(people[0], position=1, seen=1, by=approver)


def test_change_of_order_needs_a_reason(session, people, approver):
    with pytest.raises(services.errors.ReasonNeeded):
        move(people[4], position=1, seen=4, by=approver, reason=" ")


def test_approving_by_hand_does_not_overtake_the_list(webinar, session, people, approver):
    newcomer = make_registration(webinar, [session])
    type(session).objects.update(capacity=2)

    notes = [decide(person, approver, Move.APPROVE)[0].note for person in (newcomer, people[2], people[1])]

    assert notes == [
        "The free places go to the waiting list first; put the person on it.",
        "Others are next on the waiting list. Change the order there, with a reason.",
        "",
    ]


def test_places_that_the_list_leaves_go_to_anybody(webinar, session, people, approver):
    newcomers = [make_registration(webinar, [session]) for _number in range(2)]
    type(session).objects.update(capacity=6)

    notes = [decide(person, approver, Move.APPROVE)[0].note for person in newcomers]

    assert notes == ["", "The free places go to the waiting list first; put the person on it."]


@pytest.mark.parametrize("position", [3, 1])
def test_moving_takes_a_fixed_number_of_queries(
    session, people, approver, position, django_assert_num_queries
):
    with django_assert_num_queries(10):
        move(people[4], position=position, seen=4, by=approver)


def test_whose_answers_changed_since_the_page_was_opened_is_not_moved(session, people, approver):
    seat = people[3].seats.get()
    shown = at_sight.standing(seat.pk)
    people[3].organisation = "Another"
    people[3].save()

    turn = services.waiting_list.PositionRequest(
        position=1, seen=3, shown=shown, reason="A mentor.", by=approver, now=NOW
    )

    with pytest.raises(services.errors.ChangedMeanwhile, match="changed their answers"):
        services.waiting_list.move_on_list(seat.pk, turn=turn)

    assert order(session, people) == [1, 2, 3, 4]

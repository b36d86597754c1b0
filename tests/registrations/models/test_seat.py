"""Which seats each named query finds, whoever they belong to and whatever was decided about them."""

from datetime import timedelta

import pytest
from django.db.models import Count

from registrations.models import HAS_PLACE, Kind, Registration, Seat, SessionState, is_flagged
from registrations.states import OPEN_SEATS, RegistrationState, SeatState
from tests.registrations.factories import ENDS, NOW, STARTS, make_registration, make_session

pytestmark = pytest.mark.django_db
Active, State = RegistrationState.ACTIVE, SeatState
EVERY_PAIR = [(person, seat) for person in RegistrationState for seat in SeatState]


def make_seat(session, *, person=Active, **columns):
    """Make a seat of somebody who is in a state, as the columns say."""
    registration = make_registration(session.webinar, [session])
    Seat.objects.filter(registration=registration).update(**columns)
    become(registration, person)
    return registration.seats.get()


def become(registration, state):
    blank = dict.fromkeys(("first_name", "last_name", "email", "organisation", "search_key"), "")
    erased = blank if state == RegistrationState.ERASED else {}
    Registration.objects.filter(pk=registration.pk).update(state=state, **erased)


def pairs(seats):
    """Return in which state each seat's person is, and the seat itself."""
    return set(seats.values_list("registration__state", "state"))


@pytest.fixture
def one_of_each(session):
    """Make a seat in each state of somebody in each state."""
    for person, state in EVERY_PAIR:
        make_seat(session, person=person, state=state)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("of_active_people", lambda person, _seat: person == "active"),
        ("without_unconfirmed", lambda person, _seat: person != "unconfirmed"),
        ("without_erased", lambda person, _seat: person != "erased"),
        ("approved", lambda _person, seat: seat == "approved"),
        ("rejected", lambda _person, seat: seat == "rejected"),
        ("not_cancelled", lambda _person, seat: seat != "cancelled"),
        ("open", lambda _person, seat: seat in ("requested", "approved", "waitlisted")),
        ("with_place", lambda person, seat: (person, seat) == ("active", "approved")),
        ("to_decide", lambda person, seat: (person, seat) == ("active", "requested")),
        ("waiting", lambda person, seat: (person, seat) == ("active", "waitlisted")),
        ("in_turn", lambda person, seat: (person, seat) == ("active", "waitlisted")),
        ("undecided", lambda person, seat: person == "active" and seat in ("requested", "waitlisted")),
    ],
)
def test_query_finds_the_states_it_speaks_of(one_of_each, query, finds):
    found = getattr(Seat.objects, query)()

    assert pairs(found) == {pair for pair in EVERY_PAIR if finds(*pair)}


def test_queries_say_what_a_row_says_of_itself(one_of_each):
    rows = list(Seat.objects.select_related("registration"))

    assert set(Seat.objects.with_place()) == {row for row in rows if row.has_place}
    assert set(Seat.objects.open()) == {row for row in rows if row.state in OPEN_SEATS}


def test_places_are_counted_beside_other_seats_in_one_query(one_of_each, django_assert_num_queries):
    with django_assert_num_queries(1):
        counts = Seat.objects.aggregate(all=Count("pk"), places=Count("pk", filter=HAS_PLACE))

    assert counts == {"all": len(EVERY_PAIR), "places": 1}


def test_of_participants_leaves_guests_out(session):
    ours, guest = make_seat(session), make_seat(session, outcome="")
    Registration.objects.filter(seats=guest).update(kind=Kind.GUEST)

    assert list(Seat.objects.of_participants()) == [ours]


def test_eligible_leaves_out_other_verdicts_and_none(session):
    eligible = make_seat(session)
    for outcome in ("review", "not_eligible", ""):
        make_seat(session, outcome=outcome)

    assert list(Seat.objects.eligible()) == [eligible]


def test_turned_away_is_whom_staff_rejected_or_took_off(session, approver):
    rejected = make_seat(session, state=State.REJECTED)
    taken_off = make_seat(session, state=State.CANCELLED, decided_by=approver, decided_at=NOW)
    make_seat(session, state=State.CANCELLED)
    make_seat(session, state=State.APPROVED, decided_by=approver, decided_at=NOW)

    assert set(Seat.objects.turned_away()) == {rejected, taken_off}


def test_in_turn_is_who_may_have_a_place_as_they_asked_or_as_staff_put_them(session):
    first, second, third = (make_seat(session, state=State.WAITLISTED) for _number in range(3))
    for outcome in ("review", "not_eligible"):
        make_seat(session, state=State.WAITLISTED, outcome=outcome)
    guest = make_seat(session, state=State.WAITLISTED, outcome="")
    Seat.objects.filter(pk=first.pk).update(waiting_rank=third.pk)
    Seat.objects.filter(pk=third.pk).update(waiting_rank=first.pk)

    assert list(session.seats.in_turn()) == [third, second, first, guest]


@pytest.mark.parametrize(
    ("person", "state", "publication", "is_due"),
    [
        (Active, State.REQUESTED, 6, True),
        (RegistrationState.UNCONFIRMED, State.REQUESTED, 6, True),
        (Active, State.REJECTED, 6, True),
        (Active, State.REQUESTED, 7, False),
        (Active, State.REQUESTED, None, False),
        (Active, State.CANCELLED, 6, False),
        (RegistrationState.WITHDRAWN, State.REJECTED, 6, False),
        (RegistrationState.EXPIRED, State.REQUESTED, 6, False),
        (RegistrationState.ERASED, State.REJECTED, 6, False),
    ],
)
def test_due_for_reassessment(session, person, state, publication, is_due):
    make_seat(session, person=person, state=state, publication_number=publication)

    assert Seat.objects.due_for_reassessment(7).exists() is is_due


@pytest.mark.parametrize(
    ("flagged_at", "columns", "now"),
    [
        (None, {}, NOW),
        (NOW, {}, NOW),
        (NOW, {}, ENDS - timedelta(seconds=1)),
        (NOW, {}, ENDS),
        (NOW, {"starts_at": None, "ends_at": None}, ENDS),
        (NOW, {"starts_at": STARTS, "ends_at": ENDS, "state": SessionState.CANCELLED}, NOW),
    ],
    ids=["not flagged", "flagged", "until the end", "over", "without a date", "called off"],
)
def test_flagged_is_what_the_row_says(webinar, flagged_at, columns, now):
    seat = make_seat(make_session(webinar, **columns), flagged_at=flagged_at)

    assert Seat.objects.filter(is_flagged(now)).exists() is seat.is_flagged(now)

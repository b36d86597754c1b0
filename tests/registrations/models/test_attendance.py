"""Which attendances each named query finds."""

import pytest

from registrations.models import Attendance, Registration
from registrations.states import RegistrationState, SeatState
from tests.registrations.factories import make_attendance, make_registration

pytestmark = pytest.mark.django_db
State, Match = Attendance.State, Attendance.Match


def matched(session, by, *, seat="approved", person="active", match=Match.ADDRESS):
    registration = make_registration(session.webinar, [session], state=person)
    registration.seats.update(state=seat)
    return make_attendance(session, by=by, state=State.MATCHED, match=match, seat=registration.seats.get())


def test_settled_by_staff_is_matched_by_hand_or_set_aside(session, approver):
    by_hand = matched(session, approver, match=Match.HAND)
    aside = make_attendance(session, by=approver, state=State.DISMISSED)
    matched(session, approver)
    make_attendance(session, by=approver)

    assert set(Attendance.objects.settled_by_staff()) == {by_hand, aside}


@pytest.mark.parametrize(
    ("seat", "person", "is_looked_at"),
    [
        (SeatState.APPROVED, RegistrationState.ACTIVE, False),
        (SeatState.CANCELLED, RegistrationState.ACTIVE, True),
        (SeatState.WAITLISTED, RegistrationState.ACTIVE, True),
        (SeatState.APPROVED, RegistrationState.WITHDRAWN, True),
    ],
)
def test_to_look_at_is_who_came_without_a_place(session, approver, seat, person, is_looked_at):
    there = matched(session, approver, seat=seat, person=person)

    assert list(Attendance.objects.not_approved()) == [there] * is_looked_at
    assert list(Attendance.objects.to_check()) == [there] * is_looked_at


def test_whoever_is_erased_since_keeps_the_place_they_had(session, approver):
    there = matched(session, approver)
    blank = dict.fromkeys(("first_name", "last_name", "email", "organisation", "search_key"), "")
    Registration.objects.filter(seats=there.seat).update(state=RegistrationState.ERASED, **blank)

    assert not Attendance.objects.to_check().exists()


def test_to_match_and_unknown_have_no_seat(session, approver):
    matched(session, approver)
    named = make_attendance(session, by=approver, name="Ada")
    emptied = make_attendance(session, by=approver)

    assert set(Attendance.objects.to_match()) == {named, emptied}
    assert list(Attendance.objects.unknown()) == [named]

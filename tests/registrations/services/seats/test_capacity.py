"""A session with so many places, and its waiting list."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from registrations import services
from registrations.models import Action, BulkJob, HistoryEntry, Kind, Registration, Seat
from registrations.services import runner
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    calendar_mails,
    carry_out,
    kinds,
    left_alone,
    make_registration,
)

pytestmark = pytest.mark.django_db

FULL = "All places of this session are taken; put the seat on the waiting list."


def decide(registration, move, by, now=NOW):
    decision = services.decisions.Decision(move=move, by=by, now=now, reason="Because.")
    ids = list(registration.seats.values_list("pk", flat=True))
    return at_sight.decide_seats(registration.pk, seat_ids=ids, decision=decision)


def states():
    return list(Seat.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def two_places(session):
    session.capacity = 2
    session.save()
    return session


@pytest.fixture
def people(webinar, two_places):
    return [make_registration(webinar, [two_places]) for _number in range(5)]


@pytest.fixture
def full(people, approver):
    """Let two people have the places, and two more be on the waiting list; the fifth is not decided about."""
    for person, move in zip(people, [Move.APPROVE] * 2 + [Move.WAITLIST] * 2, strict=False):
        decide(person, move, approver)
    return people


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
        result.note == "The verdict is not “eligible”: approving needs an override by two members of staff."
    )


@pytest.mark.parametrize(
    "frees",
    [
        lambda person, by: services.people.withdraw(person.pk, now=NOW),
        lambda person, by: decide(person, Move.REJECT, by),
        lambda person, by: decide(person, Move.CANCEL, by),
        lambda person, by: decide(person, Move.PUT_BACK, by),
    ],
    ids=["withdrawn", "rejected", "cancelled", "put back"],
)
def test_free_place_goes_by_itself_to_who_asked_first(full, approver, frees):
    frees(full[0], approver)

    services.runner.sweep(NOW)
    services.runner.sweep(NOW)

    assert states()[1:] == ["approved", "approved", "waitlisted", "requested"]
    assert calendar_mails(full[2])[-1][:2] == ("invitation", "REQUEST")
    assert kinds(full[3]) == ["waitlisted"]
    entry = HistoryEntry.objects.get(action=Action.PROMOTED)
    assert (entry.registration, entry.actor, entry.by) == (full[2], "system", None)


def test_more_places_go_to_the_waiting_list(full, two_places):
    type(two_places).objects.update(capacity=9)

    services.runner.sweep(NOW)

    assert states() == ["approved"] * 4 + ["requested"]
    assert BulkJob.objects.get(kind=BulkJob.Kind.PROMOTION).total == 2


def test_place_in_a_session_without_a_date_is_kept_by_mail(full, approver, two_places):
    type(two_places).objects.update(starts_at=None, ends_at=None)
    decide(full[0], Move.REJECT, approver)

    services.runner.sweep(NOW)

    assert kinds(full[2]) == ["waitlisted", "place_kept"]


def test_free_place_passes_over_who_is_not_eligible_any_more(full, approver):
    Seat.objects.filter(registration=full[2]).update(outcome="not_eligible")
    decide(full[0], Move.REJECT, approver)

    services.runner.sweep(NOW)

    assert states()[2:4] == ["waitlisted", "approved"]


def test_nothing_is_written_while_nobody_can_have_the_place(full, approver):
    Seat.objects.filter(state="waitlisted").update(outcome="not_eligible")
    decide(full[0], Move.REJECT, approver)

    services.runner.sweep(NOW)

    assert not BulkJob.objects.filter(kind=BulkJob.Kind.PROMOTION).exists()


def test_interrupted_promotion_goes_on_and_gives_no_place_twice(full, two_places, approver):
    type(two_places).objects.update(capacity=3)
    runner.places.start_promotions(NOW)
    services.people.withdraw(full[2].pk, now=NOW)  # the first of the list, after the job was written

    services.runner.sweep(NOW)

    assert states()[2:] == ["cancelled", "approved", "requested"]


def test_promotion_whose_place_was_taken_meanwhile_gives_no_more_than_there_are(full, two_places):
    type(two_places).objects.update(capacity=3)
    runner.places.start_promotions(NOW)
    both = list(Seat.objects.filter(state="waitlisted").values_list("pk", flat=True))

    runner.STEPS[BulkJob.Kind.PROMOTION].apply(BulkJob.objects.get(), both, NOW)

    assert states()[2:4] == ["approved", "waitlisted"]


def test_waiting_list_of_a_session_that_is_over_is_told_that_no_place_became_free(full, approver):
    decide(full[0], Move.REJECT, approver, now=ENDS - timedelta(seconds=1))

    services.runner.sweep(ENDS)

    assert states() == ["rejected", "approved", "cancelled", "cancelled", "cancelled"]
    assert kinds(full[2]) == ["waitlisted", "undecided"]


def test_waiting_list_of_a_session_called_off_is_told_why(full, two_places, editor):
    services.sessions.cancel_session(two_places.pk, reason="A strike.", by=editor, now=NOW)
    carry_out()

    assert states() == ["cancelled"] * 5
    assert kinds(full[2]) == ["waitlisted", "session_cancelled"]


@pytest.mark.parametrize("move", [Move.REJECT, Move.PUT_BACK, Move.CANCEL])
def test_staff_take_somebody_off_the_waiting_list(full, approver, move):
    assert decide(full[2], move, approver)[0].changed


def test_person_gives_up_waiting(full):
    services.people.withdraw(full[2].pk, now=NOW)

    assert Registration.objects.get(pk=full[2].pk).seats.get().state == "cancelled"


@pytest.mark.parametrize("count", [1, 3])
def test_promoting_takes_a_fixed_number_of_queries(
    webinar, two_places, approver, count, django_assert_num_queries
):
    for _number in range(2):
        approve(make_registration(webinar, [two_places]), approver)
    for _number in range(count):
        decide(make_registration(webinar, [two_places]), Move.WAITLIST, approver)
    type(two_places).objects.update(capacity=9)
    runner.places.start_promotions(NOW)

    with django_assert_num_queries(21):
        runner.work_one_chunk(NOW)

    assert states() == ["approved"] * (2 + count)


def test_sweep_asks_one_question_where_nobody_waits(webinar, session, django_assert_num_queries):
    with django_assert_num_queries(1):
        runner.places.start_promotions(NOW)

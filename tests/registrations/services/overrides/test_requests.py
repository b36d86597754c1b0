"""Going against the verdict, by two people: one seat, and a batch."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from registrations import services
from registrations.models import BulkJob, HistoryEntry, MailKind, OutgoingMail, Override, Seat
from registrations.services.jobs import runner
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    calendar_mails,
    carry_out,
    draft_without,
    kinds,
    left_alone,
    make_registration,
    publish,
    release,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubtful(webinar, session):
    return make_registration(webinar, [session], country="NO", ask_review=True).seats.get()


def test_override_by_two_people_approves_and_invites(doubtful, approver, second_approver):
    override = at_sight.request_override(doubtful.pk, by=approver, reason="Speaker's partner.", now=NOW)

    seat = at_sight.confirm_override(override.pk, by=second_approver, now=NOW)

    assert (seat.state, seat.override, seat.decided_by) == ("approved", override, second_approver)
    assert calendar_mails(seat.registration) == [(MailKind.INVITATION, "REQUEST", 1)]
    assert list(HistoryEntry.objects.order_by("id").values_list("action", "by__username")) == [
        ("override_requested", "approver"),
        ("override_confirmed", "approver2"),
    ]


def test_override_request_alone_approves_nothing(doubtful, approver):
    at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)

    doubtful.refresh_from_db()
    assert doubtful.state == "requested"
    assert kinds() == []


def test_override_refuses_the_same_person_twice(doubtful, approver):
    override = at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)

    with pytest.raises(services.errors.OverrideNotPossible, match="Another member of staff"):
        at_sight.confirm_override(override.pk, by=approver, now=NOW)


def test_the_database_refuses_one_person_as_both(doubtful, approver):
    override = at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)

    with pytest.raises(IntegrityError, match="override_needs_a_second_person"), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(confirmed_by=approver)


def test_override_needs_a_written_reason(doubtful, approver):
    with pytest.raises(services.errors.ReasonNeeded):
        at_sight.request_override(doubtful.pk, by=approver, reason=" ", now=NOW)


def test_override_is_refused_where_the_verdict_is_eligible(webinar, session, approver):
    seat = make_registration(webinar, [session]).seats.get()

    with pytest.raises(services.errors.OverrideNotPossible, match="no exception is needed"):
        at_sight.request_override(seat.pk, by=approver, reason="Why.", now=NOW)


def test_override_is_asked_for_once(doubtful, approver, second_approver):
    at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)

    with pytest.raises(services.errors.OverrideNotPossible, match="already waiting"):
        at_sight.request_override(doubtful.pk, by=second_approver, reason="Why.", now=NOW)


def test_override_cannot_be_confirmed_twice(doubtful, approver, second_approver):
    override = at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)
    at_sight.confirm_override(override.pk, by=second_approver, now=NOW)

    with pytest.raises(services.errors.OverrideNotPossible, match="already confirmed or declined"):
        at_sight.confirm_override(override.pk, by=second_approver, now=NOW)


def test_declining_an_override_leaves_the_seat_and_the_record(doubtful, approver, second_approver):
    override = at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)

    services.overrides.decline_override(override.pk, by=second_approver, now=NOW)

    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.overrides.count()) == ("requested", 0)
    assert HistoryEntry.objects.first().facts["reason"] == "Why."


def test_rejecting_ends_an_open_override(doubtful, approver):
    at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=NOW)

    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Because.")
    at_sight.decide_seats(doubtful.registration_id, seat_ids=[doubtful.pk], decision=decision)

    assert doubtful.overrides.count() == 0


def test_override_after_the_session_is_refused(doubtful, approver):
    with pytest.raises(services.errors.OverrideNotPossible, match="cancelled or over"):
        at_sight.request_override(doubtful.pk, by=approver, reason="Why.", now=ENDS + timedelta(days=1))


@pytest.fixture
def flagged(webinar, session, approver):
    """Return the seats of two people with a place that the lists no longer give."""
    people = [approve(make_registration(webinar, [session], country="TN"), approver) for _person in range(2)]
    publish(draft_without("TN"))
    carry_out(NOW)
    return [person.seats.get() for person in people]


@pytest.fixture
def batch(flagged, doubtful, approver):
    """Return the batch of an override asked for two flagged seats and one that waits against its verdict."""
    return ask([*flagged, doubtful], approver)


def ask(seats, by, reason="Invited in April."):
    return at_sight.request_overrides([seat.pk for seat in seats], by=by, reason=reason, now=NOW)


def seats_now():
    return list(Seat.objects.order_by("pk").values_list("state", "flagged_at", "override__batch", "reason"))


def everything():
    tables = (Seat, Override, HistoryEntry, OutgoingMail)
    return [list(model.objects.order_by("pk").values()) for model in tables]


def test_batch_asks_for_all_with_one_reason_and_changes_no_seat(flagged, doubtful, approver):
    before, mailed = list(Seat.objects.order_by("pk").values()), kinds()

    batch = ask([*flagged, doubtful], approver)

    assert (list(Seat.objects.order_by("pk").values()), kinds()) == (before, mailed)
    assert list(
        Override.objects.order_by("seat").values_list("seat", "reason", "requested_by__username", "batch")
    ) == [(seat.pk, "Invited in April.", "approver", batch) for seat in [*flagged, doubtful]]
    entries = HistoryEntry.objects.filter(action="override_requested")
    assert {entry.registration_id for entry in entries} == {
        seat.registration_id for seat in [*flagged, doubtful]
    }


def test_batch_skips_what_is_not_possible_and_says_why(
    webinar, session, flagged, doubtful, approver, second_approver
):
    eligible = make_registration(webinar, [session]).seats.get()
    gone = make_registration(webinar, [session], country="NO", state="withdrawn").seats.get()
    cancelled = make_registration(webinar, [session], country="NO").seats.get()
    Seat.objects.filter(pk=cancelled.pk).update(state="cancelled")
    asked = at_sight.request_override(flagged[0].pk, by=second_approver, reason="Mine.", now=NOW)
    seats = [cancelled, doubtful, eligible, gone, *flagged]

    results = services.overrides.preview_requests([seat.pk for seat in seats], now=NOW)
    batch = ask(seats, approver)

    assert [(result.seat, result.changed, result.note) for result in results] == [
        (flagged[0], False, "An exception for this place is already waiting for a second person."),
        (flagged[1], True, ""),
        (doubtful, True, ""),
        (eligible, False, "The verdict is “eligible”; no exception is needed."),
        (gone, False, "This registration is no longer active."),
        (cancelled, False, "“approve” is not possible: this one is “cancelled”."),
    ]
    assert list(services.overrides.open_batch(batch).values_list("seat", flat=True)) == sorted(
        [flagged[1].pk, doubtful.pk]
    )
    assert Override.objects.filter(batch=None).get() == asked


def test_batch_needs_a_written_reason(flagged, approver):
    with pytest.raises(services.errors.ReasonNeeded):
        ask(flagged, approver, reason="  ")

    assert Override.objects.count() == 0


def test_batch_of_nothing_possible_is_refused(webinar, session, approver):
    with pytest.raises(services.errors.OverrideNotPossible, match="None of these places"):
        ask([make_registration(webinar, [session]).seats.get()], approver)


def test_second_person_confirms_a_batch_once(flagged, doubtful, batch, second_approver):
    mailed = OutgoingMail.objects.count()

    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    carry_out(NOW)

    job.refresh_from_db()
    assert (job.kind, job.state, job.total, job.changed, job.skipped) == ("override", "done", 3, 3, 0)
    assert seats_now() == [("approved", None, batch, "Invited in April.")] * 3
    assert set(Override.objects.values_list("confirmed_by__username", "confirmed_at")) == {("approver2", NOW)}
    assert HistoryEntry.objects.filter(action="override_confirmed", by=second_approver).count() == 3
    assert OutgoingMail.objects.count() == mailed + 1
    assert calendar_mails(doubtful.registration)[-1][:2] == (MailKind.INVITATION, "REQUEST")


def test_who_asked_for_a_batch_cannot_confirm_it(batch, approver):
    before = everything()

    with pytest.raises(services.errors.OverrideNotPossible, match="Another member of staff"):
        at_sight.start_confirming(batch, by=approver, now=NOW)

    assert (everything(), BulkJob.objects.filter(kind="override").count()) == (before, 0)


def test_confirming_a_batch_twice_changes_nothing(batch, second_approver):
    at_sight.start_confirming(batch, by=second_approver, now=NOW)
    with pytest.raises(services.errors.OverrideNotPossible, match="their bulk job carries them out"):
        at_sight.start_confirming(batch, by=second_approver, now=NOW)
    carry_out(NOW)
    before = everything()

    with pytest.raises(services.errors.OverrideNotPossible, match="already confirmed or declined"):
        at_sight.start_confirming(batch, by=second_approver, now=NOW)
    BulkJob.objects.filter(kind="override").update(due_at=NOW, cursor=0)
    carry_out(NOW)

    assert everything() == before


def test_declining_a_batch_leaves_the_seats_and_the_record(batch, second_approver):
    before = list(Seat.objects.order_by("pk").values())

    declined = services.overrides.decline_batch(batch, by=second_approver, now=NOW)

    assert (declined, Override.objects.count()) == (3, 0)
    assert list(Seat.objects.order_by("pk").values()) == before
    declines = HistoryEntry.objects.filter(action="override_declined", by=second_approver)
    assert [entry.facts["reason"] for entry in declines] == ["Invited in April."] * 3


@pytest.mark.parametrize("answer", [at_sight.start_confirming, services.overrides.decline_batch])
def test_a_declined_batch_cannot_be_answered_again(answer, batch, second_approver):
    services.overrides.decline_batch(batch, by=second_approver, now=NOW)

    with pytest.raises(services.errors.OverrideNotPossible, match="already confirmed or declined"):
        answer(batch, by=second_approver, now=NOW)


def test_a_batch_that_a_worker_confirms_cannot_be_declined(batch, second_approver):
    at_sight.start_confirming(batch, by=second_approver, now=NOW)

    with pytest.raises(services.errors.OverrideNotPossible, match="their bulk job carries them out"):
        services.overrides.decline_batch(batch, by=second_approver, now=NOW)


def test_what_was_decided_in_between_is_left_alone(flagged, batch, approver, second_approver):
    """One seat is cancelled before the answer, one becomes eligible behind it: that one is skipped and stays open."""
    decision = services.decisions.Decision(move=Move.CANCEL, by=approver, now=NOW, reason="No place.")
    at_sight.decide_seats(flagged[0].registration_id, seat_ids=[flagged[0].pk], decision=decision)
    Seat.objects.filter(pk=flagged[1].pk).update(outcome="eligible", flagged_at=None)

    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    carry_out(NOW)

    job.refresh_from_db()
    assert (job.total, job.changed, job.skipped, job.failed) == (2, 1, 1, 0)
    assert left_alone(job) == [
        (flagged[1].pk, "skipped", "The verdict is “eligible”; no exception is needed.")
    ]
    assert list(services.overrides.open_batch(batch).values_list("seat", flat=True)) == [flagged[1].pk]
    assert Seat.objects.get(pk=flagged[0].pk).state == "cancelled"


def test_a_confirmed_batch_goes_on_where_it_was_interrupted(batch, second_approver, monkeypatch):
    monkeypatch.setattr(runner, "CHUNK", 2)
    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    release()
    runner.work_one_chunk(NOW)
    half_way = services.overrides.open_batch(batch).count()

    carry_out(NOW)

    job.refresh_from_db()
    assert (half_way, services.overrides.open_batch(batch).count()) == (1, 0)
    assert (job.state, job.changed) == ("done", 3)


def test_a_batch_of_several_chunks_is_asked_for_and_declined(flagged, doubtful, approver, monkeypatch):
    monkeypatch.setattr("webinar_site.foundation.chunks.CHUNK", 2)

    batch = ask([*flagged, doubtful], approver)

    assert services.overrides.open_batch(batch).count() == 3
    assert services.overrides.decline_batch(batch, by=approver, now=NOW) == 3


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_of_overrides_takes_a_fixed_number_of_queries(
    webinar, session, approver, second_approver, count, django_assert_num_queries
):
    seats = [make_registration(webinar, [session], country="NO").seats.get() for _number in range(count)]
    with django_assert_num_queries(12):
        batch = ask(seats, approver)
    at_sight.start_confirming(batch, by=second_approver, now=NOW)
    release()

    with django_assert_num_queries(22):
        runner.work_one_chunk(NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_declining_a_batch_takes_a_fixed_number_of_queries(
    webinar, session, approver, second_approver, count, django_assert_num_queries
):
    seats = [make_registration(webinar, [session], country="NO").seats.get() for _number in range(count)]
    batch = ask(seats, approver)

    with django_assert_num_queries(17):
        services.overrides.decline_batch(batch, by=second_approver, now=NOW)


def test_flagged_people_are_cancelled_together_with_a_reason(flagged, approver):
    decision = services.decisions.Decision(
        move=Move.CANCEL, by=approver, now=NOW, reason="The list was corrected on 27 April."
    )
    at_sight.start_bulk_decision([seat.pk for seat in flagged], decision=decision)
    carry_out(NOW)

    assert seats_now() == [("cancelled", None, None, "The list was corrected on 27 April.")] * 2
    for seat in flagged:
        assert [mail[:2] for mail in calendar_mails(seat.registration)] == [
            (MailKind.INVITATION, "REQUEST"),
            (MailKind.CANCELLED, "CANCEL"),
        ]
    reasons = [mail.facts["reason"] for mail in OutgoingMail.objects.filter(kind=MailKind.CANCELLED)]
    assert reasons == ["The list was corrected on 27 April."] * 2


def test_override_of_a_seat_that_changed_since_the_page_was_opened_is_not_asked_for(
    webinar, session, approver
):
    seat = make_registration(webinar, [session], country="NO").seats.get()
    shown = at_sight.standing(seat.pk)
    Seat.objects.filter(pk=seat.pk).update(outcome="review")

    with pytest.raises(
        services.errors.ChangedMeanwhile, match="verdict has changed meanwhile: “a person decides”"
    ):
        services.overrides.request_override(seat.pk, shown=shown, by=approver, reason="Partner.", now=NOW)

    assert Override.objects.count() == 0


def test_override_of_a_seat_that_changed_since_the_page_was_opened_is_not_confirmed(
    webinar, session, approver, second_approver
):
    seat = make_registration(webinar, [session], country="NO").seats.get()
    asked = at_sight.request_override(seat.pk, by=approver, reason="Partner.", now=NOW)
    shown = at_sight.standing(seat.pk)
    Seat.objects.filter(pk=seat.pk).update(outcome="review")

    with pytest.raises(
        services.errors.ChangedMeanwhile, match="verdict has changed meanwhile: “a person decides”"
    ):
        services.overrides.confirm_override(asked.pk, shown=shown, by=second_approver, now=NOW)

    seat.refresh_from_db()
    assert seat.state == "requested"


def test_batch_is_not_asked_for_where_a_seat_has_changed(flagged, approver, second_approver):
    shown = at_sight.standings([seat.pk for seat in flagged])
    rejection = services.decisions.Decision(move=Move.CANCEL, by=second_approver, now=NOW, reason="No place.")
    at_sight.decide_seats(flagged[0].registration_id, seat_ids=[flagged[0].pk], decision=rejection)

    with pytest.raises(services.errors.ChangedMeanwhile, match="by approver2"):
        services.overrides.request_overrides(shown, by=approver, reason="Partners.", now=NOW)

    assert Override.objects.count() == 0


@pytest.mark.parametrize("leaves_out", [False, True], ids=["changed", "not shown"])
def test_batch_is_not_confirmed_where_a_seat_has_changed_or_was_not_shown(
    leaves_out, flagged, batch, approver, second_approver
):
    shown = at_sight.standings([seat.pk for seat in flagged])
    if leaves_out:
        del shown[flagged[0].pk]
    else:
        Seat.objects.filter(pk=flagged[0].pk).update(outcome="review")

    with pytest.raises(services.errors.ChangedMeanwhile):
        services.overrides.start_confirming(batch, shown=shown, by=second_approver, now=NOW)

    assert BulkJob.objects.filter(kind="override").count() == 0


def test_confirmed_batch_skips_what_was_decided_while_it_waited(flagged, batch, approver, second_approver):
    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    later = NOW + timedelta(minutes=1)
    cancel = services.decisions.Decision(move=Move.CANCEL, by=approver, now=later, reason="No place.")
    at_sight.decide_seats(flagged[0].registration_id, seat_ids=[flagged[0].pk], decision=cancel)

    carry_out(later)

    ((seat, result, why),) = left_alone(job)
    assert (seat, result) == (flagged[0].pk, "skipped")
    assert why.startswith("Decided meanwhile by approver, at ")
    assert Seat.objects.get(pk=flagged[0].pk).state == "cancelled"


def test_confirmed_batch_skips_whose_request_was_declined_while_it_waited(
    flagged, batch, approver, second_approver
):
    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    asked = services.overrides.open_batch(batch).get(seat=flagged[0])
    services.overrides.decline_override(asked.pk, by=second_approver, now=NOW)

    carry_out(NOW)

    assert left_alone(job) == [
        (
            flagged[0].pk,
            "skipped",
            "The request for an exception has been answered or has ended meanwhile.",
        )
    ]


def test_batch_confirmed_before_standings_were_noted_is_carried_out(flagged, batch, second_approver):
    job = at_sight.start_confirming(batch, by=second_approver, now=NOW)
    job.planned.all().delete()

    carry_out(NOW)

    job.refresh_from_db()
    assert (job.state, job.total, job.changed, job.skipped) == ("done", 3, 3, 0)

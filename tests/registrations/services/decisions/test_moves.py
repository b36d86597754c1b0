"""What staff decide."""

import pytest
from django.db import IntegrityError, transaction

from registrations import services
from registrations.models import HistoryEntry, HistoryIsAppendOnly, MailKind, OutgoingMail, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    calendar_mails,
    kinds,
    make_guest,
    make_registration,
    make_session,
    make_undated_session,
)

pytestmark = pytest.mark.django_db


def decision(move, by, reason="Because.", now=NOW, reason_code=""):
    return services.decisions.Decision(move=move, by=by, now=now, reason=reason, reason_code=reason_code)


def decide(registration, move, by, **fields):
    ids = list(registration.seats.values_list("pk", flat=True))
    return at_sight.decide_seats(registration.pk, seat_ids=ids, decision=decision(move, by, **fields))


def states(registration):
    return list(registration.seats.values_list("state", flat=True))


def test_approve_invites_to_the_dated_and_keeps_the_place_in_the_undated_session(
    webinar, session, later_session, approver
):
    registration = make_registration(webinar, [session, later_session])

    results = decide(registration, Move.APPROVE, approver)

    assert [result.changed for result in results] == [True, True]
    assert calendar_mails(registration) == [
        (MailKind.INVITATION, "REQUEST", 1),
        (MailKind.PLACE_KEPT, "", -1),
    ]
    assert list(
        registration.seats.values_list("state", "told_method", "told_sequence", "decided_by__username")
    ) == [
        ("approved", "REQUEST", 1, "approver"),
        ("approved", "", None, "approver"),
    ]


def test_decide_takes_one_seat_and_leaves_the_other(webinar, session, later_session, approver):
    registration = make_registration(webinar, [session, later_session])
    first = registration.seats.first()

    at_sight.decide_seats(registration.pk, seat_ids=[first.pk], decision=decision(Move.APPROVE, approver))

    assert states(registration) == ["approved", "requested"]


def test_decide_ignores_a_seat_of_somebody_else(webinar, session, approver):
    registration, other = make_registration(webinar, [session]), make_registration(webinar, [session])

    results = at_sight.decide_seats(
        registration.pk, seat_ids=[other.seats.get().pk], decision=decision(Move.APPROVE, approver)
    )

    assert results == []
    assert states(other) == ["requested"]


def test_approve_twice_says_nothing_new(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    results = decide(registration, Move.APPROVE, approver)

    assert [(result.changed, result.note) for result in results] == [
        (False, "“approve” is not possible: this one is “approved”.")
    ]
    assert kinds(registration) == [MailKind.INVITATION]


def test_reject_before_approval_has_no_calendar_part(webinar, session, approver):
    registration = make_registration(webinar, [session])

    decide(registration, Move.REJECT, approver)

    assert calendar_mails(registration) == [(MailKind.REJECTED, "", -1)]


def test_reject_after_approval_cancels_once_and_nothing_follows(webinar, session, approver, editor):
    registration = approve(make_registration(webinar, [session]), approver)

    decide(registration, Move.REJECT, approver)
    services.sessions.retitle_session(session.pk, title="Another", place="Elsewhere", by=editor, now=NOW)
    services.sweep.run(NOW)

    assert calendar_mails(registration) == [
        (MailKind.INVITATION, "REQUEST", 1),
        (MailKind.REJECTED, "CANCEL", 2),
    ]


def test_approve_after_rejection_invites_above_the_cancellation(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)
    decide(registration, Move.REJECT, approver)

    decide(registration, Move.APPROVE, approver)

    assert calendar_mails(registration)[-1] == (MailKind.INVITATION, "REQUEST", 3)


def test_put_back_after_approval_cancels_and_says_why(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    decide(registration, Move.PUT_BACK, approver, reason="We have to look again.")

    assert calendar_mails(registration)[-1] == (MailKind.PUT_BACK, "CANCEL", 2)
    assert list(registration.seats.values_list("state", "reason")) == [
        ("requested", "We have to look again.")
    ]


def test_cancel_by_staff_gives_the_reason(webinar, session, approver):
    registration = approve(make_registration(webinar, [session]), approver)

    decide(registration, Move.CANCEL, approver, reason="Double entry.")

    assert calendar_mails(registration)[-1] == (MailKind.CANCELLED, "CANCEL", 2)
    assert HistoryEntry.objects.first().facts["reason"] == "Double entry."


@pytest.mark.parametrize("move", [Move.REJECT, Move.PUT_BACK, Move.CANCEL])
def test_decide_against_somebody_needs_a_reason(webinar, session, approver, move):
    registration = approve(make_registration(webinar, [session]), approver)

    with pytest.raises(services.errors.ReasonNeeded):
        decide(registration, move, approver, reason="  ")

    assert states(registration) == ["approved"]


def test_reason_of_the_table_is_enough_and_is_kept_beside_the_words(webinar, session, approver):
    registration = make_registration(webinar, [session])

    decide(registration, Move.REJECT, approver, reason="", reason_code="full")

    seat = registration.seats.get()
    assert (seat.state, seat.reason_code, seat.reason) == ("rejected", "full", "")
    assert HistoryEntry.objects.first().facts == {"reason": "", "reason_code": "full", "outcome": "eligible"}
    facts = registration.mails.get().facts
    assert (facts["reason_code"], facts["reason"], "verdict" in facts) == ("full", "", False)


@pytest.mark.parametrize(
    ("move", "code"), [(Move.REJECT, "wish"), (Move.PUT_BACK, "full"), (Move.APPROVE, "full")]
)
def test_reason_that_goes_with_other_decisions_is_refused(webinar, session, approver, move, code):
    registration = make_registration(webinar, [session])

    with pytest.raises(services.errors.ReasonDoesNotFit):
        decide(registration, move, approver, reason_code=code)

    assert states(registration) == ["requested"]


def test_reason_that_the_verdict_contradicts_is_skipped_and_says_so(webinar, session, approver):
    admitted = make_registration(webinar, [session])
    foreign = make_registration(webinar, [session], country="NO")

    results = [
        decide(person, Move.REJECT, approver, reason="", reason_code="country")[0]
        for person in (admitted, foreign)
    ]

    assert [result.note for result in results] == [
        "The verdict does not say that the country is on no list; choose another reason.",
        "",
    ]
    assert foreign.mails.get().facts["verdict"] == foreign.seats.get().verdict_data


def test_approval_takes_the_reason_of_a_rejection_away(webinar, session, approver):
    registration = make_registration(webinar, [session])
    decide(registration, Move.REJECT, approver, reason_code="full")

    decide(registration, Move.APPROVE, approver, reason="")

    assert list(registration.seats.values_list("reason_code", "reason")) == [("", "")]


@pytest.mark.parametrize("state", ["unconfirmed", "withdrawn", "expired"])
def test_decide_skips_who_is_not_active(webinar, session, approver, state):
    registration = make_registration(webinar, [session], state=state)

    results = decide(registration, Move.APPROVE, approver)

    assert [(result.changed, result.note) for result in results] == [
        (False, "This registration is no longer active.")
    ]


def test_decide_skips_a_session_that_is_over(webinar, session, approver):
    registration = make_registration(webinar, [session])

    results = decide(registration, Move.APPROVE, approver, now=ENDS)

    assert [result.note for result in results] == ["This session is over."]


def test_approve_refuses_who_is_not_eligible(webinar, session, approver):
    registration = make_registration(webinar, [session], country="NO")

    results = decide(registration, Move.APPROVE, approver)

    assert [result.changed for result in results] == [False]
    assert states(registration) == ["requested"]


def test_the_database_refuses_an_approval_against_the_verdict(webinar, session):
    seat = make_registration(webinar, [session], country="NO").seats.get()

    with pytest.raises(IntegrityError, match="approval_needs_eligibility_or_override"), transaction.atomic():
        Seat.objects.filter(pk=seat.pk).update(state="approved")


def test_decide_raises_sequence_once_and_records_each(webinar, approver):
    sessions = [make_session(webinar), make_session(webinar)]
    registration = make_registration(webinar, sessions)

    approve(registration, approver)

    assert list(webinar.sessions.values_list("sequence", flat=True)) == [1, 1]
    assert list(HistoryEntry.objects.values_list("action", "by__username")) == [("approved", "approver")] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_decide_takes_a_fixed_number_of_queries(webinar, approver, count, django_assert_num_queries):
    registration = make_registration(webinar, [make_undated_session(webinar) for _number in range(count)])

    with django_assert_num_queries(9):  # one of them is the page's
        decide(registration, Move.APPROVE, approver)


def test_preview_says_what_would_happen_and_changes_nothing(webinar, session, approver):
    eligible = make_registration(webinar, [session]).seats.get()
    refused = make_registration(webinar, [session], country="NO").seats.get()

    results = services.decisions.preview_decision(
        [eligible.pk, refused.pk], decision=decision(Move.APPROVE, approver), places=services.seats.Places()
    )

    assert [(result.seat, result.changed, bool(result.note)) for result in results] == [
        (eligible, True, False),
        (refused, False, True),
    ]
    assert OutgoingMail.objects.count() == 0


def test_invite_guest_is_outside_eligibility_and_invited_at_once(webinar, session, later_session, approver):
    registration = services.people.invite_guest(
        webinar.pk, guest=make_guest(session, later_session), by=approver, now=NOW
    )

    assert (registration.kind, registration.state) == ("guest", "active")
    assert (
        list(registration.seats.values_list("state", "outcome", "verdict_data"))
        == [("approved", "", None)] * 2
    )
    assert calendar_mails(registration) == [
        (MailKind.INVITATION, "REQUEST", 1),
        (MailKind.PLACE_KEPT, "", -1),
    ]


def test_invite_guest_refuses_a_registered_address(webinar, session, approver):
    make_registration(webinar, [session], email="speaker@example.eu")

    with pytest.raises(services.errors.AlreadyRegistered):
        services.people.invite_guest(webinar.pk, guest=make_guest(session), by=approver, now=NOW)


def test_invite_guest_refuses_a_foreign_session(webinar, session, approver):
    other = make_session(type(webinar).objects.create(slug="x", title="x", audience=webinar.audience))

    with pytest.raises(services.errors.UnknownSession):
        services.people.invite_guest(webinar.pk, guest=make_guest(session, other), by=approver, now=NOW)


@pytest.mark.django_db
def test_history_cannot_be_changed_or_deleted(webinar, session, approver):
    approve(make_registration(webinar, [session]), approver)

    with pytest.raises(HistoryIsAppendOnly):
        HistoryEntry.objects.update(action="rejected")
    with pytest.raises(HistoryIsAppendOnly):
        HistoryEntry.objects.all().delete()


def test_decision_about_a_seat_that_a_colleague_decided_meanwhile_is_refused(
    webinar, session, approver, second_approver
):
    registration = make_registration(webinar, [session])
    shown = at_sight.standings(registration.seats.values_list("pk", flat=True))
    decide(registration, Move.APPROVE, approver)

    with pytest.raises(
        services.errors.ChangedMeanwhile, match="Decided meanwhile by approver, at Monday 20 April"
    ):
        services.decisions.decide_seats(
            registration.pk, shown=shown, decision=decision(Move.REJECT, second_approver)
        )

    assert (states(registration), kinds(registration)) == (["approved"], ["invitation"])


def test_one_changed_seat_holds_up_the_others_of_the_same_page(
    webinar, session, later_session, approver, second_approver
):
    registration = make_registration(webinar, [session, later_session])
    shown = at_sight.standings(registration.seats.values_list("pk", flat=True))
    first = registration.seats.first().pk
    at_sight.decide_seats(registration.pk, seat_ids=[first], decision=decision(Move.APPROVE, approver))

    with pytest.raises(services.errors.ChangedMeanwhile):
        services.decisions.decide_seats(
            registration.pk, shown=shown, decision=decision(Move.REJECT, second_approver)
        )

    assert states(registration) == ["approved", "requested"]


@pytest.mark.parametrize(
    ("move", "fields"),
    [(Move.APPROVE, {}), (Move.REJECT, {"reason": "Too late."})],
    ids=["another decision", "another reason"],
)
def test_same_page_sent_twice_says_so_but_not_where_it_says_something_else(
    webinar, session, approver, move, fields
):
    registration = make_registration(webinar, [session])
    shown = at_sight.standings(registration.seats.values_list("pk", flat=True))
    first = decision(Move.REJECT, approver)
    services.decisions.decide_seats(registration.pk, shown=shown, decision=first)

    again = services.decisions.decide_seats(registration.pk, shown=shown, decision=first)
    with pytest.raises(services.errors.ChangedMeanwhile):
        services.decisions.decide_seats(
            registration.pk, shown=shown, decision=decision(move, approver, **fields)
        )

    assert [(result.changed, result.note) for result in again] == [(False, "You have decided this already.")]
    assert kinds(registration) == ["rejected"]

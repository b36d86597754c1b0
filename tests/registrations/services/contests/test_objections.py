"""People object to a result, staff look again and answer."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import (
    Contest,
    MailKind,
    OutgoingMail,
    Registration,
    Seat,
    SessionState,
    Webinar,
    WebinarSession,
)
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import ENDS, NOW, approve, calendar_mails, kinds, make_registration

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def seat(webinar, session):
    """Return the seat of somebody who was rejected."""
    seat = make_registration(webinar, [session]).seats.get()
    Seat.objects.filter(pk=seat.pk).update(state="rejected", reason="No place is left.")
    return seat


@pytest.fixture
def contest(seat):
    return services.contests.file_contest(seat.pk, text="There is one.", now=NOW)


def answer(contest, by, **fields):
    return at_sight.answer_contest(
        contest.pk, **{"answer": "No.", "put_back": False, "by": by, "now": LATER, **fields}
    )


def history(registration):
    entries = registration.history.order_by("id")
    return list(entries.values_list("action", "actor", "by__username", "session__number", "facts"))


def test_contest_waits_for_staff_and_is_recorded_without_its_words(seat):
    contest = services.contests.file_contest(seat.pk, text="There is one.", now=NOW)

    assert list(
        Contest.objects.values("seat", "text", "created_at", "answer", "answered_by", "answered_at")
    ) == [
        {
            "seat": seat.pk,
            "text": "There is one.",
            "created_at": NOW,
            "answer": "",
            "answered_by": None,
            "answered_at": None,
        }
    ]
    assert history(seat.registration) == [
        (
            "contested",
            "person",
            None,
            1,
            {"contest": contest.pk, "state": "rejected", "outcome": "eligible"},
        )
    ]
    assert kinds() == [MailKind.CONTEST_RECEIVED]


@pytest.mark.parametrize(
    ("decide_by", "promised"),
    [(NOW.date(), "2020-04-20"), (NOW.date() - timedelta(days=1), None), (None, None)],
    ids=["that day", "the day has passed", "no day named"],
)
def test_contest_is_acknowledged_with_the_day_that_is_promised_and_no_other(seat, decide_by, promised):
    Webinar.objects.update(decide_by=decide_by)

    services.contests.file_contest(seat.pk, text="There is one.", now=NOW)

    assert OutgoingMail.objects.get().facts["decide_by"] == promised


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"state": SessionState.CANCELLED}, services.errors.SessionIsCancelled),
        ({"ends_at": NOW, "starts_at": NOW - timedelta(hours=2)}, services.errors.SessionIsOver),
    ],
    ids=["cancelled", "over"],
)
def test_contest_about_a_session_in_which_nothing_is_decided_any_more_is_refused(seat, columns, refusal):
    WebinarSession.objects.update(**columns)

    with pytest.raises(refusal):
        services.contests.file_contest(seat.pk, text="Why?", now=NOW)

    assert (Contest.objects.count(), kinds()) == (0, [])


def test_contest_of_a_requested_seat_whose_verdict_is_not_eligible_is_taken(webinar, session):
    seat = make_registration(webinar, [session], country="US", ask_review=True).seats.get()

    assert services.contests.file_contest(seat.pk, text="A partner.", now=NOW).seat == seat


@pytest.mark.parametrize("state", ["requested", "approved", "cancelled"])
def test_contest_of_an_eligible_seat_that_is_not_rejected_is_refused(seat, state):
    Seat.objects.update(state=state)

    with pytest.raises(services.errors.ContestNotPossible, match=r"^There is nothing to contest"):
        services.contests.file_contest(seat.pk, text="Why?", now=NOW)

    assert (Contest.objects.count(), history(seat.registration)) == (0, [])


@pytest.mark.parametrize("state", ["unconfirmed", "withdrawn", "expired"])
def test_contest_of_a_registration_that_is_not_active_is_refused(seat, state):
    Registration.objects.update(state=state)

    with pytest.raises(services.errors.RegistrationEnded):
        services.contests.file_contest(seat.pk, text="Why?", now=NOW)


def test_second_contest_is_refused_while_the_first_is_open(seat, contest):
    with pytest.raises(services.errors.ContestNotPossible, match=r"^You have contested this already"):
        services.contests.file_contest(seat.pk, text="Why?", now=NOW)

    assert kinds() == [MailKind.CONTEST_RECEIVED]


def test_contest_without_words_is_refused(seat):
    with pytest.raises(services.errors.ContestNotPossible, match=r"^Write what we should look at again\.$"):
        services.contests.file_contest(seat.pk, text=" \n", now=NOW)


def test_contest_after_an_answer_is_taken(seat, contest, approver):
    answer(contest, approver)

    services.contests.file_contest(seat.pk, text="Still.", now=LATER)

    assert list(Contest.objects.values_list("text", "answer")) == [("Still.", ""), ("There is one.", "No.")]


def test_answer_is_mailed_and_leaves_the_seat(seat, contest, approver):
    answer(contest, approver)

    assert list(Contest.objects.values_list("answer", "answered_by__username", "answered_at")) == [
        ("No.", "approver", LATER)
    ]
    assert list(Seat.objects.values_list("state", "reason")) == [("rejected", "No place is left.")]
    assert [(mail.kind, mail.facts.get("answer")) for mail in OutgoingMail.objects.order_by("pk")] == [
        (MailKind.CONTEST_RECEIVED, None),
        (MailKind.CONTEST_ANSWERED, "No."),
    ]
    assert history(seat.registration)[1:] == [
        ("contest_answered", "staff", "approver", 1, {"contest": contest.pk, "put_back": False})
    ]


def test_answer_that_puts_back_tells_both_in_one_mail(seat, contest, approver):
    answer(contest, approver, answer="You are right.", put_back=True)

    assert list(Seat.objects.values_list("state", "reason", "decided_by__username", "decided_at")) == [
        ("requested", "You are right.", "approver", LATER)
    ]
    assert [(mail.kind, mail.facts.get("reason")) for mail in OutgoingMail.objects.order_by("pk")] == [
        (MailKind.CONTEST_RECEIVED, None),
        (MailKind.PUT_BACK, "You are right."),
    ]
    assert history(seat.registration)[1:] == [
        ("contest_answered", "staff", "approver", 1, {"contest": contest.pk, "put_back": True}),
        ("put_back", "staff", "approver", 1, {"reason": "You are right.", "outcome": "eligible"}),
    ]


def test_put_back_after_an_invitation_leaves_the_calendar_as_the_rejection_left_it(
    webinar, session, approver
):
    registration = approve(make_registration(webinar, [session]), approver)
    seat = registration.seats.get()
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=NOW, reason="Full.")
    at_sight.decide_seats(registration.pk, seat_ids=[seat.pk], decision=decision)

    answer(services.contests.file_contest(seat.pk, text="Why?", now=NOW), approver, put_back=True)

    assert calendar_mails(registration) == [
        (MailKind.INVITATION, "REQUEST", 1),
        (MailKind.REJECTED, "CANCEL", 2),
        (MailKind.CONTEST_RECEIVED, "", -1),
        (MailKind.PUT_BACK, "", -1),
    ]


def refuse_put_back(contest, approver, **fields):
    with pytest.raises(services.errors.ContestNotPossible) as refusal:
        answer(contest, approver, put_back=True, **fields)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("state", "note"),
    [
        pytest.param(
            {"state": "requested"},
            "“put back to requested” is not possible: this one is “requested”.",
            id="requested",
        ),
        pytest.param({"registration": "withdrawn"}, "This registration is no longer active.", id="withdrawn"),
        pytest.param(
            {"session": SessionState.CANCELLED}, "This session is cancelled.", id="session cancelled"
        ),
        pytest.param({"now": ENDS}, "This session is over.", id="session over"),
    ],
)
def test_put_back_that_is_not_possible_is_refused_and_leaves_the_contest_open(state, note, contest, approver):
    Seat.objects.update(state=state.get("state", "rejected"))
    Registration.objects.update(state=state.get("registration", "active"))
    WebinarSession.objects.update(state=state.get("session", SessionState.PLANNED))

    assert refuse_put_back(contest, approver, now=state.get("now", LATER)) == note
    assert (Contest.objects.get().is_open, kinds()) == (True, [MailKind.CONTEST_RECEIVED])


def test_answer_without_words_is_refused(contest, approver):
    with pytest.raises(
        services.errors.ContestNotPossible, match=r"^Write the answer; the person will read it\.$"
    ):
        answer(contest, approver, answer=" ")


def test_second_answer_is_refused(contest, approver, second_approver):
    answer(contest, approver)

    with pytest.raises(services.errors.ContestNotPossible, match=r"^A colleague was faster"):
        answer(contest, second_approver, answer="Yes.")

    assert list(Contest.objects.values_list("answer", "answered_by__username")) == [("No.", "approver")]


def test_answer_to_somebody_who_withdrew_is_kept_and_not_mailed(contest, approver):
    services.people.withdraw(contest.seat.registration_id, now=NOW)

    answer(contest, approver)

    assert (Contest.objects.get().answer, kinds()) == (
        "No.",
        [MailKind.CONTEST_RECEIVED, MailKind.WITHDRAWN],
    )


def test_answer_from_a_page_that_showed_another_standing_is_refused(contest, approver, second_approver):
    seat = contest.seat
    reply = services.contests.ContestReply(
        answer="We stay.", put_back=False, shown=at_sight.standing(seat.pk)
    )
    back = services.decisions.Decision(move=Move.PUT_BACK, by=second_approver, now=NOW, reason="Look again.")
    at_sight.decide_seats(seat.registration_id, seat_ids=[seat.pk], decision=back)

    with pytest.raises(services.errors.ChangedMeanwhile, match="by approver2"):
        services.contests.answer_contest(contest.pk, reply=reply, by=approver, now=NOW)

    contest.refresh_from_db()
    assert contest.is_open

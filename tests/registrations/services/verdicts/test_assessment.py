"""When the lists contradict what staff decided: what is flagged, and what takes the flag away."""

from datetime import timedelta

import pytest

from registrations import services
from registrations.models import HistoryEntry, MailKind, OutgoingMail, Seat, SessionState
from registrations.services.people.registration import Submission
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    approve,
    carry_out,
    decide,
    draft_without,
    kinds,
    make_guest,
    make_registration,
    publish,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def publish_with(*codes):
    """Publish a corrigendum to the ENI list, from 27 April 2020, that names more countries."""
    draft = draft_without("DZ")
    for code in codes:
        draft.entries.create(code=code, name=code)
    publish(draft)


def publish_without(code):
    publish(draft_without(code))


def rejected(webinar, session, approver, **fields):
    person = make_registration(webinar, [session], **{"country": "NO", **fields})
    decide(person, approver, Move.REJECT)
    return person.seats.get()


def waitlisted(webinar, session, **fields):
    seat = make_registration(webinar, [session], **{"country": "TN", **fields}).seats.get()
    Seat.objects.filter(pk=seat.pk).update(state="waitlisted")
    return seat


def state_of(seat):
    seat.refresh_from_db()
    return seat.state, seat.outcome, seat.flagged_at


def test_somebody_rejected_whom_the_lists_now_admit_is_flagged_and_hears_nothing(webinar, session, approver):
    seat = rejected(webinar, session, approver)
    mails = OutgoingMail.objects.count()
    publish_with("NO")

    carry_out(LATER)

    assert state_of(seat) == ("rejected", "eligible", LATER)
    assert HistoryEntry.objects.get(action="reassessed").facts["flagged"] is True
    assert OutgoingMail.objects.count() == mails


def test_somebody_on_the_waiting_list_whom_the_lists_no_longer_admit_is_flagged_and_gets_no_place(
    webinar, session
):
    session.capacity = 1
    session.save()
    seat = waitlisted(webinar, session)
    publish_without("TN")
    services.verdicts.reassess(now=LATER)

    carry_out(LATER)

    assert state_of(seat) == ("waitlisted", "not_eligible", LATER)
    assert kinds() == []


@pytest.mark.parametrize("country", ["BE", "GR"])
def test_rejection_for_another_reason_is_not_flagged_where_the_lists_say_what_they_said(
    webinar, session, approver, country
):
    seat = rejected(webinar, session, approver, country=country)
    publish_with("NO")

    services.verdicts.reassess(now=LATER)

    assert state_of(seat) == ("rejected", "eligible", None)


def test_request_is_not_flagged_whichever_way_its_verdict_changes(webinar, session):
    seats = [make_registration(webinar, [session], country=code).seats.get() for code in ("NO", "TN")]
    draft = draft_without("TN")
    draft.entries.create(code="NO", name="Norway")
    publish(draft)

    services.verdicts.reassess(now=LATER)

    assert [state_of(seat) for seat in seats] == [
        ("requested", "eligible", None),
        ("requested", "not_eligible", None),
    ]


def test_flag_goes_where_the_lists_change_back(webinar, session, approver):
    seats = [
        rejected(webinar, session, approver),
        waitlisted(webinar, session),
        approve(make_registration(webinar, [session], country="TN"), approver).seats.get(),
    ]
    draft = draft_without("TN")
    draft.entries.create(code="NO", name="Norway")
    publish(draft)
    services.verdicts.reassess(now=NOW)
    flagged = [state_of(seat)[2] for seat in seats]
    back = draft_without("NO")
    back.entries.create(code="TN", name="Tunisia")
    publish(back)

    services.verdicts.reassess(now=LATER)

    assert flagged == [NOW] * 3
    assert [state_of(seat) for seat in seats] == [
        ("rejected", "not_eligible", None),
        ("waitlisted", "eligible", None),
        ("approved", "eligible", None),
    ]


@pytest.mark.parametrize(
    "end",
    [
        lambda session, people: None,
        lambda session, people: type(session).objects.update(state=SessionState.CANCELLED),
        lambda session, people: [services.people.withdraw(person.pk, now=NOW) for person in people],
    ],
    ids=["the session is over", "the session is cancelled", "they have withdrawn"],
)
def test_nothing_is_flagged_where_nobody_can_decide_any_more(webinar, session, approver, end):
    seats = [rejected(webinar, session, approver), waitlisted(webinar, session)]
    draft = draft_without("TN")
    draft.entries.create(code="NO", name="Norway")
    publish(draft)
    end(session, [seat.registration for seat in seats])

    services.verdicts.reassess(now=ENDS)

    assert [state_of(seat)[2] for seat in seats] == [None, None]


def test_withdrawing_and_erasing_take_the_flag_away(webinar, session, approver):
    gone, erased = rejected(webinar, session, approver), rejected(webinar, session, approver)
    publish_with("NO")
    services.verdicts.reassess(now=NOW)
    flagged = state_of(gone)[2], state_of(erased)[2]

    services.people.withdraw(gone.registration_id, now=LATER)
    services.privacy.erase(erased.registration_id, now=LATER)

    assert flagged == (NOW, NOW)
    assert (state_of(gone)[2], state_of(erased)[2]) == (None, None)


def test_closing_a_session_takes_the_flag_of_the_waiting_list_away(webinar, session):
    seat = waitlisted(webinar, session)
    publish_without("TN")
    services.verdicts.reassess(now=NOW)

    carry_out(ENDS)

    assert state_of(seat) == ("cancelled", "not_eligible", None)


@pytest.mark.parametrize(
    ("move", "state", "mail"),
    [
        (Move.APPROVE, "approved", MailKind.INVITATION),
        (Move.PUT_BACK, "requested", MailKind.PUT_BACK),
        (Move.REJECT, "rejected", MailKind.REJECTED),
    ],
)
def test_staff_decide_about_somebody_wrongly_rejected(webinar, session, approver, move, state, mail):
    seat = rejected(webinar, session, approver)
    publish_with("NO")
    services.verdicts.reassess(now=NOW)
    reason = "" if move is Move.APPROVE else "corrected"
    decision = services.decisions.Decision(move=move, by=approver, now=LATER, reason_code=reason)

    at_sight.start_bulk_decision([seat.pk], decision=decision)
    carry_out(LATER)

    assert state_of(seat) == (state, "eligible", None)
    assert seat.reason_code == reason
    assert kinds(seat.registration) == [MailKind.REJECTED, mail]


def test_only_somebody_flagged_is_rejected_again_and_only_once(webinar, session, approver):
    seat = rejected(webinar, session, approver)
    before = decide(seat.registration, approver, Move.REJECT)
    publish_with("NO")
    services.verdicts.reassess(now=NOW)

    notes = [decide(seat.registration, approver, Move.REJECT)[0].note for _time in range(2)]

    assert [result.changed for result in before] == [False]
    assert notes == ["", "“reject” is not possible: this one is “rejected”."]


def test_staff_reject_from_the_waiting_list_with_the_reason_and_what_the_lists_say(
    webinar, session, approver
):
    seat = waitlisted(webinar, session)
    publish_without("TN")
    services.verdicts.reassess(now=NOW)
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=LATER, reason_code="corrected")

    at_sight.decide_seats(seat.registration_id, seat_ids=[seat.pk], decision=decision)

    facts = OutgoingMail.objects.get().facts
    assert state_of(seat) == ("rejected", "not_eligible", None)
    assert (facts["reason_code"], facts["verdict"]["outcome"]) == ("corrected", "not_eligible")


def test_two_people_give_a_flagged_seat_of_the_waiting_list_a_place(
    webinar, session, approver, second_approver
):
    seat = waitlisted(webinar, session)
    publish_without("TN")
    services.verdicts.reassess(now=NOW)

    asked = at_sight.request_override(seat.pk, by=approver, reason="Promised.", now=LATER)
    at_sight.confirm_override(asked.pk, by=second_approver, now=LATER)

    assert state_of(seat) == ("approved", "not_eligible", None)


def test_guest_who_was_turned_away_is_never_flagged(webinar, session, approver):
    guest = services.people.invite_guest(webinar.pk, guest=make_guest(session), by=approver, now=NOW)
    decide(guest, approver, Move.REJECT)
    publish_with("NO")

    services.verdicts.reassess(now=LATER)

    assert state_of(guest.seats.get()) == ("rejected", "", None)


def answers(person, **changes):
    kept = ("first_name", "last_name", "email", "organisation", "organisation_type", "country")
    sessions = tuple(person.seats.values_list("session", flat=True))
    return Submission(**{name: getattr(person, name) for name in kept} | {"sessions": sessions} | changes)


def test_own_new_answers_take_a_flag_away_and_set_none(webinar, session, approver):
    flagged, plain = rejected(webinar, session, approver), rejected(webinar, session, approver, country="CH")
    placed = approve(make_registration(webinar, [session], country="TN"), approver).seats.get()
    waiting = waitlisted(webinar, session)
    draft = draft_without("TN")
    draft.entries.create(code="NO", name="Norway")
    publish(draft)
    services.verdicts.reassess(now=NOW)
    before = [state_of(seat)[2] for seat in (flagged, plain, placed, waiting)]

    for seat, country in ((flagged, "CH"), (plain, "BE"), (placed, "BE"), (waiting, "US")):
        person = seat.registration
        sent = answers(person, country=country, ask_review=True)
        services.people.edit(person.pk, submission=sent, now=LATER)

    assert before == [NOW, None, NOW, NOW]
    assert [state_of(seat) for seat in (flagged, plain, placed, waiting)] == [
        ("rejected", "not_eligible", None),
        ("rejected", "eligible", None),
        ("approved", "eligible", None),
        ("requested", "not_eligible", None),
    ]
    assert kinds(waiting.registration) == [MailKind.PUT_BACK]

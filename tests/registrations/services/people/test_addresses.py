"""Somebody moves their registration to another address."""

from datetime import timedelta

import pytest
from django.db import transaction

from registrations import services
from registrations.models import (
    AddressChange,
    HistoryEntry,
    OutgoingMail,
    Registration,
    Seat,
    WebinarSession,
)
from registrations.states import Move, RegistrationState
from tests.registrations import at_sight
from tests.registrations.factories import (
    ENDS,
    NOW,
    STARTS,
    approve,
    carry_out,
    kinds,
    make_guest,
    make_registration,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
OLD, NEW = "ada@example.org", "ada@cluster.example"


@pytest.fixture
def registration(webinar, session):
    return make_registration(webinar, [session], email=OLD)


def ask(registration, email=NEW, now=NOW):
    """Ask for a new address and return the token of the mail that confirms it."""
    services.people.ask_address_change(registration.pk, email=email, now=now)
    return AddressChange.objects.latest("id").token


def confirm(token, now=LATER):
    return services.people.confirm_address_change(token, now=now)


def mails():
    """Return (kind, recipient, METHOD, SEQUENCE, ATTENDEE) of every mail; "" and -1 without a calendar part."""
    found = []
    for mail in OutgoingMail.objects.order_by("id"):
        part = mail.facts.get("calendar") or {"method": "", "sequence": -1, "attendee": {"email": ""}}
        found.append((mail.kind, mail.recipient, part["method"], part["sequence"], part["attendee"]["email"]))
    return found


def written_after(number):
    return mails()[number:]


def history(registration):
    return list(registration.history.order_by("id").values_list("action", "actor", "facts"))


def test_ask_keeps_the_wish_and_mails_the_new_address_only(registration):
    services.people.ask_address_change(registration.pk, email="Ada@Cluster.example", now=NOW)

    change = AddressChange.objects.get()
    registration.refresh_from_db()
    assert (change.registration, change.email, change.email_key) == (registration, "Ada@Cluster.example", NEW)
    assert (change.asked_at, change.confirmed_at, len(change.token)) == (NOW, None, 43)
    assert registration.email == OLD
    assert mails() == [("confirm_new_address", "Ada@Cluster.example", "", -1, "")]
    assert history(registration) == [("address_asked", "person", {"change": change.pk})]


def test_ask_for_a_registered_address_tells_its_owner_and_keeps_nothing(webinar, session, registration):
    make_registration(webinar, [session], email=NEW)

    services.people.ask_address_change(registration.pk, email="ADA@cluster.example.", now=NOW)

    assert AddressChange.objects.count() == 0
    assert mails() == [("already_registered", NEW, "", -1, "")]
    assert history(registration) == []


def test_ask_for_an_address_of_somebody_who_withdrew_is_like_any_other(webinar, session, registration):
    make_registration(webinar, [session], email=NEW, state=RegistrationState.WITHDRAWN)

    confirm(ask(registration))

    registration.refresh_from_db()
    assert registration.email == NEW


@pytest.mark.parametrize("address", [OLD, "ADA@example.org", "ada@example.org."])
def test_ask_for_the_own_address_is_refused(registration, address):
    with pytest.raises(services.errors.SameAddress, match=r"^This is the address your registration has\.$"):
        services.people.ask_address_change(registration.pk, email=address, now=NOW)

    assert (AddressChange.objects.count(), mails()) == (0, [])


@pytest.mark.parametrize("state", ["unconfirmed", "withdrawn", "expired"])
def test_ask_for_a_registration_that_is_not_active_is_refused(registration, state):
    Registration.objects.update(state=state)

    with pytest.raises(services.errors.RegistrationEnded):
        services.people.ask_address_change(registration.pk, email=NEW, now=NOW)

    assert (AddressChange.objects.count(), mails()) == (0, [])


def test_confirm_moves_an_invitation_from_the_old_calendar_to_the_new(registration, session, approver):
    approve(registration, approver)
    first = OutgoingMail.objects.get(kind="invitation")

    moved = confirm(ask(registration))

    assert (moved.email, moved.email_key, moved.search_key.split()[-1]) == (NEW, NEW, NEW)
    assert mails() == [
        ("invitation", OLD, "REQUEST", 1, OLD),
        ("confirm_new_address", NEW, "", -1, ""),
        ("address_left", OLD, "CANCEL", 2, OLD),
        ("address_changed", NEW, "", -1, ""),
        ("invitation", NEW, "REQUEST", 3, NEW),
    ]
    session.refresh_from_db()
    seat = registration.seats.get()
    invitation = OutgoingMail.objects.latest("id")
    assert session.sequence == 3
    assert (seat.state, seat.told_sequence, seat.told_method) == ("approved", 3, "REQUEST")
    assert seat.thread_id == invitation.message_id != first.message_id
    assert invitation.facts["thread_id"] == ""
    assert OutgoingMail.objects.get(kind="address_left").facts["thread_id"] == first.message_id


def test_confirm_cancels_what_the_old_calendar_was_told_last(registration, session, approver, editor):
    approve(registration, approver)
    services.sessions.reschedule_session(
        session.pk, starts_at=STARTS + timedelta(days=1), ends_at=ENDS + timedelta(days=1), by=editor, now=NOW
    )

    confirm(ask(registration))
    carry_out(LATER)

    last = OutgoingMail.objects.order_by("-id")[:3]
    starts = {mail.kind: mail.facts["calendar"]["starts_at"] for mail in last if mail.facts.get("calendar")}
    assert starts == {
        "address_left": STARTS.isoformat(),
        "invitation": (STARTS + timedelta(days=1)).isoformat(),
    }


def test_confirm_with_nothing_in_the_calendar_tells_the_old_address_once(registration):
    confirm(ask(registration))

    assert written_after(1) == [("address_left", OLD, "", -1, ""), ("address_changed", NEW, "", -1, "")]
    assert WebinarSession.objects.get().sequence == 0


def test_confirm_keeps_a_place_without_a_date(webinar, session, later_session, approver):
    registration = approve(make_registration(webinar, [session, later_session], email=OLD), approver)

    confirm(ask(registration))

    assert written_after(3) == [
        ("address_left", OLD, "CANCEL", 2, OLD),
        ("address_changed", NEW, "", -1, ""),
        ("invitation", NEW, "REQUEST", 3, NEW),
        ("place_kept", NEW, "", -1, ""),
    ]


def test_confirm_raises_each_sequence_for_the_cancellation_and_for_the_invitation(webinar, session, approver):
    sessions = [session, *(make_session_on(webinar, day) for day in (1, 2))]
    registration = approve(make_registration(webinar, sessions, email=OLD), approver)

    confirm(ask(registration))

    assert list(WebinarSession.objects.values_list("sequence", flat=True)) == [3, 3, 3]


def make_session_on(webinar, day):
    return WebinarSession.objects.create(
        webinar=webinar,
        number=day + 1,
        title=f"Day {day}",
        starts_at=STARTS + timedelta(days=day),
        ends_at=ENDS + timedelta(days=day),
    )


def test_confirm_leaves_a_session_that_is_over_in_the_old_calendar(registration, session, approver):
    approve(registration, approver)

    confirm(ask(registration, now=ENDS), now=ENDS)

    seat = registration.seats.get()
    assert written_after(2) == [("address_left", OLD, "", -1, ""), ("address_changed", NEW, "", -1, "")]
    assert (seat.state, seat.told, seat.told_method) == ("approved", None, "")


def test_confirm_after_a_cancellation_still_to_be_told_clears_the_old_calendar(
    registration, session, approver, editor
):
    approve(registration, approver)
    services.sessions.cancel_session(session.pk, reason="A strike.", by=editor, now=NOW)

    confirm(ask(registration))
    carry_out(LATER)

    assert written_after(2) == [
        ("address_left", OLD, "CANCEL", 3, OLD),
        ("address_changed", NEW, "", -1, ""),
        ("session_cancelled", NEW, "", -1, ""),
    ]
    assert registration.seats.get().state == "cancelled"


def test_confirm_makes_every_link_anew(registration, approver):
    approve(registration, approver)
    before = Registration.objects.values_list("confirm_token", "manage_token").get()
    joining = Seat.objects.get().join_token

    confirm(ask(registration))

    after = Registration.objects.values_list("confirm_token", "manage_token").get()
    assert not {*before, joining} & {*after, Seat.objects.get().join_token}
    old, new = (
        OutgoingMail.objects.filter(recipient=address, created_at=LATER).values_list("facts", flat=True)
        for address in (OLD, NEW)
    )
    assert not [token for token in (*after, Seat.objects.get().join_token) if token in str(list(old))]
    assert not [token for token in (*before, joining) if token in str(list(new))]


def test_confirming_the_request_again_does_not_lead_to_the_moved_registration(registration):
    first_link = registration.confirm_token
    confirm(ask(registration))

    with pytest.raises(services.errors.LinkNotValid):
        services.people.confirm(first_link, now=LATER)


def test_links_asked_for_again_go_to_the_new_address_in_the_same_hour(webinar, registration):
    services.people.send_links(webinar.pk, email=OLD, now=NOW)
    confirm(ask(registration), now=NOW)

    services.people.send_links(webinar.pk, email=NEW, now=NOW)
    services.people.send_links(webinar.pk, email=NEW, now=NOW)
    services.people.send_links(webinar.pk, email=OLD, now=NOW)

    links = OutgoingMail.objects.filter(kind="manage_link").order_by("id")
    assert list(links.values_list("recipient", flat=True)) == [OLD, NEW]


def test_confirm_records_what_moved_and_no_address(registration, approver):
    approve(registration, approver)

    confirm(ask(registration))

    change = AddressChange.objects.get()
    assert change.confirmed_at == LATER
    assert history(registration)[1:] == [
        ("address_asked", "person", {"change": change.pk}),
        ("address_changed", "person", {"change": change.pk, "sessions": [1]}),
    ]
    assert not [entry for entry in HistoryEntry.objects.all() if "@" in str(entry.facts)]


def test_moving_on_tells_each_address_that_is_left(registration):
    confirm(ask(registration))
    confirm(ask(registration, email="ada@third.example", now=LATER), now=LATER)

    left = OutgoingMail.objects.filter(kind="address_left").order_by("id")
    assert list(left.values_list("recipient", flat=True)) == [OLD, NEW]


def test_moving_back_invites_above_the_cancellation(registration, approver):
    approve(registration, approver)
    confirm(ask(registration))

    confirm(ask(registration, email=OLD, now=LATER), now=LATER)

    to_old = [mail for mail in mails() if mail[1] == OLD and mail[2]]
    assert [(method, sequence) for _kind, _to, method, sequence, _who in to_old] == [
        ("REQUEST", 1),
        ("CANCEL", 2),
        ("REQUEST", 5),
    ]


def test_asked_for_twice_within_some_minutes_is_one_mail_with_a_link_that_works(registration):
    for minutes in (0, 9):
        services.people.ask_address_change(registration.pk, email=NEW, now=NOW + timedelta(minutes=minutes))

    assert kinds() == ["confirm_new_address"]
    assert services.people.find_address_change(AddressChange.objects.get().token, now=NOW).email == NEW


def test_asked_for_again_later_is_another_mail(registration):
    for minutes in (0, 10):
        services.people.ask_address_change(registration.pk, email=NEW, now=NOW + timedelta(minutes=minutes))

    assert kinds() == ["confirm_new_address"] * 2


def test_confirm_expires_submissions_of_the_new_address(webinar, session, registration):
    waiting = make_registration(webinar, [session], email=NEW, state=RegistrationState.UNCONFIRMED)

    confirm(ask(registration))

    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.EXPIRED
    with pytest.raises(services.errors.RequestNotWaiting):
        services.people.confirm(waiting.confirm_token, now=LATER)


def used(token, registration, webinar, session):
    confirm(token)


def overtaken(token, registration, webinar, session):
    ask(registration, email="ada@third.example")


def overtaken_and_the_other_used(token, registration, webinar, session):
    confirm(ask(registration, email="ada@third.example"))


def withdrawn(token, registration, webinar, session):
    services.people.withdraw(registration.pk, now=NOW)


def taken(token, registration, webinar, session):
    make_registration(webinar, [session], email=NEW)


@pytest.mark.parametrize(
    "happen", [used, overtaken, overtaken_and_the_other_used, withdrawn, taken], ids=lambda act: act.__name__
)
def test_confirm_by_a_link_that_holds_no_more_is_refused(webinar, session, registration, happen):
    token = ask(registration)
    happen(token, registration, webinar, session)
    before = (mails(), list(Registration.objects.order_by("id").values()))

    for act in (services.people.find_address_change, services.people.confirm_address_change):
        with pytest.raises(services.errors.LinkNotValid):
            act(token, now=LATER)

    assert (mails(), list(Registration.objects.order_by("id").values())) == before


def test_confirm_by_a_link_that_never_was_is_refused(registration):
    with pytest.raises(services.errors.LinkNotValid):
        confirm("forged")


@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)],
    ids=["seven days", "a second more"],
)
def test_link_runs_out_after_seven_days(registration, after, holds):
    token = ask(registration)

    assert services.people.open_address_changes(NOW + after).exists() is holds
    if holds:
        assert confirm(token, now=NOW + after).email == NEW
    else:
        with pytest.raises(services.errors.LinkNotValid):
            confirm(token, now=NOW + after)


def test_address_taken_at_the_very_moment_is_refused_and_nothing_is_written(
    webinar, session, registration, approver, monkeypatch
):
    # The other registration is confirmed after the look at the address: only the database sees it.
    approve(registration, approver)
    token = ask(registration)
    found = services.people.find_address_change(token, now=LATER)
    make_registration(webinar, [session], email=NEW)
    monkeypatch.setattr(
        "registrations.services.people.addresses.find_address_change", lambda *_a, **_k: found
    )
    before = mails()

    with pytest.raises(services.errors.LinkNotValid), transaction.atomic():
        confirm(token)

    registration.refresh_from_db()
    assert (registration.email, mails()) == (OLD, before)


def test_guest_moves_like_anybody(webinar, session, approver):
    guest = make_guest(session, email=OLD)
    registration = services.people.invite_guest(webinar.pk, guest=guest, by=approver, now=NOW)

    confirm(ask(registration))

    assert [mail[:3] for mail in written_after(2)] == [
        ("address_left", OLD, "CANCEL"),
        ("address_changed", NEW, ""),
        ("invitation", NEW, "REQUEST"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_confirm_takes_a_fixed_number_of_queries(webinar, approver, count, django_assert_max_num_queries):
    sessions = [make_session_on(webinar, day) for day in range(count)]
    registration = approve(make_registration(webinar, sessions, email=OLD), approver)
    token = ask(registration)

    # one UPDATE for the SEQUENCE of each session, the rest is fixed
    with django_assert_max_num_queries(28 + count):
        confirm(token)


def test_rejection_after_the_move_clears_the_new_calendar(registration, approver):
    approve(registration, approver)
    confirm(ask(registration))
    decision = services.decisions.Decision(move=Move.REJECT, by=approver, now=LATER, reason="No place.")

    at_sight.decide_seats(registration.pk, seat_ids=[registration.seats.get().pk], decision=decision)

    assert mails()[-1] == ("rejected", NEW, "CANCEL", 4, NEW)

"""The waiting list in its order, and the page that changes it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations.models import HistoryEntry, Seat
from registrations.states import Move
from tests.registrations.desk.reading import fill_in, hidden_in, messages, words
from tests.registrations.factories import approve, decide, make_registration, make_user

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def waiting(webinar, session, approver):
    """Let three people wait for the only place, and return their seats."""
    session.capacity = 1
    session.save()
    approve(make_registration(webinar, [session]), approver)
    people = [make_registration(webinar, [session]) for _number in range(3)]
    for person in people:
        decide(person, approver, Move.WAITLIST)
    return [person.seats.get() for person in people]


def list_page(session):
    return reverse("admin:registrations_webinarsession_waiting-list", args=[session.pk])


def position_page(seat):
    return reverse("admin:registrations_seat_waiting-place", args=[seat.pk])


def order(session):
    return list(session.seats.in_turn())


def test_list_shows_who_is_next_and_why_the_order_was_changed(session, waiting, approver, client):
    fill_in(client, position_page(waiting[2]), {"position": 1, "seen": 3, "reason": "A mentor."})

    response = client.get(list_page(session))

    assert [(position, seat) for position, seat, _moves in response.context["rows"]] == [
        (1, waiting[2]),
        (2, waiting[0]),
        (3, waiting[1]),
    ]
    assert "From 3 to 1 by approver, 20 April 2020, 10:00: “A mentor.”" in words(response)
    assert "It has 1 place. 0 are free." in words(response)


def test_list_counts_whom_it_passes_over(session, waiting, client):
    Seat.objects.filter(pk=waiting[0].pk).update(outcome="not_eligible")

    response = client.get(list_page(session))

    assert "1 more person waits whom the lists do not admit any more" in words(response)
    assert [seat for _place, seat, _moves in response.context["rows"]] == waiting[1:]


def test_list_says_when_nobody_waits(session, approver, client):
    assert "Nobody waits for a place." in words(client.get(list_page(session)))


def test_list_is_paged_with_places_that_go_on(session, waiting, client, monkeypatch):
    monkeypatch.setattr("registrations.desk.waiting_list.order.ROWS_PER_PAGE", 2)

    response = client.get(list_page(session), {"page": 2})

    assert [(position, seat) for position, seat, _moves in response.context["rows"]] == [(3, waiting[2])]


def test_list_offers_no_moving_to_those_who_may_not(session, waiting, client):
    client.force_login(make_user("auditor", "Auditors"))

    response = client.get(list_page(session))

    assert (response.status_code, position_page(waiting[0]) in response.text) == (200, False)


def test_list_takes_the_same_queries_for_one_and_three_rows(webinar, session, waiting, client):
    counts = []
    for shown in (waiting[:1], waiting):
        Seat.objects.exclude(pk__in=[seat.pk for seat in shown]).filter(pk__gt=waiting[0].pk).update(
            state="requested"
        )
        Seat.objects.filter(pk__in=[seat.pk for seat in shown]).update(state="waitlisted")
        with CaptureQueriesContext(connection) as queries:
            client.get(list_page(session))
        counts.append(len(queries))

    assert counts == [10, 10]


def test_person_is_moved_and_the_list_shows_it(session, waiting, client):
    response = fill_in(
        client, position_page(waiting[2]), {"position": 2, "seen": 3, "reason": "A mentor."}, follow=True
    )

    assert response.redirect_chain == [(list_page(session), 302)]
    assert messages(response) == ["The order is changed; the history keeps the reason."]
    assert order(session) == [waiting[0], waiting[2], waiting[1]]


def test_opening_the_page_says_where_somebody_stands_and_changes_nothing(session, waiting, client):
    response = client.get(position_page(waiting[1]), {"position": 1, "seen": 2, "reason": "No."})

    assert "has place 2 of 3 on the waiting list of 1. Supply chains." in words(response)
    assert (response.context["form"].errors, order(session)) == ({}, waiting)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"position": 1, "seen": 3, "reason": " "}, "reason"),
        ({"position": "", "seen": 3, "reason": "A mentor."}, "position"),
        ({"position": "first", "seen": 3, "reason": "A mentor."}, "position"),
        ({"position": 9, "seen": 3, "reason": "A mentor."}, "__all__"),
        ({"position": 1, "seen": 2, "reason": "A mentor."}, "__all__"),
    ],
    ids=["no reason", "no place", "no number", "too far", "a colleague was faster"],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(session, waiting, client, answers, field):
    response = fill_in(client, position_page(waiting[2]), answers)

    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["reason"].value() == answers["reason"]
    assert (order(session), HistoryEntry.objects.filter(action="moved_on_list").count()) == (waiting, 0)


def test_who_is_off_the_list_leads_back_to_the_person(waiting, client):
    seat = Seat.objects.filter(state="approved").get()

    response = client.get(position_page(seat), follow=True)

    assert messages(response) == ["This person is not on the waiting list any more."]


def test_seat_or_session_that_is_not_there_is_not_found(approver, client):
    assert [
        client.get(reverse(f"admin:registrations_{page}", args=[4711])).status_code
        for page in ("seat_waiting-place", "webinarsession_waiting-list")
    ] == [404, 404]


def test_buttons_lead_to_both_pages(session, waiting, client):
    person = client.get(reverse("admin:registrations_registration_change", args=[waiting[0].registration_id]))
    meeting = client.get(reverse("admin:registrations_webinarsession_change", args=[session.pk]))

    assert (position_page(waiting[0]) in person.text, list_page(session) in meeting.text) == (True, True)


def test_page_opened_before_somebody_changed_their_answers_is_refused_and_keeps_what_was_typed(
    session, waiting, client
):
    page = hidden_in(client.get(position_page(waiting[2])))
    person = waiting[2].registration
    person.country = "FR"
    person.save()

    response = client.post(position_page(waiting[2]), page | {"position": 1, "reason": "A mentor."})

    assert "The person has changed their answers meanwhile" in words(response)
    assert ("A mentor.</textarea>" in response.text, order(session)) == (True, waiting)

"""Answering what somebody contests."""

import pytest
from django.urls import reverse

from eligibility.explain import explain_html
from registrations import services
from registrations.models import Contest, Seat
from registrations.states import Move
from tests.registrations import at_sight
from tests.registrations.desk.reading import fill_in, hidden_in, messages, words
from tests.registrations.factories import NOW, kinds, make_registration

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def seat(webinar, session):
    """Return the seat of somebody whom the lists do not admit, rejected."""
    seat = make_registration(webinar, [session], country="US", ask_review=True).seats.get()
    seat.state, seat.reason = "rejected", "Not on the lists."
    seat.save()
    return seat


@pytest.fixture
def contest(seat):
    return services.contests.file_contest(seat.pk, text="Our seat is in Lyon.", now=NOW)


def url_of(contest):
    return reverse("admin:registrations_contest_answer", args=[contest.pk])


def test_page_says_what_is_contested_why_and_who_is_told(contest, seat, approver, client):
    response = client.get(url_of(contest))

    page = words(response)
    assert response.context["reasons"] == explain_html(seat.verdict)
    assert "Reason given: Not on the lists." in page
    assert "Objection of 20 April 2020" in page
    assert "Our seat is in Lyon." in page
    assert "Answering sends one mail: answer to an objection." in page
    assert "with the answer as its reason: to be decided again." in page
    assert "disabled" not in str(response.context["form"]["put_back"])


def test_answer_is_mailed(contest, seat, approver, client):
    response = fill_in(client, url_of(contest), {"answer": "We see."}, follow=True)

    assert messages(response) == ["The objection is answered."]
    assert list(Contest.objects.values_list("answer", "answered_by__username")) == [("We see.", "approver")]
    assert (Seat.objects.get().state, kinds()) == ("rejected", ["contest_received", "contest_answered"])


def test_answer_with_the_tick_puts_the_seat_back(contest, approver, client):
    fill_in(client, url_of(contest), {"answer": "You are right.", "put_back": "on"})

    assert (Seat.objects.get().state, kinds()) == ("requested", ["contest_received", "put_back"])


@pytest.mark.parametrize("text", [" ", "x" * 2001], ids=["empty", "one character too long"])
def test_answer_that_is_none_or_too_long_changes_nothing(text, contest, approver, client):
    response = fill_in(client, url_of(contest), {"answer": text})

    assert list(response.context["form"].errors) == ["answer"]
    assert (Contest.objects.get().is_open, kinds()) == (True, ["contest_received"])


def test_page_offers_no_tick_where_the_seat_cannot_be_put_back(contest, approver, client):
    Seat.objects.update(state="requested")

    response = client.get(url_of(contest))

    field = response.context["form"]["put_back"]
    assert "disabled" in str(field)
    assert field.help_text == "“put back to requested” is not possible: this one is “requested”."
    assert "With the tick below" not in words(response)


def test_answer_from_a_page_opened_before_a_decision_is_refused_and_kept(
    contest, seat, approver, second_approver, client
):
    page = hidden_in(client.get(url_of(contest)))
    back = services.decisions.Decision(move=Move.PUT_BACK, by=second_approver, now=NOW, reason="Look again.")
    at_sight.decide_seats(seat.registration_id, seat_ids=[seat.pk], decision=back)

    response = client.post(url_of(contest), page | {"answer": "You are right.", "put_back": "on"})

    assert "Decided meanwhile by approver2, at Monday 20 April 2020, 10:00" in words(response)
    assert ("You are right." in words(response), Contest.objects.get().is_open) == (True, True)
    assert hidden_in(response)["shown"] == at_sight.standing(seat.pk)


def test_tick_where_the_seat_cannot_be_put_back_is_refused_and_keeps_the_answer(contest, approver, client):
    Seat.objects.update(state="requested")

    response = fill_in(client, url_of(contest), {"answer": "You are right.", "put_back": "on"})

    assert response.context["form"].non_field_errors() == [
        "“put back to requested” is not possible: this one is “requested”."
    ]
    assert ("You are right." in words(response), Contest.objects.get().is_open) == (True, True)


def test_page_about_somebody_who_withdrew_says_that_nobody_is_mailed(contest, seat, approver, client):
    services.people.withdraw(seat.registration_id, now=NOW)

    page = words(client.get(url_of(contest)))

    assert "The person has withdrawn: nobody is mailed, the answer is on their own page." in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_colleague_who_answered_before_is_told_kindly(method, contest, second_approver, approver, client):
    at_sight.answer_contest(contest.pk, answer="No.", put_back=False, by=second_approver, now=NOW)

    response = getattr(client, method)(url_of(contest), {"answer": "Yes."}, follow=True)

    assert messages(response) == ["A colleague was faster: this objection is already answered."]
    assert Contest.objects.get().answer == "No."

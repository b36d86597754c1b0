"""Asking for an override, and answering."""

import pytest
from django.urls import reverse

from eligibility.explain import explain_html
from registrations.models import Override, Seat
from tests.registrations import at_sight
from tests.registrations.desk.reading import fill_in, hidden_in, messages, words
from tests.registrations.factories import NOW, kinds, make_registration

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def seat(webinar, session):
    """Return the seat of somebody whom the lists do not admit."""
    return make_registration(webinar, [session], country="US", ask_review=True).seats.get()


@pytest.fixture
def override(seat, approver):
    return at_sight.request_override(seat.pk, by=approver, reason="A partner.", now=NOW)


def request_url(seat):
    return reverse("admin:registrations_seat_override", args=[seat.pk])


def answer_url(override):
    return reverse("admin:registrations_override_answer", args=[override.pk])


def test_request_page_explains_the_verdict(seat, approver, client):
    response = client.get(request_url(seat))

    assert response.context["reasons"] == explain_html(seat.verdict)


def test_request_asks_a_second_person(seat, approver, client):
    response = fill_in(client, request_url(seat), {"reason": "A partner."}, follow=True)

    assert messages(response) == ["Asked for an exception. Another member of staff has to confirm it."]
    assert list(Override.objects.values_list("seat", "reason", "requested_by__username", "confirmed_by")) == [
        (seat.pk, "A partner.", "approver", None)
    ]
    assert Seat.objects.get().state == "requested"


def test_request_needs_a_reason(seat, approver, client):
    response = fill_in(client, request_url(seat), {"reason": " "})

    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert Override.objects.count() == 0


def test_request_for_an_eligible_seat_is_refused_and_keeps_what_was_typed(webinar, session, approver, client):
    eligible = make_registration(webinar, [session]).seats.get()

    response = fill_in(client, request_url(eligible), {"reason": "Because."})

    assert response.context["form"].non_field_errors() == [
        "The verdict is “eligible”; no exception is needed."
    ]
    assert ("Because." in words(response), Override.objects.count()) == (True, 0)


def test_second_request_is_refused(override, seat, client):
    response = fill_in(client, request_url(seat), {"reason": "Again."})

    assert response.context["form"].non_field_errors() == [
        "An exception for this place is already waiting for a second person."
    ]


def test_answer_page_says_who_asked_and_who_is_told(override, second_approver, client):
    client.force_login(second_approver)

    response = client.get(answer_url(override))

    person = reverse("admin:registrations_registration_change", args=[override.seat.registration_id])
    assert f'<a href="{person}">Show the person' in response.text
    assert "Country of establishment: United States." in words(response)
    assert response.context["reasons"] == explain_html(override.seat.verdict)
    assert "Asked for by approver, 20 April 2020" in words(response)
    assert "sends one mail: invitation, which puts the session into the calendar." in words(response)


def test_second_person_confirms(override, seat, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(override), {"answer": "confirm"}, follow=True)

    assert messages(response) == ["The exception is confirmed."]
    assert (Seat.objects.get().state, kinds(seat.registration)) == ("approved", ["invitation"])


def test_second_person_declines(override, seat, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(override), {"answer": "decline"}, follow=True)

    assert messages(response) == ["The exception is declined; the place stays as it is."]
    assert (Seat.objects.get().state, Override.objects.count()) == ("requested", 0)


@pytest.mark.parametrize("answer", ["", "nonsense"])
def test_answer_that_is_neither_changes_nothing(answer, override, second_approver, client):
    client.force_login(second_approver)

    response = fill_in(client, answer_url(override), {"answer": answer})

    assert (response.status_code, "answer" in response.context["form"].errors) == (200, True)
    assert Override.objects.get().confirmed_by is None


def test_who_asked_sees_no_buttons_and_cannot_confirm(override, approver, client):
    page = words(client.get(answer_url(override)))

    response = fill_in(client, answer_url(override), {"answer": "confirm"})

    assert ('value="confirm"' in page, "another member of staff has to answer" in page) == (False, True)
    assert response.context["form"].non_field_errors() == [
        "Another member of staff has to confirm what you asked for."
    ]
    assert Seat.objects.get().state == "requested"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("answer", ["confirm", "decline"])
def test_colleague_who_answered_before_is_told_kindly(answer, method, override, second_approver, client):
    client.force_login(second_approver)
    fill_in(client, answer_url(override), {"answer": answer})

    response = getattr(client, method)(answer_url(override), {"answer": "confirm"}, follow=True)

    assert (
        messages(response)[-1] == "A colleague was faster: this exception was already confirmed or declined."
    )


def test_confirming_keeps_a_flagged_place_without_a_mail(seat, approver, second_approver, client):
    Seat.objects.update(state="approved", flagged_at=NOW)
    override = at_sight.request_override(seat.pk, by=approver, reason="Keep.", now=NOW)
    client.force_login(second_approver)
    page = words(client.get(answer_url(override)))

    fill_in(client, answer_url(override), {"answer": "confirm"})

    assert "Confirming keeps the place the person has. Nobody is mailed." in page
    assert (Seat.objects.get().flagged_at, kinds()) == (None, [])


def test_override_of_a_seat_that_is_not_there_is_not_found(approver, client):
    response = client.get(reverse("admin:registrations_seat_override", args=[4711]))

    assert response.status_code == 404


@pytest.mark.parametrize("page", ["request", "answer"])
def test_page_opened_before_the_person_changed_country_is_refused_and_shown_as_it_is_now(
    page, seat, approver, second_approver, client
):
    url = request_url(seat)
    if page == "answer":
        url = answer_url(at_sight.request_override(seat.pk, by=approver, reason="A partner.", now=NOW))
        client.force_login(second_approver)
    opened = hidden_in(client.get(url))
    seat.registration.country = "CA"
    seat.registration.save()

    response = client.post(url, opened | {"reason": "A partner.", "answer": "confirm"})
    again = hidden_in(response)

    assert "The person has changed their answers meanwhile" in words(response)
    assert Seat.objects.get().state == "requested"
    assert (opened["shown"] == again["shown"], again["shown"]) == (False, at_sight.standing(seat.pk))

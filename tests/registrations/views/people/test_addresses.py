"""The pages on which somebody moves their registration to another address."""

import re
from datetime import timedelta

import pytest
import time_machine

from registrations import services
from registrations.models import AddressChange, OutgoingMail, Registration
from tests.registrations.factories import NOW, approve, make_registration, make_session

pytestmark = pytest.mark.django_db

NEW = "ada@cluster.example"


def page_of(registration, path="address/"):
    return f"/r/{registration.manage_token}/{path}"


TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')  # a new one in every answer


@pytest.fixture
def change(registration):
    services.people.ask_address_change(registration.pk, email=NEW, now=NOW)
    return AddressChange.objects.get()


def test_own_page_leads_to_the_form(client, registration):
    assert f'href="{page_of(registration)}"' in client.get(page_of(registration, "")).text


def test_address_page_changes_nothing(client, registration):
    response = client.get(page_of(registration))

    assert response.status_code == 200
    assert "Now we write to ada@example.org." in response.text
    assert '<input type="email" name="email"' in response.text
    assert AddressChange.objects.count() == 0


def test_address_is_asked_for(client, registration):
    response = client.post(page_of(registration), {"email": NEW}, follow=True)

    assert response.redirect_chain == [(page_of(registration, ""), 302)]
    assert "A mail is on its way to the new address." in response.text
    assert list(OutgoingMail.objects.values_list("kind", "recipient")) == [("confirm_new_address", NEW)]


def test_known_address_gets_the_same_answer(client, webinar, session, registration):
    new = client.post(page_of(registration), {"email": NEW}, follow=True)
    known = make_registration(webinar, [session])

    response = client.post(page_of(registration), {"email": known.email}, follow=True)

    texts = [TOKEN.sub("", page.text) for page in (response, new)]
    assert (response.redirect_chain, texts[0]) == (new.redirect_chain, texts[1])
    assert OutgoingMail.objects.latest("id").kind == "already_registered"


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        pytest.param("", "Enter your email address.", id="empty"),
        pytest.param("nobody", "Enter an email address in the usual form", id="no address"),
        pytest.param("a\r\nBcc: b@example.org", "Enter an email address in the usual form", id="two lines"),
        pytest.param("Ada@Example.org", "This is the address your registration has.", id="the own one"),
    ],
)
def test_address_that_cannot_be_taken_is_said_so_and_kept(client, registration, address, problem):
    response = client.post(page_of(registration), {"email": address})

    assert response.status_code == 422
    assert "<title>Error: Change my email address" in response.text
    assert problem in response.text
    assert response.context["form"]["email"].value() == address
    assert (AddressChange.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_address_page_after_withdrawal_leads_back(client, registration):
    services.people.withdraw(registration.pk, now=NOW)

    assert client.get(page_of(registration)).headers["Location"] == page_of(registration, "")
    response = client.post(page_of(registration), {"email": NEW})
    assert response.status_code == 422
    assert "This registration is no longer active." in response.text


def test_confirmation_page_says_what_will_happen_and_names_nobody(
    client, registration, change, django_assert_num_queries
):
    with django_assert_num_queries(3):
        response = client.get(f"/confirm/{change.token}/")

    registration.refresh_from_db()
    assert response.status_code == 200
    assert "to ada@cluster.example." in response.text
    assert registration.last_name not in response.text
    assert "ada@example.org" not in response.text
    assert registration.email == "ada@example.org"


def test_new_address_is_confirmed_by_button(client, registration, change, approver):
    approve(registration, approver)
    old_page, old_seat = page_of(registration, ""), registration.seats.first().join_token

    response = client.post(f"/confirm/{change.token}/", follow=True)

    registration.refresh_from_db()
    assert registration.email == NEW
    assert response.redirect_chain == [(page_of(registration, ""), 302)]
    assert "Your new email address is confirmed." in response.text
    for dead in (old_page, f"/join/{old_seat}/", f"/confirm/{change.token}/"):
        assert client.get(dead).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_link_that_holds_no_more_says_how_to_get_a_new_one(client, registration, change, method):
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        response = getattr(client, method)(f"/confirm/{change.token}/")

    assert response.status_code == 404
    assert "This link is not valid, or has run out." in response.text
    assert Registration.objects.get().email == "ada@example.org"


def test_address_pages_are_personal(client, registration, change):
    for address in (page_of(registration), f"/confirm/{change.token}/"):
        response = client.get(address)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"


def test_address_page_forged_token_is_not_found(client, webinar):
    assert client.get("/r/forged/address/").status_code == 404
    assert client.post("/r/forged/address/", {"email": NEW}).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_address_page_takes_no_other_method(client, registration, method):
    assert getattr(client, method)(page_of(registration)).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_address_page_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    registration = make_registration(webinar, [make_session(webinar) for _number in range(count)])

    with django_assert_num_queries(4):
        client.get(page_of(registration))

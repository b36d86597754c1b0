import pytest

from registrations.models import OutgoingMail, Registration
from registrations.states import RegistrationState
from tests.registrations.factories import approve, make_registration, make_session

pytestmark = pytest.mark.django_db


def page_of(registration):
    return f"{registration.personal_page()}erase/"


def test_page_says_what_happens_goes_and_stays(client, registration, approver):
    approve(registration, approver)

    page = client.get(page_of(registration)).text

    assert "This cannot be undone, by anybody." in page
    assert "You are withdrawn from all sessions that are not over." in page
    assert "A mail takes the sessions out of your calendar." in page
    assert "One last mail to you confirms the erasure." in page
    assert f"This row keeps the reference {registration.reference}" in page
    assert "Registrations for other webinars are separate" in page


def test_page_about_a_withdrawn_registration_speaks_of_no_session(client, registration):
    Registration.objects.update(state=RegistrationState.WITHDRAWN)

    page = client.get(page_of(registration)).text

    assert "You are withdrawn" not in page
    assert "out of your calendar" not in page
    assert "withdraw instead" not in page


def test_page_about_an_address_that_bounces_promises_no_mail(client, registration):
    Registration.objects.update(bounced_at=registration.created_at, bounce_reply="5.1.1")

    page = client.get(page_of(registration)).text

    assert "no mail is sent" in page
    assert "One last mail" not in page


def test_page_changes_nothing(client, registration):
    client.get(page_of(registration))

    registration.refresh_from_db()
    assert registration.is_active


def test_post_without_the_tick_erases_nothing(client, registration):
    response = client.post(page_of(registration))

    registration.refresh_from_db()
    assert response.status_code == 422
    assert "<title>Error: Erase my data" in response.text
    assert "Tick the box to say that you have read what is erased." in response.text
    assert registration.is_active


def test_post_with_the_tick_erases_and_leads_to_the_webinar(client, registration):
    response = client.post(page_of(registration), {"understood": "on"}, follow=True)

    registration.refresh_from_db()
    assert registration.state == RegistrationState.ERASED
    assert response.redirect_chain == [("/webinars/clusters/", 302)]
    assert "Your data are erased, and your links do not work any more." in response.text
    assert OutgoingMail.objects.get(kind="erased").recipient == "ada@example.org"


def test_pages_of_the_erased_answer_like_a_link_that_was_never_valid(client, registration, session):
    join = f"/join/{registration.seats.get(session=session).join_token}/"
    own = registration.personal_page()
    pages = [own, *(f"{own}{name}" for name in ("erase/", "edit/", "withdraw/", "data/", "data.json")), join]
    client.post(page_of(registration), {"understood": "on"})
    client.get("/")  # takes the message
    forged = client.get("/r/forged/")

    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    assert client.get(own).text.replace(own, "/r/forged/") == forged.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_link_is_not_found(client, webinar, method):
    response = getattr(client, method)("/r/forged/erase/", {"understood": "on"})

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_no_other_method(client, registration):
    assert client.put(page_of(registration)).status_code == 405


def test_my_registration_leads_there(client, registration):
    assert f'href="{page_of(registration)}"' in client.get(registration.personal_page()).text


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(client, webinar, django_assert_num_queries, count):
    registration = make_registration(webinar, [make_session(webinar) for _number in range(count)])

    with django_assert_num_queries(6):
        client.get(page_of(registration))

"""Which page answers when the site cannot do what was asked."""

import pytest

from registrations.models import Registration
from tests.registrations.factories import make_registration, make_session, make_webinar


@pytest.fixture
def person(db) -> Registration:
    """Return somebody who is registered for a session."""
    webinar = make_webinar()
    return make_registration(webinar, [make_session(webinar)])


@pytest.mark.parametrize("page", ["", "withdraw/"])
def test_read_only_database_is_read(client, person, become_read_only, page):
    become_read_only()

    assert client.get(person.personal_page() + page).status_code == 200


def test_read_only_database_is_read_by_whoever_is_not_signed_in(client, person, become_read_only):
    become_read_only()

    pages = ["/", "/eligibility/FR/", "/privacy/", person.webinar.get_absolute_url(), "/admin/login/"]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_read_only_database_is_read_by_staff(admin_client, person, become_read_only):
    become_read_only()

    pages = ["/admin/", "/admin/registrations/registration/", "/admin/registrations/seat/"]
    assert {page: admin_client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_what_a_read_only_database_cannot_do_is_to_be_tried_again(client, person, become_read_only):
    client.raise_request_exception = False
    page = person.personal_page() + "withdraw/"
    client.get(page)
    become_read_only()

    response = client.post(page)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "try again in a few minutes" in response.text

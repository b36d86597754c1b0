"""What is missing before people register."""

import pytest
from django.urls import reverse

from registrations.desk.webinars.readiness import address_of
from registrations.services.webinars import Check, Grade, Mend
from tests.registrations.desk.reading import words
from tests.registrations.factories import NOW, make_webinar

pytestmark = pytest.mark.usefixtures("signed_in")


def page(name, webinar):
    return reverse(f"admin:registrations_webinar_{name}", args=[webinar.pk])


def test_readiness_names_what_blocks_and_what_is_advice(editor, client):
    webinar = make_webinar(registration_open=False)

    shown = words(client.get(page("readiness", webinar)))

    add = f"{reverse('admin:registrations_webinarsession_add')}?webinar={webinar.pk}"
    assert (
        f'<th scope="row"><a href="{add}">Sessions</a></th> <td><strong>Missing</strong></td> '
        "<td>There is no session to come.</td>"
    ) in shown
    assert "Agenda</a></th> <td>Advice</td>" in shown
    assert "Contact address</a></th> <td>Ready</td>" in shown
    assert page("opening", webinar) in shown


def test_readiness_offers_opening_only_to_those_who_may(approver, client, webinar):
    assert page("opening", webinar) not in words(client.get(page("readiness", webinar)))


@pytest.mark.parametrize("mend", Mend)
def test_page_where_something_is_mended_is_there(mend, webinar, session, admin_client):
    about = NOW.date() if mend is Mend.LISTS else session.pk
    check = Check("Something", Grade.ADVICE, "Missing.", mend, about)

    assert admin_client.get(address_of(check, webinar)).status_code == 200


def test_what_is_mended_elsewhere_has_no_address(webinar):
    assert address_of(Check("Something", Grade.ADVICE, "Missing."), webinar) == ""

"""What is missing before people register."""

import pytest
from django.urls import reverse

from tests.registrations.desk.reading import words
from tests.registrations.factories import make_webinar

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

"""The switch that has whoever is eligible approved at once."""

import re

import pytest
from django.urls import reverse

from tests.pages import drawn_on, was_changed
from tests.registrations.desk.admin_reading import listed
from tests.registrations.desk.reading import messages, words
from tests.registrations.factories import make_registration, make_session, make_webinar

pytestmark = pytest.mark.usefixtures("signed_in")


def page(name, webinar):
    return reverse(f"admin:registrations_webinar_{name}", args=[webinar.pk])


def test_switch_is_turned_by_an_approver_who_sees_how_many_wait(approver, client, webinar, session):
    make_registration(webinar, [session])
    make_registration(webinar, [session], country="US", ask_review=True)
    other = make_webinar()
    make_registration(other, [make_session(other)])
    url = page("auto_approve", webinar)

    shown = words(client.get(url))
    turned = client.post(url, {"act": "on"}, follow=True)

    assert "1 place of somebody eligible waits for a decision already." in shown
    seats = re.search(r'href="([^"]+)">Show the list', shown)[1].replace("&amp;", "&")
    assert len(listed(client.get(seats))) == 1
    webinar.refresh_from_db()
    assert (webinar.auto_approve, messages(turned)) == (True, ["Automatic approval is on."])
    assert "Leave everybody to staff from now on" in words(client.get(url))


def test_switch_that_a_colleague_turned_meanwhile_is_not_turned_again(approver, client, webinar):
    mine = drawn_on(client, page("auto_approve", webinar))
    client.post(page("auto_approve", webinar), {"act": "on"})
    client.get(page("auto_approve", webinar))

    response = client.post(page("auto_approve", webinar), mine | {"act": "off"})

    webinar.refresh_from_db()
    assert messages(response) == [was_changed("approver", "automatic approval switched on")]
    assert webinar.auto_approve

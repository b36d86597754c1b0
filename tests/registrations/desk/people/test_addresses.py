"""What staff see of a change of address."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from registrations import services
from registrations.models import AddressChange
from tests.registrations.factories import NOW, make_registration

pytestmark = pytest.mark.django_db
PENDING = "It waits to be confirmed from there."


@pytest.fixture
def registration(webinar, session):
    registration = make_registration(webinar, [session], email="ada@example.org")
    for address in ("ada@first.example", "ada@cluster.example"):
        services.people.ask_address_change(registration.pk, email=address, now=NOW)
    return registration


@pytest.fixture
def page(registration, sign_in):
    client = sign_in("somebody", "Auditors")
    return lambda: client.get(reverse("admin:registrations_registration_change", args=[registration.pk])).text


def test_pending_change_of_address_stands_on_the_persons_page(page):
    text = page()

    assert "Change of address asked for by the person, 20 April 2020, 10:00: ada@cluster.example." in text
    assert text.count(PENDING) == 1
    assert AddressChange.objects.latest("id").token not in text


def test_change_of_address_that_is_confirmed_or_has_run_out_does_not(page):
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        assert PENDING not in page()

    services.people.confirm_address_change(AddressChange.objects.latest("id").token, now=NOW)

    assert PENDING not in page()

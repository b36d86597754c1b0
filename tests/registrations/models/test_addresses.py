"""Which changes of address each named query finds."""

from datetime import timedelta

import pytest

from registrations.models import AddressChange
from tests.registrations.factories import NOW, make_registration

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def change(registration, **columns):
    address = {"email": "new@example.org", "email_key": "new@example.org"}
    return AddressChange.objects.create(registration=registration, **{**address, "asked_at": NOW, **columns})


def test_unconfirmed_are_also_those_that_cannot_be_confirmed_any_more(webinar):
    registration = make_registration(webinar)
    old = change(registration, asked_at=NOW - 100 * HOUR)
    change(registration, confirmed_at=NOW)

    assert list(AddressChange.objects.unconfirmed()) == [old]


@pytest.mark.parametrize(
    ("columns", "person", "is_open"),
    [
        ({}, "active", True),
        ({"asked_at": NOW - HOUR}, "active", True),
        ({"asked_at": NOW - HOUR - timedelta(seconds=1)}, "active", False),
        ({"confirmed_at": NOW}, "active", False),
        ({}, "withdrawn", False),
    ],
    ids=["just asked", "at that moment", "before", "confirmed", "withdrawn since"],
)
def test_open_since(webinar, columns, person, is_open):
    row = change(make_registration(webinar, state=person), **columns)

    assert list(AddressChange.objects.open_since(NOW - HOUR)) == [row] * is_open


def test_only_the_newest_change_of_a_registration_is_open(webinar):
    registration = make_registration(webinar)
    _older, newest = change(registration), change(registration)

    assert list(AddressChange.objects.open_since(NOW - HOUR)) == [newest]

"""What migrations do to rows that were there before."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from registrations.models import Kind, Registration, Seat
from tests.registrations.factories import make_registration


@pytest.fixture
def desk():
    """Return the module of the migration that is about the desk, whatever its number."""
    (name,) = (
        name
        for app, name in MigrationLoader(None).disk_migrations
        if (app, name[5:]) == ("registrations", "desk")
    )
    return import_module(f"registrations.migrations.{name}")


def test_desk_fills_in_who_may_be_one_person_and_on_which_list_a_verdict_rests(desk, webinar, session):
    for number, country in enumerate(("BE", "TN", "UA", "US")):
        make_registration(webinar, [session], country=country, first_name="Zoë", last_name=f"Ortiz {number}")
    make_registration(webinar, [session], kind=Kind.GUEST, first_name="", last_name="")
    before = [list(model.objects.order_by("pk").values()) for model in (Registration, Seat)]
    Registration.objects.update(person_key="")
    Seat.objects.update(list_key="")

    desk.fill_person_keys(apps, None)
    desk.fill_lists(apps, None)

    assert [list(model.objects.order_by("pk").values()) for model in (Registration, Seat)] == before
    assert list(Seat.objects.order_by("pk").values_list("list_key", flat=True)) == [
        "EU",
        "ENI",
        "COSME-3C",
        "",
        "",
    ]
    assert Registration.objects.order_by("pk").values_list("person_key", flat=True)[0] == "0 ortiz zoe"

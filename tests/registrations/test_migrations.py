"""What migrations do to rows that were there before."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from registrations import services
from registrations.models import Kind, Registration, Seat
from tests.registrations.factories import NOW, make_registration


@pytest.fixture
def migration():
    """Return a function that returns the module of the migration of a topic, whatever its number."""

    def of(topic):
        (name,) = (
            name
            for app, name in MigrationLoader(None).disk_migrations
            if (app, name[5:]) == ("registrations", topic)
        )
        return import_module(f"registrations.migrations.{name}")

    return of


def test_desk_fills_in_who_may_be_one_person_and_on_which_list_a_verdict_rests(migration, webinar, session):
    for number, country in enumerate(("BE", "TN", "UA", "US")):
        make_registration(webinar, [session], country=country, first_name="Zoë", last_name=f"Ortiz {number}")
    make_registration(webinar, [session], kind=Kind.GUEST, first_name="", last_name="")
    before = [list(model.objects.order_by("pk").values()) for model in (Registration, Seat)]
    Registration.objects.update(person_key="")
    Seat.objects.update(list_key="")

    migration("desk").fill_person_keys(apps, None)
    migration("desk").fill_lists(apps, None)

    assert [list(model.objects.order_by("pk").values()) for model in (Registration, Seat)] == before
    assert list(Seat.objects.order_by("pk").values_list("list_key", flat=True)) == [
        "EU",
        "ENI",
        "COSME-3C",
        "",
        "",
    ]
    assert Registration.objects.order_by("pk").values_list("person_key", flat=True)[0] == "0 ortiz zoe"


@pytest.mark.parametrize("people", [1, 3])
def test_text_rewrites_what_people_are_searched_and_compared_by(
    migration, webinar, session, django_assert_num_queries, people
):
    for number in range(people):
        make_registration(
            webinar,
            [session],
            first_name="\u200eZoë\u00a0",
            last_name=f"O\u2019Mueller {number}",
            organisation="Cluster\ufeff",
            question="One\u202e.\nTwo",
            email=f"{number}@example.org",
        )
    gone = make_registration(webinar, [session], kind=Kind.GUEST)
    services.erase(gone.pk, by=None, now=NOW)
    Registration.objects.exclude(pk=gone.pk).update(search_key="zoe", person_key="zoe")
    erased = Registration.objects.filter(pk=gone.pk).values().get()

    with django_assert_num_queries(2):
        migration("text").rewrite_names(apps, None)

    first = Registration.objects.earliest("pk")
    assert (first.first_name, first.organisation, first.question) == ("Zoë", "Cluster", "One.\nTwo")
    assert first.search_key == "zoe o'mueller 0 cluster omueller o'muller omuller 0@example.org"
    assert first.person_key == "0 muller o zoe"
    assert Registration.objects.filter(pk=gone.pk).values().get() == erased
